"""`leavers`: whose roles are to end because they left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, refuse, say, say_json, working
from cli.roster_options import Column, Hidden, Sheet, Unread, choices_of

if TYPE_CHECKING:
    from actions.reviews.leavers import Departures


def leavers(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Список ушедших; с --before – нынешний список.")],
    organisation: Annotated[str, typer.Option(metavar="ИНН", help="Откуда ушли.")],
    before: Annotated[
        Path | None, typer.Option(metavar="OLD", help="Прежний список: ушли те, кого в FILE больше нет.")
    ] = None,
    column: Column = None,
    hidden: Hidden = None,
    sheet: Sheet = None,
    unread: Unread = None,
    apply: Annotated[bool, typer.Option("--apply", help="Составить черновик заявки на прекращение ролей.")] = False,
    json: Json = False,
) -> None:
    """Кто ушёл и какие роли за ним остались; с --apply – черновик заявки на их прекращение."""
    from actions.reviews.leavers import departures

    for path in (file, before):
        if path is not None and not path.is_file():
            refuse(f"Файла {path} нет.", code=2)
    with working() as work:
        found = departures(
            work, file, inn=organisation, before=before, apply=apply, choices=choices_of(column, hidden, sheet, unread)
        )
    say_json(found.as_json()) if json else _tell(found, apply)


def _tell(found: Departures, applied: bool) -> None:
    from states.words.reviews import LEFT

    say(f"{found.organisation}, ИНН {found.inn}. Ушли: {len(found.leavers)}.")
    for finding in found.warnings:
        say(f"! {finding.message}")
    for case, (title, _) in LEFT.items():
        group = [leaver for leaver in found.leavers if leaver.case.value == case]
        if group:
            say(f"\n{title}: {len(group)}")
        for leaver in group:
            roles = f" – {', '.join(held.label for held in leaver.holdings)}" if leaver.holdings else ""
            say(f"  {leaver.name or leaver.snils}{roles}")
            if leaver.requests:
                say(f"      заявка {', '.join(leaver.requests)}")
            if leaver.note:
                say(f"      {leaver.note}")
            if leaver.elsewhere:
                say(f"      роли есть и в другой организации: {', '.join(leaver.elsewhere)}")
    for draft in found.drafts:
        say(f"\nЧерновик {draft.number} (ID {draft.id}). Дальше: egisz-access request check {draft.id}")
    if applied and not found.drafts:
        say("\nСоставлять нечего: все роли ушедших уже в заявках или прекращены.")
    elif not applied and any(leaver.case.value == "holds" for leaver in found.leavers):
        say("\nСоставить заявку на прекращение: та же команда с --apply.")
