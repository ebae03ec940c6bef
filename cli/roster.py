"""`roster`: a list of employees before it becomes an application."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, opened, refuse, say, say_findings, say_json, working
from cli.roster_options import Column, Hidden, OtherOrganisations, Sheet, Unread, choices_of
from wiring.privacy import keep_private

if TYPE_CHECKING:
    from collections.abc import Collection

    from actions.rosters.rosters import Judged
    from documents.rosters import Choices
    from models.facts import Known

app = typer.Typer(help="Списки сотрудников: проверка до заявки.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="Список: Excel, .csv, .ods, таблица Word.")]
Inn = Annotated[str | None, typer.Option("--organisation", metavar="ИНН", help="Чей список.")]
Kind = Annotated[
    str | None, typer.Option("--kind", metavar="КОД", help="Вид заявки; без него решает столбец «Подсистема».")
]


def _judged(file: Path, organisation: str | None, kind: str | None, choices: Choices) -> Judged:
    import catalog
    from actions.rosters.rosters import judge_roster, ordinary_clinic
    from wiring.settings import load

    loaded = catalog.load(load().catalog_folder)
    if kind is not None:
        loaded.kind(kind)
    whose, dated = ordinary_clinic(organisation), replace(choices, today=opened().clock().date())
    return judge_roster(
        file,
        catalog=loaded,
        organisation=whose,
        kind=kind,
        known=(lambda numbers: _known(whose.inn, numbers)) if organisation else None,
        choices=_with_remembered(whose.inn, dated) if organisation else dated,
    )


def _with_remembered(inn: str, choices: Choices) -> Choices:
    """What the organisation said of its columns before, where there is a database."""
    from actions.cards import organisations
    from actions.rosters import column_choices

    if not opened().has_database:
        return choices
    with working() as work:
        card = organisations.find(work, inn)
        return column_choices.with_remembered(work, card.id or 0, choices) if card else choices


def _known(inn: str, numbers: Collection[str]) -> dict[str, Known]:
    """As whom the organisation has these numbers on record; nothing where there is no database or no card yet."""
    from actions.cards import identities, organisations

    if not opened().has_database:
        return {}
    with working() as work:
        found: dict[str, Known] = {}
        for place in organisations.numbers_of(work, inn):
            found = identities.known(work, place, numbers) | found
    return found


@app.command()
def check(
    file: File,
    organisation: Inn = None,
    kind: Kind = None,
    column: Column = None,
    hidden: Hidden = None,
    sheet: Sheet = None,
    unread: Unread = None,
    others: OtherOrganisations = None,
    json: Json = False,
) -> None:
    """Проверить список: все замечания сразу, по строкам, с правилом и советом.

    Базы данных не нужно; если она есть, с --organisation сверяются и СНИЛС, записанные в организации.
    """
    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    judged = _judged(file, organisation, kind, choices_of(column, hidden, sheet, unread, others))
    if json:
        say_json(judged.as_json())
    else:
        say_findings(judged.findings)
        say(_summary(judged))
    if not judged.ok:
        raise typer.Exit(1)


def _summary(judged: Judged) -> str:
    errors = sum(finding.severity.value == "error" for finding in judged.findings)
    sheet = f"Лист «{judged.roster.main.sheet}». " if judged.roster and judged.roster.main.sheet else ""
    count = f" {judged.roster.count.capitalize()}." if judged.roster else ""
    return (
        f"{sheet}Строк: {len(judged.lines)}, ошибок: {errors}, предупреждений: {len(judged.findings) - errors}.{count}"
    )


@app.command()
def annotate(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Куда записать размеченную копию (.xlsx).")],
    organisation: Inn = None,
    kind: Kind = None,
    column: Column = None,
    hidden: Hidden = None,
    sheet: Sheet = None,
    unread: Unread = None,
    others: OtherOrganisations = None,
) -> None:
    """Вернуть тот же файл, где плохие ячейки закрашены и подписаны, а на листе «Замечания» – все сразу."""
    from documents.rosters import annotate as write_marked

    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    judged = _judged(file, organisation, kind, choices_of(column, hidden, sheet, unread, others))
    write_marked(file, out, judged.roster, judged.findings)
    say(f"{_summary(judged)} Размеченная копия: {out}")


if __name__ == "__main__":
    keep_private()
    app()
