"""`evidence`: a pack that proves what was asked, sent, answered and granted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, refuse, say, say_json, working

if TYPE_CHECKING:
    from actions.context import Work
    from actions.evidence.evidence import Pack


def evidence(
    words: Annotated[list[str], typer.Argument(metavar="[ЗАЯВКА|ИНН] OUT.zip", help="О чём и куда записать архив.")],
    person: Annotated[str | None, typer.Option(metavar="СНИЛС", help="Комплект об одном работнике.")] = None,
    json: Json = False,
) -> None:
    """Собрать комплект доказательств: документы, письма, ответ и записи журнала; проверяется без этой программы."""
    if len(words) != (1 if person else 2):
        raise typer.BadParameter(
            "Нужно: evidence ЗАЯВКА OUT.zip, evidence ИНН OUT.zip или evidence --person СНИЛС OUT.zip."
        )
    out = writable(Path(words[-1]))
    with working() as work:
        pack = _made(work, words[0], person)
    out.write_bytes(pack.data)
    tell_pack(pack, out, json)


def _made(work: Work, named: str, person: str | None) -> Pack:
    """A number as long as an ИНН is one; rows of requests are shorter."""
    from actions.evidence import evidence as actions_evidence
    from actions.requests import lookup

    if person is not None:
        return actions_evidence.of_person(work, person)
    if named.isdigit() and len(named) in (10, 12):
        return actions_evidence.of_organisation(work, named)
    return actions_evidence.of_request(work, lookup.find(work, named))


def writable(out: Path) -> Path:
    """Asked before the pack is made and recorded."""
    if not out.absolute().parent.is_dir():
        refuse(f"Папки {out.parent} нет: создайте её или укажите другую.", code=2)
    return out


def tell_pack(pack: Pack, out: Path, json: bool) -> None:
    if json:
        say_json({"file": str(out), **pack.as_json()})
        return
    say(f"Комплект записан: {out}. Документов и писем: {pack.files}, записей журнала: {pack.events}.")
    for entry in pack.absent:
        say(f"  нет: {entry.what} – {entry.why}")
    say(f"Отметка журнала, храните её отдельно от комплекта: {pack.anchor}")
    say(f"Проверить: распакуйте и запустите python verify.py --anchor {pack.anchor}")
