"""`soundness`: what is damaged, and what an administrator can do about it while the service works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.admin import Ask, PhraseFile, opener_of
from cli.output import Json, say, say_json

app = typer.Typer(help="Сохранность базы, файлов и копий.", no_args_is_help=True)


@app.command("look")
def look(json: Json = False) -> None:
    """Проверить базу, файлы и последнюю копию сейчас, как ночью. Код 1, если что-то повреждено."""
    from cli.output import opened
    from service.damage import looking

    found = {kind.value: list(told.values()) for kind, told in looking.look(opened()).items()}
    if json:
        say_json(found)
    else:
        for lines in found.values():
            for line in lines:
                say(line)
        if not any(found.values()):
            say("Повреждений нет.")
    if any(found.values()):
        raise typer.Exit(1)


@app.command("mend")
def mend(
    file: Annotated[Path, typer.Argument(help="Копия, из которой взять файлы.")],
    ask: Ask = False,
    phrase_file: PhraseFile = None,
    identity: Annotated[Path | None, typer.Option(help="Файл ключа, сделанный backup-key.")] = None,
) -> None:
    """Вернуть из копии недостающие и повреждённые файлы. Службу останавливать не нужно."""
    from cli.output import opened
    from service.damage.mending import mend as put_back

    back, left = put_back(opened(), file, opener=opener_of(ask, phrase_file, identity))
    say(f"Возвращено файлов: {back}. Повреждено или не хватает ещё: {left}.")
    if left:
        raise typer.Exit(1)


@app.command("accept")
def accept() -> None:
    """Признать верными строки базы, которые изменились сами: вы сверили их с копией или бумагами."""
    from cli.output import actor, opened
    from service.damage import rows

    say(f"Признано верными строк: {rows.accept(opened(), actor())}.")


@app.command("orphans")
def orphans(erase: Annotated[bool, typer.Option("--erase", help="Стереть их; вернуть будет нельзя.")] = False) -> None:
    """Показать или стереть файлы хранилища, о которых не знает ни одна запись."""
    from cli.output import actor, opened
    from service import erasing
    from service.damage import files

    installation = opened()
    if erase:
        count = files.erase_orphans(installation, actor())
        erasing.pay(installation)
        say(f"Стёрто файлов: {count}.")
        return
    found = files.orphans(installation)
    for path in found:
        say(str(path))
    say(f"Лишних файлов: {len(found)}.")
