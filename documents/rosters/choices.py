"""What a person decides about a roster, and what is asked until he has."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from catalog.rosters import FIELD_NAMES
from documents.rosters.vocabulary import cyrillic
from refusals import Refusal


class BadChoice(Refusal, ValueError):
    """A choice that no roster offers; the sentence says how it is written."""


class Rows(StrEnum):
    """What becomes of rows and columns that are hidden, or of rows that stand outside of every table."""

    ASK = "ask"
    TAKE = "take"
    SKIP = "skip"


ALL_SHEETS = "*"


@dataclass(frozen=True, slots=True)
class Choices:
    """`columns`: field to a column's letter or heading; `sheets`: names, or `ALL_SHEETS`; () asks where there are several.

    `unread` SKIP goes on without the rows that cannot be read; `others` TAKE makes other organisations' people requests of
    their own, SKIP leaves them out. `remembered`: the organisation's earlier words on columns; `today`: by which days ahead are told.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    hidden: Rows = Rows.ASK
    sheets: tuple[str, ...] = ()
    unread: Rows = Rows.ASK
    others: Rows = Rows.ASK
    remembered: Mapping[tuple[str, str], str] = field(default_factory=dict)
    today: dt.date | None = None


class Asked(StrEnum):
    """What a roster may ask of a person."""

    COLUMNS = "columns"
    HIDDEN = "hidden"
    SHEETS = "sheets"
    UNREAD = "unread"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Decided:
    """A person's word on a field with several columns; `among` are their headings, folded, one a line."""

    field: str
    among: str
    heading: str


@dataclass(frozen=True, slots=True)
class Double:
    """A field with several columns: their letters and headings, the one taken meanwhile first."""

    field: str
    sheet: str
    row: int
    options: tuple[tuple[str, str], ...]

    @property
    def among(self) -> str:
        """Under which the answer is remembered."""
        return among(text for _, text in self.options)


def among(headings: Iterable[str]) -> str:
    return "\n".join(sorted(cyrillic(text) for text in headings))


def chosen_columns(pairs: Iterable[str]) -> dict[str, str]:
    """«почта=D», «email=E-mail рабочий». Raises BadChoice."""
    chosen = {}
    for pair in pairs:
        name, mark, column = pair.partition("=")
        code = field_of(name)
        if not mark or not column.strip() or code is None:
            known = ", ".join(dict.fromkeys(FIELD_NAMES.values()))
            raise BadChoice(f"«{pair}»: нужно ПОЛЕ=СТОЛБЕЦ, например «почта=D». Поля: {known}.")
        chosen[code] = column.strip()
    return chosen


def field_of(name: str) -> str | None:
    plain = cyrillic(name)
    return next((code for code, label in FIELD_NAMES.items() if plain in (code, cyrillic(label))), None)


def column_meant(wanted: str, texts: Mapping[int, str], width: int) -> int | None:
    """The index of a column by its letter («D») or by its heading; None where this table has none."""
    plain = cyrillic(wanted).strip()
    named = [column for column, text in texts.items() if cyrillic(text) == plain]
    if named:
        return named[0]
    if re.fullmatch(r"[A-Za-z]{1,3}", wanted):
        number = 0
        for letter in wanted.upper():
            number = number * 26 + ord(letter) - 64
        return number - 1 if number <= width else None
    return None


def letter(column: int) -> str:
    """A column's letter by its index."""
    told, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        told = chr(65 + rest) + told
    return told
