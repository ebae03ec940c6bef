"""`organisation`: the refbook and the organisations' cards."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from cli.output import Json, say, say_json, working

app = typer.Typer(help="Организации: справочник ФРНСИ и карточки.", no_args_is_help=True)


@app.command("import")
def import_refbook(
    archive: Annotated[Path, typer.Argument(metavar="REFBOOK.zip", help="Архив справочника, скачанный с портала НСИ.")],
    force: Annotated[bool, typer.Option("--force", help="Загрузить, даже если версия старее нынешней.")] = False,
    json: Json = False,
) -> None:
    """Загрузить справочник организаций (1461 или 1519) из скачанного архива."""
    from registry.archive import import_archive

    with working() as work:
        loaded = import_archive(work.session, archive, now=work.now, force=force)
    if json:
        say_json({"refbook": loaded.refbook, "version": loaded.version, "records": loaded.records})
    else:
        say(f"Справочник {loaded.refbook} версии {loaded.version}: загружено записей – {loaded.records}.")


@app.command()
def refresh(json: Json = False) -> None:
    """Обновить справочники по сети с портала НСИ."""
    from cli.output import opened
    from sweeps import run_sweep

    told = run_sweep("refresh", opened())
    if json:
        say_json(told)
        return
    for refbook, what in told.items():
        say(f"Справочник {refbook}: {what}")


@app.command()
def find(
    text: Annotated[str, typer.Argument(help="ИНН, ОГРН, OID или слова наименования.")],
    limit: Annotated[int, typer.Option(help="Сколько показать.")] = 50,
    json: Json = False,
) -> None:
    """Найти организацию в справочнике ФРНСИ."""
    from registry.store import find as find_in_refbook

    with working() as work:
        found = [record.as_json() for record in find_in_refbook(work.session, text, limit=limit)]
    if json:
        say_json(found)
        return
    for record in found:
        state = "" if record["active"] else " (исключена)"
        say(f"{record['inn']}  {record['name']}{state}\n    {record['kind']}, {record['region']}, OID {record['oid']}")
    say(f"Найдено: {len(found)}." if found else "Ничего не найдено. Проверьте ИНН или загрузите справочник.")


@app.command()
def show(inn: str, json: Json = False) -> None:
    """Показать карточку организации; новая заполняется из справочника."""
    from actions.cards import organisations

    with working() as work:
        facts = _facts(organisations.facts_of(work, organisations.card(work, inn)))
    if json:
        say_json(facts)
        return
    for name, value in facts.items():
        say(f"{name:20} {'–' if value in (None, '') else value}")


def _facts(facts: object) -> dict[str, object]:
    import dataclasses

    return dataclasses.asdict(facts)  # type: ignore[call-overload, no-any-return]


@app.command("set")
def set_fields(
    inn: str, values: Annotated[list[str], typer.Argument(metavar="ПОЛЕ=ЗНАЧЕНИЕ…")], json: Json = False
) -> None:
    """Изменить карточку: head_name=… head_post=… seal=seal|no-seal licence=held|applicant|none subject=77 …"""
    from actions.cards import organisations

    with working() as work:
        card = organisations.change(work, organisations.card(work, inn), _pairs(values))
        facts = _facts(organisations.facts_of(work, card))
    if json:
        say_json(facts)
    else:
        say(f"Карточка организации {inn} сохранена.")


_FLAGS = {"true": True, "false": False, "да": True, "нет": False}


def _pairs(values: list[str]) -> dict[str, object]:
    """`branch.head_inn=…` fills in a part of a compound field."""
    pairs: dict[str, object] = {}
    for text in values:
        name, mark, value = text.partition("=")
        if not mark:
            raise typer.BadParameter(f"«{text}»: нужно ПОЛЕ=ЗНАЧЕНИЕ.")
        outer, _, inner = name.partition(".")
        plain: object = _FLAGS.get(value.casefold(), value) if inner or outer == "sole_proprietor" else value
        if inner:
            part = pairs.setdefault(outer, {})
            assert isinstance(part, dict)
            part[inner] = plain
        else:
            pairs[name] = plain
    return pairs


_Since = Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], metavar="ДАТА", help="С какого дня.")]
_Ground = Annotated[str, typer.Option(metavar="ТЕКСТ", help="Основание: лист записи ЕГРЮЛ, приказ, его дата и номер.")]
_Kpp = Annotated[str, typer.Option("--kpp", metavar="КПП", help="Филиал, если их несколько с этим ИНН.")]


@app.command()
def rename(
    inn: str,
    values: Annotated[list[str], typer.Argument(metavar="ПОЛЕ=ЗНАЧЕНИЕ…")],
    since: _Since,
    ground: _Ground,
    kpp: _Kpp = "",
    json: Json = False,
) -> None:
    """Записать новое наименование или номера: full_name=… short_name=… inn=… kpp=… ogrn=… oid=…

    До этого дня в списках ролей и доказательствах остаются прежние. Опечатку исправляет organisation set.
    """
    from actions.cards import organisations
    from actions.cards.organisation_names import NAMED
    from actions.reviews import reorganising

    pairs = {name: str(value) for name, value in _pairs(values).items()}
    strange = sorted(set(pairs) - set(NAMED))
    if strange:
        raise typer.BadParameter(f"Поля «{strange[0]}» здесь нет. Есть: {', '.join(NAMED)}.")
    with working() as work:
        found = reorganising.rename(work, organisations.known(work, inn, kpp), pairs, since=since.date(), ground=ground)
        told = found.as_json()
    _tell_change(told, json)


@app.command()
def move(
    inn: str,
    to: Annotated[str, typer.Option("--to", metavar="ИНН", help="В какую организацию перешли роли.")],
    since: _Since,
    ground: _Ground,
    kpp: _Kpp = "",
    to_kpp: Annotated[str, typer.Option("--to-kpp", metavar="КПП", help="Филиал, в который перешли.")] = "",
    json: Json = False,
) -> None:
    """Перевести действующие роли и открытые заявки в другую организацию; прошлые дни остаются за прежней."""
    from actions.cards import organisations
    from actions.reviews import reorganising

    with working() as work:
        source, target = organisations.known(work, inn, kpp), organisations.known(work, to, to_kpp)
        told = reorganising.move(work, source, target, since=since.date(), ground=ground).as_json()
    _tell_change(told, json)


@app.command()
def changes(inn: str, kpp: _Kpp = "", json: Json = False) -> None:
    """Записанные переименования и реорганизации."""
    from actions.cards import organisations
    from actions.cards.organisation_names import told
    from actions.reviews import reorganising

    with working() as work:
        rows = reorganising.changes(work, organisations.known(work, inn, kpp))
        if json:
            say_json([reorganising.as_json(row) for row in rows])
            return
        for row in rows:
            what = (
                f"роли и заявки перешли: {told(row.after)}"
                if row.successor_id
                else f"{told(row.before)} → {told(row.after)}"
            )
            wrong = f"  (записано по ошибке: {row.withdrawn_reason})" if row.withdrawn_at else ""
            say(f"№ {row.id}  с {row.since:%d.%m.%Y}  {what}  {row.ground}{wrong}")
    if not rows:
        say("Изменений не записано.")


@app.command()
def letter(
    inn: str, number: Annotated[int, typer.Argument(metavar="№", help="Номер изменения.")], kpp: _Kpp = ""
) -> None:
    """Проект письма в СТП об изменении: сам он никуда не уходит."""
    from actions.cards import organisations
    from actions.reviews import reorganising

    with working() as work:
        change = reorganising.get(work, organisations.known(work, inn, kpp), number)
        written = reorganising.letter(work, change)
    say(f"{written.subject}\n\n{written.text}")


def _tell_change(told: dict[str, object], json: bool) -> None:
    if json:
        say_json(told)
        return
    say(
        f"Изменение № {told['id']} записано с {told['since']}. Ролей перешло: {told['roles']}, заявок: {told['requests']}."
    )
    for request in told["on_paper"]:  # type: ignore[attr-defined]
        say(f"! {request['number']}: документы составлены на прежнюю организацию. Проверьте, не нужны ли новые.")
    say("Проект письма в СТП: egisz-access organisation letter ИНН " + str(told["id"]))
