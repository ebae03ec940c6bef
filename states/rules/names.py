"""Surname, given name, patronymic: Russian words written in full (APP-3, APP-4, APP-5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from catalog.rosters import roster_wording, word_pattern
from models.facts import LineFacts
from models.findings import Finding, Severity
from models.text import fold
from states.rules.telling import of_line

_NAME = re.compile(r"[А-ЯЁа-яё]+(?:[ '’`\-–.]+[А-ЯЁа-яё]+)*\.?")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_INITIAL = re.compile(r"[А-ЯЁA-Z]\.?(?:\s*[А-ЯЁA-Z]\.?)?")
_ONE_VOWEL = re.compile(r"[АЕЁИОУЭЮЯ]")
_PATRONYMIC = re.compile(r"[А-ЯЁа-яё]+([оеё]вна|ична|инична|[оеё]вич)")
_TWO_WORDS, _FIVE_WORDS, _SEPARATOR = re.compile(r"\S \S"), re.compile(r"\S(?: \S+){3} \S"), re.compile(r"[;,/]")
_FIELDS = (("surname", "APP-3", "Фамилия"), ("given", "APP-4", "Имя"), ("patronymic", "APP-5", "Отчество"))


def check_names(line: LineFacts) -> Iterator[Finding]:
    for field, rule, label in _FIELDS:
        value = getattr(line, field).strip()
        if field == "surname" and _ONE_VOWEL.fullmatch(value):
            yield of_line(
                rule, line, field, f"Фамилия «{value}» из одной буквы. Проверьте, что это не инициал.", Severity.WARNING
            )
            continue
        problem = _problem(field, value) if value else ""
        if problem:
            yield of_line(rule, line, field, f"{label} «{value}»: {problem}")


def several_people(value: str) -> bool:
    """One cell with more than one full name, which the reader leaves as it stands."""
    if _FIVE_WORDS.search(value):
        return True
    lines = value.split("\n")
    return any(map(_are_two, lines)) or any(
        _TWO_WORDS.search(one) and _TWO_WORDS.search(other) for one, other in pairwise(lines)
    )


def _are_two(line: str) -> bool:
    """Two words, a separator behind them, and two words again. One pattern for it takes cubic time."""
    first = _TWO_WORDS.search(line)
    between = _SEPARATOR.search(line, first.end()) if first else None
    return between is not None and _TWO_WORDS.search(line, between.end()) is not None


_OWN = {"surname": "фамилию", "given": "имя", "patronymic": "отчество"}


def _beside(value: str) -> str:
    """A post or another word in small letters behind a name: «Львовна врач-хирург»; «Гусейн оглы» is a patronymic."""
    words = roster_wording().words
    for place, word in enumerate(value.split()):
        if (
            place
            and fold(word) not in words.after_patronymic
            and word[0].islower()
            and word_pattern(words.posts).search(fold(word))
        ):
            return " ".join(value.split()[place:])
    return ""


def _problem(field: str, value: str) -> str:
    if field == "surname" and several_people(value):
        return "в ячейке несколько человек. Каждому работнику – своя строка."
    if any(character.isdigit() for character in value):
        return "есть цифры. Оставьте только буквы."
    if _LATIN.search(value) and _CYRILLIC.search(value):
        letters = ", ".join(f"«{letter}»" for letter in sorted(set(_LATIN.findall(value))))
        return f"среди русских букв есть латинские ({letters}). Наберите слово заново по-русски."
    if _LATIN.search(value):
        return "написано латинскими буквами. Напишите по-русски, как в документе."
    if _INITIAL.fullmatch(value):
        return "указан только инициал. Напишите полностью."
    if field == "given" and _PATRONYMIC.fullmatch(value):
        return "похоже на отчество. Проверьте, не перепутаны ли столбцы."
    if beside := _beside(value):
        return f"лишнее слово «{beside}». Оставьте только {_OWN[field]}, должность пишут в своём столбце."
    if not _NAME.fullmatch(value):
        return "есть лишние знаки. Оставьте буквы, дефис и пробел."
    return ""
