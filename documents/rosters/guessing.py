"""Columns whose heading says nothing known: what stands in them tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from documents.rosters.headings import Cell, Heading
from documents.rosters.vocabulary import Vocabulary
from models.identifiers import BadIdentifier, snils_digits
from models.text import tidy

_LOOKED_AT = 200
_WRITTEN_SNILS = re.compile(r"\d{3}-\d{3}-\d{3}[ -]\d{2}")
_FULL_NAME = re.compile(r"[А-ЯЁ][а-яё-]+\s+[А-ЯЁ][а-яё-]+\s+[А-ЯЁ][а-яё]+(вич|вна|чна|мич|ьич)")
_KEPT = {
    "snils",
    "email",
    "name",
    "surname",
    "given",
    "patronymic",
    "subsystem",
    "role",
    "inn",
    "organisation",
    "subject",
}
_WORD = re.compile(r"[А-ЯЁA-Z][а-яёa-z’'-]+(-[А-ЯЁ][а-яё]+)?")
_PATRONYMIC = re.compile(r"[А-ЯЁ][а-яё-]+([оеё]вич|[оеё]вна|ична|инична|[ьи]ич)")


def without_heading(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> Heading:
    """No headings: what stands in the columns tells. Its row is 0; it may well know too little to be one."""
    found = completed(Heading(0, {}, {}), rows, vocabulary)
    columns = dict(found.columns)
    if "name" not in columns:
        columns |= _name_columns(rows, set(columns.values()))
    return Heading(0, columns, {})


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


def completed(heading: Heading, rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> Heading:
    """The heading with the mandatory columns that it lacks, where at least half of a column's cells agree."""
    columns = dict(heading.columns)
    for field, looks_so in _wanted(heading, vocabulary):
        taken = {column for name, column in columns.items() if name in _KEPT} | set(heading.marks.values())
        found = next((c for c in range(_width(rows)) if c not in taken and _agree(rows, heading, c, looks_so)), None)
        if found is not None:
            columns = {name: column for name, column in columns.items() if column != found} | {field: found}
    return replace(heading, columns=columns)


def _wanted(heading: Heading, vocabulary: Vocabulary) -> list[tuple[str, Callable[[str], bool]]]:
    have = set(heading.columns)
    wanted: list[tuple[str, Callable[[str], bool]]] = []
    if "email" not in have:
        wanted.append(("email", lambda text: "@" in text))
    if "snils" not in have:
        wanted.append(("snils", _is_snils))
    if not {"name", "surname"} & have:
        wanted.append(("name", lambda text: _FULL_NAME.fullmatch(text) is not None))
    if not {"subsystem", "role"} & have and not heading.marks:
        wanted.append(("subsystem", lambda text: bool(vocabulary.subsystems_in(text)[0])))
    return wanted


def _width(rows: Sequence[Sequence[Cell]]) -> int:
    return max((len(row) for row in rows), default=0)


def _agree(rows: Sequence[Sequence[Cell]], heading: Heading, column: int, looks_so: Callable[[str], bool]) -> bool:
    cells = (str(row[column]).strip() for row in rows[heading.row : heading.row + _LOOKED_AT] if column < len(row))
    told = [looks_so(text) for text in cells if text]
    return bool(told) and sum(told) * 2 >= len(told)


def _is_snils(text: str) -> bool:
    """Written as one, or eleven digits with the right check number."""
    if _WRITTEN_SNILS.fullmatch(text):
        return True
    try:
        return len(text) >= 10 and bool(snils_digits(text))
    except BadIdentifier:
        return False
