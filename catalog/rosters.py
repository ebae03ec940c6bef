"""How people call the columns of their rosters and what they write in them."""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import Literal

from catalog.problems import CatalogError, read_file
from catalog.rules import FOLDER
from catalog.schema import Entry

RosterField = Literal[
    "number",
    "ignored",
    "snils",
    "email",
    "email_is_esia",
    "esia_confirmed",
    "first_login",
    "is_hr",
    "name",
    "surname",
    "given_patronymic",
    "given",
    "patronymic",
    "role",
    "purpose",
    "subsystem",
    "inn",
    "subject",
    "unit",
    "organisation",
    "post",
    "since",
    "asked_until",
    "told_by",
    "told_on",
    "own_inn",
    "phone",
    "birth_date",
]


# Fields that a person may name a column for, as he calls them.
FIELD_NAMES: dict[str, str] = {
    "snils": "СНИЛС", "name": "ФИО", "surname": "Фамилия", "given": "Имя", "patronymic": "Отчество", "email": "Почта",
    "subsystem": "Подсистема", "role": "Роль", "post": "Должность", "inn": "ИНН организации",
}  # fmt: skip


class RosterColumn(Entry):
    """`meant` and `other` tell two columns of one field apart: the one that is wanted, and those of other people or uses."""

    field: RosterField
    patterns: tuple[str, ...]
    meant: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


class RosterWords(Entry):
    """Cell texts, folded; `own_card`, `footer`, `signer`, `hr`, `maintenance`, `posts` are regular expressions.

    `placeholders` say that a cell is empty; `synonyms` put words of a role into the catalogue's; `posts` begin a post
    that stands behind a name, `after_patronymic` are words that belong to it («оглы»).
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
    posts: tuple[str, ...]
    after_patronymic: frozenset[str]
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
