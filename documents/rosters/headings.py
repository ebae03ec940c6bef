"""Where the table begins and what its columns are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog import Catalog
from catalog.rosters import roster_wording
from models.text import fold

Cell = str | int | float
_IDENTITY = {"snils", "name", "surname", "email"}
_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
_MARK = re.compile(r"[*:\s]+$")


@dataclass(frozen=True, slots=True)
class Heading:
    """`columns`: field to column index; `marks`: subsystem code to the index of its own yes/no column.

    `row` is the number of the last heading row as Excel counts.
    """

    row: int
    columns: Mapping[str, int]
    marks: Mapping[str, int]

    @property
    def score(self) -> int:
        return len(self.columns) + len(self.marks)


def cyrillic(text: str) -> str:
    """Folded, with Latin letters that look Russian turned into them when the rest is Russian."""
    folded = fold(text)
    return folded.translate(_LOOKALIKES) if re.search("[а-я]", folded) else folded


def find_heading(rows: Sequence[Sequence[Cell]], catalog: Catalog) -> Heading | None:
    """The best heading among the first rows, of one row or of two; None when there is none."""
    best: Heading | None = None
    for index in range(min(len(rows), roster_wording().header_rows)):
        for texts, last in _candidates(rows, index):
            heading = _recognised(texts, last, catalog)
            if _is_heading(heading) and (best is None or heading.score > best.score):
                best = heading
    return best


def _is_heading(heading: Heading) -> bool:
    return heading.score >= 2 and bool(_IDENTITY & set(heading.columns))


def _candidates(rows: Sequence[Sequence[Cell]], index: int) -> list[tuple[list[list[str]], int]]:
    """For each column the texts that may name it: the row's own, or the row's under the one above."""
    here = [str(cell) for cell in rows[index]]
    found = [([[text] for text in here], index + 1)]
    if index and any(here):
        above = _filled_right([str(cell) for cell in rows[index - 1]], here)
        width = max(len(above), len(here))
        above += [""] * (width - len(above))
        here = here + [""] * (width - len(here))
        found.append(([[low, f"{top} {low}".strip(), top] for top, low in zip(above, here, strict=True)], index + 1))
    return found


def _filled_right(above: list[str], here: list[str]) -> list[str]:
    """A wide upper cell stands over the columns to its right that have only a lower text."""
    filled, last = [], ""
    for index, text in enumerate(above):
        last = text or (last if index < len(here) and here[index] else "")
        filled.append(text or last)
    return filled


def _recognised(texts: Sequence[Sequence[str]], row: int, catalog: Catalog) -> Heading:
    columns: dict[str, int] = {}
    marks: dict[str, int] = {}
    for index, options in enumerate(texts):
        for text in options:
            if not text or len(text) > 160:
                continue
            code = _subsystem_named(text, catalog)
            field = None if code else field_named(text)
            if code and code not in marks:
                marks[code] = index
            elif field and field not in columns:
                columns[field] = index
                if is_joint(text):
                    columns["subsystem"] = columns["role"] = index
            if code or field:
                break
    columns.pop("ignored", None)
    if "name" in columns and "surname" in columns and "given" in columns:
        columns.pop("name")
    return Heading(row, columns, marks)


def field_named(text: str) -> str | None:
    """The field that a heading means."""
    plain = _MARK.sub("", cyrillic(text))
    return next((field for field, pattern in roster_wording().compiled if pattern.search(plain)), None)


def is_joint(text: str) -> bool:
    """One column for both: «Подсистема и роль»."""
    plain = cyrillic(text)
    patterns = dict(roster_wording().compiled)
    return all(patterns[field].search(plain) for field in ("role", "subsystem"))


def _subsystem_named(text: str, catalog: Catalog) -> str | None:
    """A column headed by a subsystem's own name holds marks."""
    plain = _MARK.sub("", cyrillic(text)).removeprefix("доступ к ").removeprefix("доступ в ")
    for entry in catalog.subsystems.values():
        if plain in {cyrillic(name) for name in (entry.name, entry.full_name, *entry.aliases)}:
            return entry.code
    return None


def is_numbering(row: Sequence[Cell]) -> bool:
    """The row of 1 2 3 … under a heading."""
    values = [str(cell).strip() for cell in row if str(cell).strip()]
    numbers = [value for value in values if value.isdigit()]
    return len(values) >= 3 and numbers == values and numbers == [str(n) for n in range(int(values[0]), int(values[0]) + len(values))]
