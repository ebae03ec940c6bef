"""People pasted out of a table: with its headings or without, in one column of whole names or in three."""

from __future__ import annotations

import csv
import io

from catalog import Catalog
from documents.rosters.choices import Choices
from documents.rosters.grids import sheet
from documents.rosters.headings import Cell
from documents.rosters.reading import Roster, RosterError, roster_of
from documents.rosters.vocabulary import vocabulary_of

MAX_LETTERS, MAX_ROWS = 400_000, 2000


def read_pasted(text: str, catalog: Catalog, choices: Choices | None = None) -> Roster:
    """The roster in a text of rows and tabs, as a table programme gives it; a row of headings may be missing.

    Raises RosterError for what is no list of people or too much.
    """
    if len(text) > MAX_LETTERS:
        raise RosterError("too-big", "Вставлено слишком много. Вставьте список частями или загрузите его файлом.")
    rows = _cells(text)
    if not rows:
        raise RosterError("empty", "Вставлять нечего: скопируйте строки с работниками в Excel и вставьте сюда.")
    if len(rows) > MAX_ROWS:
        raise RosterError("too-big", f"Больше {MAX_ROWS} строк. Вставьте список частями.")
    try:
        return roster_of([sheet("", rows)], vocabulary_of(catalog), choices or Choices())
    except RosterError as wrong:
        if wrong.code != "no-heading":
            raise
        raise RosterError(
            "no-heading",
            "Не видно, где СНИЛС, имя и почта. Скопируйте таблицу вместе со строкой заголовков: СНИЛС, Фамилия, Имя, "
            "Отчество, Электронная почта.",
            "APP-11",
        ) from None


def _cells(text: str) -> list[list[Cell]]:
    """Excel puts quotes around a cell of several lines; blank rows at the end are nothing."""
    mark = "\t" if "\t" in text else ";"
    try:
        rows: list[list[Cell]] = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        ]
    except csv.Error:
        rows = [[cell.strip() for cell in line.split(mark)] for line in text.splitlines()]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows
