"""How people call the columns of their rosters and what they write in them."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import Literal

from catalog.loading import CatalogError, read_file
from catalog.rules import FOLDER
from catalog.schema import Entry

RosterField = Literal[
    "number", "ignored", "snils", "email", "email_is_esia", "esia_confirmed", "first_login", "is_hr", "name", "surname",
    "given_patronymic", "given", "patronymic", "role", "purpose", "subsystem", "inn", "subject", "unit", "organisation",
    "post", "since", "asked_until", "told_by", "told_on",
]  # fmt: skip


class RosterColumn(Entry):
    field: RosterField
    patterns: tuple[str, ...]


class RosterWords(Entry):
    """Cell texts, folded; `own_card`, `footer`, `signer`, `hr`, `maintenance` are regular expressions.

    `placeholders` say that a cell is empty; `synonyms` put words of a role into the catalogue's.
    """

    yes: frozenset[str]
    no: frozenset[str]
    no_patronymic: frozenset[str]
    placeholders: frozenset[str]
    both: tuple[str, ...]
    noise: frozenset[str]
    own_card: tuple[str, ...]
    footer: tuple[str, ...]
    signer: tuple[str, ...]
    hr: tuple[str, ...]
    maintenance: tuple[str, ...]
    synonyms: dict[str, str]


class RosterWording(Entry):
    header_rows: int
    columns: tuple[RosterColumn, ...]
    words: RosterWords

    @cached_property
    def compiled(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((column.field, _any_of(column.patterns)) for column in self.columns)


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    try:
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    except re.error as error:
        raise CatalogError(f"rosters.toml: образец не разобрать: {error}.") from error


@cache
def roster_wording() -> RosterWording:
    return read_file(FOLDER / "rosters.toml", RosterWording)


@cache
def word_pattern(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return _any_of(patterns)
