"""One table of a roster to its people: merged cells filled down, missing columns guessed, doubled ones chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from documents.rosters.choices import Choices, Decided, Double, Rows, among, column_meant, letter
from documents.rosters.guessing import completed
from documents.rosters.headings import Cell, Heading
from documents.rosters.persons import people_among
from documents.rosters.tables import Table
from documents.rosters.vocabulary import Vocabulary, cyrillic
from models.text import tidy


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person's cells by field; `row` as Excel counts; `number` is the row's own in the whole file.

    `marks` are the subsystems' own columns; `places` the letters of the columns by field; `absent` mandatory fields that
    the table has no column for.
    """

    row: int
    cells: Mapping[str, Cell]
    marks: Mapping[str, Cell]
    sheet: str = ""
    number: int = 0
    hidden: bool = False
    filtered: bool = False
    absent: frozenset[str] = frozenset()
    places: Mapping[str, str] | None = None

    def numbered(self, number: int) -> RosterRow:
        return replace(self, number=number)


@dataclass(frozen=True, slots=True)
class Part:
    """`columns`, `marks`: to column numbers from 1, for marking cells; `taken`: indices of the rows that were read."""

    sheet: str
    heading_row: int
    columns: Mapping[str, int]
    marks: Mapping[str, int]
    rows: tuple[RosterRow, ...]
    doubles: tuple[Double, ...]
    decided: tuple[Decided, ...]
    table: Table
    taken: frozenset[int]
    texts: Mapping[int, str]
    hidden_columns: tuple[tuple[str, str], ...] = ()  # letter and heading of those that hold something of the people

    @property
    def absent(self) -> frozenset[str]:
        """Mandatory fields for which the table has no column at all."""
        return _absent(self.columns)


def _absent(columns: Iterable[str]) -> frozenset[str]:
    present = set(columns)
    if "name" in present:
        present |= {"surname", "given"}
    if "given_patronymic" in present:
        present.add("given")
    return frozenset({"snils", "surname", "given", "email"} - present)


def part_of(table: Table, sheet: Mapping[str, Any], vocabulary: Vocabulary, choices: Choices) -> Part:
    rows = _with_merged(table, sheet)
    out_of_sight = {number - 1 for number in sheet["hidden_columns"]}
    if choices.hidden is Rows.SKIP:
        rows = _without_columns(rows, out_of_sight, table.heading.row)
    heading, doubles, decided = _chosen(table, rows, sheet["name"], choices)
    heading = _without_own_inn(completed(heading, rows, vocabulary), rows)
    people, more = people_among(rows, heading, _wide_rows(sheet), vocabulary)
    hidden = set(sheet["hidden_rows"])
    places = {field: letter(column) for field, column in heading.columns.items()}
    found = {
        index: replace(
            _row(index + 1, rows[index], heading),
            sheet=sheet["name"],
            hidden=index + 1 in hidden,
            filtered=bool(sheet["filtered"]),
            places=places,
            absent=_absent(places),
        )
        for index in people
    }
    for index, person in more.items():
        found[person] = _together(found[person], _row(index + 1, rows[index], heading))
    joined = _joined_rows(sheet, heading)
    read = {*heading.columns.values(), *heading.marks.values()} & out_of_sight
    filled = [
        column
        for column in sorted(read)
        if any(str(_cell(table_row, column)) for table_row in _people_of(table, sheet, people))
    ]
    return Part(
        sheet["name"],
        heading.row,
        {field: column + 1 for field, column in heading.columns.items()},
        {code: column + 1 for code, column in heading.marks.items()},
        _joined(found, joined),
        doubles,
        decided,
        table,
        frozenset({*people, *more}),
        heading.texts,
        tuple((letter(column), heading.texts.get(column, "")) for column in filled),
    )


def _without_columns(rows: list[list[Cell]], columns: Collection[int], below: int) -> list[list[Cell]]:
    """What stands in them under the heading is as good as not there."""
    return [
        row if number < below else ["" if column in columns else cell for column, cell in enumerate(row)]
        for number, row in enumerate(rows)
    ]


def _people_of(table: Table, sheet: Mapping[str, Any], people: Iterable[int]) -> list[Sequence[Cell]]:
    """Their rows as they stand in the file."""
    rows = table.of(sheet["rows"])
    return [rows[index] for index in people if index < len(rows)]


def _chosen(
    table: Table, rows: Sequence[Sequence[Cell]], sheet: str, choices: Choices
) -> tuple[Heading, tuple[Double, ...], tuple[Decided, ...]]:
    """The heading with the columns that a person named; what is still to be asked. Twins and blank columns ask nothing."""
    heading = table.heading
    columns = dict(heading.columns)
    for name, wanted in choices.columns.items():
        column = column_meant(wanted, heading.texts, table.right)
        if column is not None and column >= table.left:
            columns = {other: place for other, place in columns.items() if place != column or other == name} | {
                name: column
            }
    doubles = []
    decided = []
    for name, options in heading.doubles.items():
        if name in choices.columns:
            if columns[name] in options:
                headings = [heading.texts[column] for column in options]
                decided.append(Decided(name, among(headings), cyrillic(heading.texts[columns[name]])))
            continue
        unlike = _unlike(options, rows, heading.row)
        columns[name] = unlike[0]
        if len(unlike) > 1:
            double = Double(
                name, sheet, heading.row, tuple((letter(column), heading.texts[column]) for column in unlike)
            )
            told = choices.remembered.get((name, double.among))
            known = next((column for column in unlike if cyrillic(heading.texts[column]) == told), None)
            columns[name] = unlike[0] if known is None else known
            doubles += [double] if known is None else []
    return replace(heading, columns=columns), tuple(doubles), tuple(decided)


def _unlike(options: Sequence[int], rows: Sequence[Sequence[Cell]], below: int) -> list[int]:
    """Columns that differ where both say something; blank ones are left out unless all are."""
    values = {column: [_cell(row, column) for row in rows[below:]] for column in options}
    filled = [column for column in options if any(str(value).strip() for value in values[column])] or list(options[:1])
    kept: list[int] = []
    for column in filled:
        if not any(values[column] == values[other] for other in kept):
            kept.append(column)
    return kept


def _without_own_inn(heading: Heading, rows: Sequence[Sequence[Cell]]) -> Heading:
    """«ИНН» of an export out of the staff books is each employee's own: twelve digits, another one in every row."""
    column = heading.columns.get("inn")
    if column is None or any(word in cyrillic(heading.texts.get(column, "")) for word in _OF_ORGANISATION):
        return heading
    values = ["".join(sign for sign in str(_cell(row, column)) if sign.isdigit()) for row in rows[heading.row :]]
    told = [value for value in values if value]
    own = [value for value in told if len(value) in (11, 12)]
    if own and len(own) * 2 > len(told) and len(set(own)) == len(own):
        return replace(heading, columns={field: place for field, place in heading.columns.items() if field != "inn"})
    return heading


_OF_ORGANISATION = ("организац", "учрежд", "юл", "юрид", "работодат", "лпу", "клиник", "предприят")


def _joined(found: Mapping[int, RosterRow], joined: Mapping[int, int]) -> tuple[RosterRow, ...]:
    people: list[RosterRow] = []
    for row in found.values():
        if row.row in joined and people and people[-1].row == joined[row.row]:
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


def _with_merged(table: Table, sheet: Mapping[str, Any]) -> list[list[Cell]]:
    """A cell merged downwards counts for each of its rows."""
    rows = table.of(sheet["rows"])
    for first_row, first_column, last_row, _ in sheet["merged"]:
        column = first_column - 1
        if first_row <= table.heading.row or last_row == first_row or not table.left <= column < table.right:
            continue
        if first_row > len(rows) or column >= len(rows[first_row - 1]):
            continue
        for number in range(first_row + 1, min(last_row, len(rows)) + 1):
            row = rows[number - 1]
            row += [""] * (column + 1 - len(row))
            row[column] = rows[first_row - 1][column]
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
    return replace(first, cells=cells, marks=marks)


def _wide_rows(sheet: Mapping[str, Any]) -> set[int]:
    """Numbers of rows that are one wide cell: titles of sections."""
    return {number for r1, c1, r2, c2 in sheet["merged"] if c2 - c1 >= 2 for number in range(r1, min(r2, r1 + 50) + 1)}
