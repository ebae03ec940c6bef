"""`audit`: questions to the log."""

from __future__ import annotations

import datetime as dt
import json as jsonlib
from pathlib import Path
from typing import Annotated

import typer

from cli.output import Json, opened, say, say_json, working

audit = typer.Typer(help="Журнал действий.", no_args_is_help=True)


def moment(text: str | None) -> dt.datetime | None:
    """A date means the end of that day in Moscow. BadParameter for anything else than ISO."""
    from models.moments import zoned

    if text is None:
        return None
    try:
        parsed = dt.datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"«{text}»: нужна дата вида 2026-11-23.") from None
    if len(text) <= 10:
        parsed = dt.datetime.combine(parsed.date(), dt.time.max)
    return zoned(parsed)


@audit.command("verify")
def verify(
    anchor: Annotated[list[str] | None, typer.Option(help="Отметка из письма: номер:хеш; можно несколько.")] = None,
    json: Json = False,
) -> None:
    """Проверить цепочку журнала: правка, удаление, перестановка, отрезанный конец."""
    from actions.log import audit as actions_audit
    from service import anchors

    installation = opened()
    given = [actions_audit.Anchor.parse(text) for text in anchor or []]
    with working() as work:
        known = [*given, *anchors.outside(installation.settings)]
        verdict = actions_audit.verify(work.session, known, anchors.seals(installation.settings))
    if json:
        say_json(verdict.as_json())
    elif verdict.ok:
        say(f"Журнал цел: записей {verdict.events}, отметка {verdict.events}:{verdict.head}")
    else:
        say(f"Журнал нарушен. {verdict.why}")
    if not verdict.ok:
        raise typer.Exit(1)


@audit.command("new-key")
def new_key(
    private: Annotated[Path, typer.Argument(help="Куда записать ключ; рядом появится открытая часть, .pub.")],
) -> None:
    """Сделать ключ, которым отметки журнала подписывает другой пользователь машины."""
    from service import signing

    public = signing.make_pair(private)
    say(f"Ключ записан: {private}. Его читает только владелец.")
    say(f"Открытая часть: {public}. Впишите её в settings.toml: [log] public_key.")


@audit.command("sign-anchor")
def sign_anchor(
    key: Annotated[Path, typer.Option(help="Ключ, сделанный командой audit new-key.")],
    to: Annotated[Path, typer.Option(help="Файл подписанных отметок: дополняется.")],
) -> None:
    """Проверить журнал и подписать отметку его конца. Запускает другой пользователь, по расписанию."""
    from service import signing
    from wiring.settings import load
    from wiring.work import system_clock

    head = signing.sign_present(load(), key, to, system_clock())
    say(f"Подписано: {head}")


@audit.command("export")
def export(
    out: Annotated[Path | None, typer.Argument(help="Файл .jsonl; без него – на экран.")] = None, json: Json = False
) -> None:
    """Выгрузить журнал, по записи в строке; с --json – одним документом."""
    from actions.log import audit as actions_audit

    with working() as work:
        events = actions_audit.export(work.session)
        if json:
            say_json(list(events))
            return
        lines = (jsonlib.dumps(event, ensure_ascii=False) for event in events)
        if out is None:
            for line in lines:
                say(line)
            return
        with out.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    say(f"Журнал записан: {out}")
