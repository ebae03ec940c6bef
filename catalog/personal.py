"""The words by which personal data is told in a text; `personal.toml` holds them."""

from __future__ import annotations

from functools import cache

from catalog.kinds import Pattern
from catalog.problems import read_file
from catalog.rules import FOLDER
from catalog.schema import Entry


class NumberWords(Entry):
    """What stands before a number of this kind."""

    labels: tuple[Pattern, ...]


class PassportWords(NumberWords):
    """`other_series` have a series and a number too; `other_passports` are no person's."""

    other_series: tuple[str, ...]
    other_passports: tuple[Pattern, ...]


class NameWords(Entry):
    """What stands before a name, and what looks like a name and is none.

    `labels` need a name behind them, `fields` take any; `namesakes` say that a thing bears the name,
    `things` only before a bare name; `eponyms` are
    surnames of organisations, `organisations` the beginnings of words that tell one; `not_names` are stems.
    """

    labels: tuple[Pattern, ...]
    fields: tuple[Pattern, ...]
    namesakes: frozenset[str]
    things: frozenset[str]
    ranks: frozenset[str]
    eponyms: tuple[str, ...]
    organisations: tuple[str, ...]
    greetings: frozenset[str]
    not_names: frozenset[str]
    not_patronymics: frozenset[str]
    patronymic_male: tuple[str, ...]
    patronymic_female: tuple[str, ...]
    patronymics: tuple[str, ...]
    particles: frozenset[str]


class GivenNames(Entry):
    """Nominatives; `stems` of oblique forms where they differ; `words` mean something else as well."""

    male: tuple[str, ...]
    female: tuple[str, ...]
    stems: dict[str, str]
    words: frozenset[str]
    latin: frozenset[str]


class SurnameWords(Entry):
    """Endings by the way they are declined; `others` and `frequent` whole surnames; the rest are no surnames."""

    possessive: tuple[str, ...]
    adjectival: tuple[str, ...]
    noun: tuple[str, ...]
    fixed: tuple[str, ...]
    others: frozenset[str]
    frequent: frozenset[str]
    not_endings: tuple[str, ...]
    not_words: frozenset[str]
    cities: frozenset[str]
    city_given: frozenset[str]
    latin: tuple[str, ...]
    latin_not: frozenset[str]


class PersonalWords(Entry):
    snils: NumberWords
    passport: PassportWords
    policy: NumberWords
    other_numbers: NumberWords
    name: NameWords
    given: GivenNames
    surname: SurnameWords


@cache
def personal_words() -> PersonalWords:
    """Raises CatalogError."""
    return read_file(FOLDER / "personal.toml", PersonalWords)
