"""People pasted out of a table: with its headings or without, in one column of whole names or in three."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from catalog import Catalog
from documents.rosters.guessing import completed
from documents.rosters.headings import Cell, Heading, find_heading
from documents.rosters.reading import Roster, RosterError, best_roster
from documents.rosters.vocabulary import Vocabulary, vocabulary_of
from models.text import tidy

MAX_LETTERS, MAX_ROWS, MAX_COLUMNS = 400_000, 2000, 60
_WORD = re.compile(r"[А-ЯЁA-Z][а-яёa-z’'-]+(-[А-ЯЁ][а-яё]+)?")
_PATRONYMIC = re.compile(r"[А-ЯЁ][а-яё-]+([оеё]вич|[оеё]вна|ична|инична|[ьи]ич)")
_LOOKED_AT = 50


def read_pasted(text: str, catalog: Catalog) -> Roster:
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
    vocabulary = vocabulary_of(catalog)
    heading = find_heading(rows, vocabulary)
    if heading is None:
        rows = [_guessed(rows, vocabulary), *rows]
        heading = find_heading(rows, vocabulary)
    if heading is None:
        raise RosterError(
            "no-heading",
            "Не видно, где СНИЛС, имя и почта. Скопируйте таблицу вместе со строкой заголовков: СНИЛС, Фамилия, Имя, "
            "Отчество, Электронная почта.",
            "APP-11",
        )
    return best_roster([({"name": "", "hidden": False, "rows": rows, "merged": []}, heading)], vocabulary)


def _cells(text: str) -> list[list[Cell]]:
    """Excel puts quotes around a cell of several lines; blank rows at the end are nothing."""
    mark = "\t" if "\t" in text else ";"
    try:
        rows: list[list[Cell]] = [
            [cell.strip() for cell in row[:MAX_COLUMNS]]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        ]
    except csv.Error:
        rows = [[cell.strip() for cell in line.split(mark)[:MAX_COLUMNS]] for line in text.splitlines()]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def _guessed(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> list[Cell]:
    """No headings: what stands in the columns tells. A row of headings as people write them; empty where nothing is told."""
    found = completed(Heading(0, {}, {}), rows, vocabulary)
    columns = {name: column for name, column in found.columns.items() if name in ("snils", "email", "name")}
    if "name" not in columns:
        columns |= _name_columns(rows, set(columns.values()))
    named: dict[int, Cell] = {column: _HEADINGS[name] for name, column in columns.items()}
    return [named.get(column, "") for column in range(_width(rows))]


_HEADINGS = {
    "snils": "СНИЛС", "email": "Электронная почта", "name": "ФИО", "surname": "Фамилия", "given": "Имя", "patronymic": "Отчество",
}  # fmt: skip


def _width(rows: Sequence[Sequence[Cell]]) -> int:
    return max(len(row) for row in rows)


def _name_columns(rows: Sequence[Sequence[Cell]], taken: set[int]) -> dict[str, int]:
    """Surname, given name and perhaps patronymic side by side, each one word."""
    words = [column for column in range(_width(rows)) if column not in taken and _mostly(rows, column, _WORD)]
    for first in words:
        if first + 1 in words:
            columns = {"surname": first, "given": first + 1}
            return columns | ({"patronymic": first + 2} if _mostly(rows, first + 2, _PATRONYMIC) else {})
    return {}


def _mostly(rows: Sequence[Sequence[Cell]], column: int, pattern: re.Pattern[str]) -> bool:
    cells = (tidy(str(row[column])) for row in rows[:_LOOKED_AT] if column < len(row))
    told = [pattern.fullmatch(cell) is not None for cell in cells if cell]
    return bool(told) and sum(told) * 3 >= len(told) * 2
