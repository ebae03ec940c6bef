"""A roster file to its rows: the right sheet, the heading, the people; titles, notes and blanks left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalog import Catalog
from documents.rosters.guessing import completed
from documents.rosters.headings import Cell, Heading, find_heading
from documents.rosters.persons import people_among
from documents.rosters.vocabulary import Vocabulary, vocabulary_of
from models.text import tidy
from sandbox import Killed, Limits, Refused, run

_LIMITS = Limits(seconds=40, memory_mb=1200, output_mb=64)


class RosterError(Exception):
    """The file as a whole cannot be used; `rule` and a Russian sentence that says what to do."""

    for_people = True

    def __init__(self, code: str, message: str, rule: str = "APP-1") -> None:
        super().__init__(message)
        self.code, self.rule = code, rule


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person's cells by field; `number` as Excel counts; `marks` the subsystems' own columns."""

    number: int
    cells: Mapping[str, Cell]
    marks: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Roster:
    """`columns`: field to column number from 1, for marking cells; `passed_over`: other sheets with people, and how many."""

    sheet: str
    heading_row: int
    columns: Mapping[str, int]
    marks: Mapping[str, int]
    rows: tuple[RosterRow, ...]
    passed_over: tuple[tuple[str, int], ...] = ()


def read_roster(path: Path, catalog: Catalog) -> Roster:
    """Raises RosterError for a file that is no roster."""
    if not path.is_file():
        raise RosterError("absent", f"Файла {path.name} нет. Проверьте путь.")
    try:
        sheets = run("documents.rosters.sheets:load", {"path": str(path.absolute())}, limits=_LIMITS)["sheets"]
    except Refused as refusal:
        raise RosterError(refusal.code, refusal.detail) from None
    except Killed as killed:
        raise RosterError(killed.why, f"Файл не прочитать: {killed}. Оставьте в нём только список.") from None
    return _best_sheet(sheets, catalog)


def _best_sheet(sheets: Sequence[Mapping[str, Any]], catalog: Catalog) -> Roster:
    vocabulary = vocabulary_of(catalog)
    visible = [sheet for sheet in sheets if not sheet["hidden"]] or list(sheets)
    found = [(found, sheet) for sheet in visible if (found := find_heading(sheet["rows"], vocabulary)) is not None]
    if not found:
        raise RosterError(
            "no-heading",
            "Не найдена строка заголовков. Нужны столбцы: СНИЛС, Фамилия, Имя, Отчество (или ФИО), "
            "Электронная почта, Подсистема.",
            "APP-11",
        )
    return best_roster([(sheet, heading) for heading, sheet in found], vocabulary)


def best_roster(found: Sequence[tuple[Mapping[str, Any], Heading]], vocabulary: Vocabulary) -> Roster:
    """The sheet that has most of a list of people. Raises RosterError when none has anybody."""
    rosters = [_roster(heading, sheet, vocabulary) for sheet, heading in found]
    best = max(rosters, key=lambda roster: (bool(roster.rows), len(roster.columns), len(roster.rows)))
    if not best.rows:
        raise RosterError("no-rows", "Под заголовками нет ни одной строки с работником.", "APP-11")
    others = tuple((roster.sheet, len(roster.rows)) for roster in rosters if roster is not best and _is_list(roster))
    return replace(best, passed_over=others)


def _is_list(roster: Roster) -> bool:
    """A list of people too, not a table of something else with a column of addresses."""
    return bool(roster.rows) and "snils" in roster.columns


def _roster(heading: Heading, sheet: Mapping[str, Any], vocabulary: Vocabulary) -> Roster:
    rows = _with_merged(sheet, heading)
    heading = completed(heading, rows, vocabulary)
    people, more = people_among(rows, heading, _wide_rows(sheet), vocabulary)
    found = {index: _row(index + 1, rows[index], heading) for index in people}
    for index, person in more.items():
        found[person] = _together(found[person], _row(index + 1, rows[index], heading))
    return Roster(
        sheet["name"], heading.row,
        {field: column + 1 for field, column in heading.columns.items()},
        {code: column + 1 for code, column in heading.marks.items()},
        _joined(found, _joined_rows(sheet, heading)),
    )  # fmt: skip


def _joined(found: Mapping[int, RosterRow], joined: Mapping[int, int]) -> tuple[RosterRow, ...]:
    people: list[RosterRow] = []
    for row in found.values():
        if row.number in joined and people and people[-1].number == joined[row.number]:
            people[-1] = _together(people[-1], row)
        else:
            people.append(row)
    return tuple(people)


def _row(number: int, cells: Sequence[Cell], heading: Heading) -> RosterRow:
    return RosterRow(
        number,
        {field: _cell(cells, column) for field, column in heading.columns.items()},
        {code: _cell(cells, column) for code, column in heading.marks.items()},
    )


def _cell(cells: Sequence[Cell], column: int) -> Cell:
    value = cells[column] if column < len(cells) else ""
    return value if not isinstance(value, str) or "\n" in value else tidy(value)


def _with_merged(sheet: Mapping[str, Any], heading: Heading) -> list[list[Cell]]:
    """A cell merged downwards counts for each of its rows."""
    rows = [list(row) for row in sheet["rows"]]
    for first_row, first_column, last_row, _ in sheet["merged"]:
        if first_row <= heading.row or last_row == first_row:
            continue
        for number in range(first_row + 1, min(last_row, len(rows)) + 1):
            row = rows[number - 1]
            if first_column <= len(row) and first_column <= len(rows[first_row - 1]):
                row[first_column - 1] = rows[first_row - 1][first_column - 1]
    return rows


def _joined_rows(sheet: Mapping[str, Any], heading: Heading) -> dict[int, int]:
    """Rows of one person whose СНИЛС cell is merged downwards: each to the first of them."""
    column = heading.columns.get("snils")
    joined: dict[int, int] = {}
    for first_row, first_column, last_row, _ in sheet["merged"]:
        if column is not None and first_column == column + 1 and first_row > heading.row:
            joined |= dict.fromkeys(range(first_row + 1, last_row + 1), first_row)
    return joined


def _together(first: RosterRow, second: RosterRow) -> RosterRow:
    """One person over two rows: what was asked for in both."""
    cells = dict(first.cells)
    for field in ("subsystem", "role"):
        more = second.cells.get(field, "")
        if more and more != cells.get(field):
            cells[field] = f"{cells.get(field, '')}\n{more}"
    marks = {code: second.marks[code] or value for code, value in first.marks.items()}
    return RosterRow(first.number, cells, marks)


def _wide_rows(sheet: Mapping[str, Any]) -> set[int]:
    """Numbers of rows that are one wide cell: titles of sections."""
    return {number for r1, c1, r2, c2 in sheet["merged"] if c2 - c1 >= 2 for number in range(r1, min(r2, r1 + 50) + 1)}
