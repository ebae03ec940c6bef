"""`roster`: a list of employees before it becomes an application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.speech import Json, refuse, say, say_findings, say_json

if TYPE_CHECKING:
    from actions.rosters import Judged

app = typer.Typer(help="Списки сотрудников: проверка до заявки.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(metavar="FILE", help="Список: .xlsx, .csv, .ods.")]
Inn = Annotated[str | None, typer.Option("--organisation", metavar="ИНН", help="Чей список.")]
Kind = Annotated[
    str | None, typer.Option("--kind", metavar="КОД", help="Вид заявки; без него решает столбец «Подсистема».")
]


def _judged(file: Path, organisation: str | None, kind: str | None) -> Judged:
    import catalog
    from actions.rosters import judge_roster, ordinary_clinic
    from wiring.settings import load

    loaded = catalog.load(load().catalog_folder)
    if kind is not None:
        loaded.kind(kind)
    return judge_roster(file, catalog=loaded, organisation=ordinary_clinic(organisation), kind=kind)


@app.command()
def check(file: File, organisation: Inn = None, kind: Kind = None, json: Json = False) -> None:
    """Проверить список: все замечания сразу, по строкам, с правилом и советом. Базы данных не нужно."""
    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    judged = _judged(file, organisation, kind)
    if json:
        say_json(judged.as_json())
    else:
        say_findings(judged.findings)
        say(_summary(judged))
    if not judged.ok:
        raise typer.Exit(1)


def _summary(judged: Judged) -> str:
    errors = sum(finding.severity.value == "error" for finding in judged.findings)
    sheet = f"Лист «{judged.roster.sheet}». " if judged.roster and judged.roster.sheet else ""
    return f"{sheet}Строк: {len(judged.lines)}, ошибок: {errors}, предупреждений: {len(judged.findings) - errors}."


@app.command()
def annotate(
    file: File,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Куда записать размеченную копию (.xlsx).")],
    organisation: Inn = None,
    kind: Kind = None,
) -> None:
    """Вернуть тот же файл, где плохие ячейки закрашены и подписаны, а на листе «Замечания» – все сразу."""
    from documents.rosters import annotate as write_marked

    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    judged = _judged(file, organisation, kind)
    write_marked(file, out, judged.roster, judged.findings)
    say(f"{_summary(judged)} Размеченная копия: {out}")


if __name__ == "__main__":
    app()
