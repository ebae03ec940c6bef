"""A roster file to its rows: its sheets and tables, their headings, the people; who is not read is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog import Catalog
from documents.rosters.choices import ALL_SHEETS, Choices, Double, Rows
from documents.rosters.headings import Cell
from documents.rosters.parts import Part, RosterRow, part_of
from documents.rosters.tables import tables_of
from documents.rosters.unread import Unread, Why, person_in, unread_in
from documents.rosters.vocabulary import Vocabulary, vocabulary_of
from refusals import Refusal
from sandbox import Killed, Limits, Refused, run

# Measured: 300 rows (24 KB) 0.1 s; 3,000 of a table in Word (53 KB) 1.4 s, 38 MB; 20,000 rows (1.2 MB) 2.1 s, 87 MB.
_LIMITS, _MOST = Limits(), Limits(seconds=40, memory_mb=768, output_mb=64)
_FOR_PEOPLE = frozenset({"snils", "email"})


class RosterError(Refusal):
    """The file as a whole cannot be used; `rule` and a Russian sentence that says what to do."""

    problem = "bad-file"

    def __init__(self, code: str, message: str, rule: str = "APP-1") -> None:
        super().__init__(message)
        self.code, self.rule = code, rule


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody of the file: `rows` were read, `unread` were not. `parts` are its tables, the fullest one first.

    `doubles`: fields of which it has several columns and nobody has said which is meant.
    """

    parts: tuple[Part, ...]
    rows: tuple[RosterRow, ...]
    unread: tuple[Unread, ...] = ()
    doubles: tuple[Double, ...] = ()

    @property
    def sheets(self) -> tuple[str, ...]:
        """Every sheet on which somebody stands, read or not."""
        return tuple(
            dict.fromkeys([*(part.sheet for part in self.parts if part.rows), *(one.sheet for one in self.unread)])
        )

    @property
    def main(self) -> Part:
        return self.parts[0]

    @property
    def people(self) -> int:
        return len(self.rows) + len(self.unread)

    @property
    def count(self) -> str:
        """What is told wherever a roster was read."""
        return read_of(len(self.rows), self.people)


def read_of(read: int, people: int) -> str:
    return f"прочитано {read} из {people} строк с людьми"


def read_roster(path: Path, catalog: Catalog, choices: Choices | None = None) -> Roster:
    """Raises RosterError for a file that is no roster."""
    if not path.is_file():
        raise RosterError("absent", f"Файла {path.name} нет. Проверьте путь.")
    limits = _LIMITS.grown(path, seconds=20, memory_mb=200, at_most=_MOST)
    try:
        sheets = run("documents.rosters.sheets:load", {"path": path}, limits=limits)["sheets"]
    except Refused as refusal:
        raise RosterError(refusal.code, refusal.detail) from None
    except Killed as killed:
        raise RosterError(killed.why, f"Файл не прочитать: {killed}. Оставьте в нём только список.") from None
    return roster_of(sheets, vocabulary_of(catalog), choices or Choices())


def roster_of(sheets: Sequence[Mapping[str, Any]], vocabulary: Vocabulary, choices: Choices) -> Roster:
    """Raises RosterError where no sheet has a heading or nobody stands under it."""
    read = [_read_sheet(sheet, vocabulary, choices) for sheet in sheets]
    if not any(page.parts for page in read):
        raise RosterError("no-heading", _no_heading(read), "APP-11")
    taken = _taken(read, choices)
    parts = sorted(
        (part for page in taken for part in page.parts),
        key=lambda part: (len(part.columns), len(part.rows)),
        reverse=True,
    )
    rows, hidden = _numbered([row for page in taken for part in page.parts for row in part.rows], choices)
    unread = [*hidden, *(one for page in taken for one in page.unread)]
    for page in read:
        if page not in taken:
            why = Why.HIDDEN_SHEET if page.hidden else Why.OTHER_SHEET
            unread += [
                Unread(page.name, row.row, why, person_in(row.cells.values()))
                for part in page.parts
                for row in part.rows
            ]
            unread += [Unread(page.name, one.row, why, one.who) for one in page.unread]
    if not rows and not unread:
        raise RosterError("no-rows", "Под заголовками нет ни одной строки с работником.", "APP-11")
    return Roster(
        tuple(parts),
        rows,
        tuple(sorted(unread, key=lambda one: one.row)),
        tuple(double for part in parts for double in part.doubles),
    )


@dataclass(frozen=True, slots=True)
class _Page:
    name: str
    hidden: bool
    parts: tuple[Part, ...]
    unread: tuple[Unread, ...]

    @property
    def fullness(self) -> tuple[bool, bool, int, int]:
        """What is taken where nobody has chosen: a visible sheet with most of a list of people."""
        best = max((len(part.columns) for part in self.parts), default=0)
        count = sum(len(part.rows) for part in self.parts)
        return not self.hidden, bool(count), best, count


def _read_sheet(sheet: Mapping[str, Any], vocabulary: Vocabulary, choices: Choices) -> _Page:
    rows: Sequence[Sequence[Cell]] = sheet["rows"]
    parts = [part_of(table, sheet, vocabulary, choices) for table in tables_of(rows, vocabulary)]
    lists = [part for part in parts if part.rows and _FOR_PEOPLE & set(part.columns)]
    kept = lists or [part for part in parts if part.rows] or parts[:1]
    return _Page(sheet["name"], sheet["hidden"], tuple(kept), tuple(unread_in(sheet, kept, vocabulary)))


def _taken(read: Sequence[_Page], choices: Choices) -> list[_Page]:
    lists = [page for page in read if page.parts]
    if ALL_SHEETS in choices.sheets:
        return [page for page in lists if not page.hidden] or lists
    if choices.sheets:
        strange = [name for name in choices.sheets if name not in {page.name for page in lists}]
        if strange:
            names = ", ".join(f"«{page.name}»" for page in lists)
            raise RosterError("no-sheet", f"Листа «{strange[0]}» со списком нет. Есть: {names}.")
        return [page for page in lists if page.name in choices.sheets]
    best = max(lists, key=lambda page: page.fullness)
    return [best]


def _numbered(rows: Iterable[RosterRow], choices: Choices) -> tuple[tuple[RosterRow, ...], list[Unread]]:
    """Every row a number of its own: as Excel counts, and behind the last where two tables share a row."""
    found = list(rows)
    hidden = [row for row in found if row.hidden and choices.hidden is not Rows.TAKE]
    kept = [row for row in found if not row.hidden or choices.hidden is Rows.TAKE]
    given: set[int] = set()
    free = max((row.row for row in found), default=0) + 1
    numbered = []
    for row in kept:
        number = row.row
        if number in given:
            number, free = free, free + 1
        given.add(number)
        numbered.append(row.numbered(number))
    why = [Why.FILTERED if row.filtered else Why.HIDDEN for row in hidden]
    return tuple(numbered), [
        Unread(row.sheet, row.row, reason, person_in(row.cells.values()))
        for row, reason in zip(hidden, why, strict=True)
    ]


def _no_heading(read: Sequence[_Page]) -> str:
    people = sum(len(page.unread) for page in read)
    told = f" Строк с людьми в файле: {people}, прочитать их нельзя." if people else ""
    return (
        "Не найдена строка заголовков. Нужны столбцы: СНИЛС, Фамилия, Имя, Отчество (или ФИО), "
        f"Электронная почта, Подсистема.{told}"
    )
