"""Whole names to surname, given name and patronymic, in the orders that people write them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from catalog.rosters import roster_wording
from documents.rosters.headings import Cell
from models.text import fold, tidy

_SPACED_HYPHEN = re.compile(r"\s*[-–—]\s*(?=[А-ЯЁ])")
_PATRONYMIC = re.compile(r"[а-яё-]+([оеё]вич|[оеё]вна|ична|инична|[ьи]ич)", re.IGNORECASE)
_INITIALS = re.compile(r"[А-ЯЁ]\.\s*([А-ЯЁ]\.?)?")
_TWO = re.compile(r"[;,/\n]|\s+и\s+")

Parts = tuple[str, str, str]


def name_of(cells: Mapping[str, Cell]) -> Parts:
    """Surname, given name, patronymic of a row, from columns of their own or from one of whole names."""
    surname, given, patronymic = (_filled(cells, field) for field in ("surname", "given", "patronymic"))
    both = _filled(cells, "given_patronymic")
    if both and not given:
        given, _, rest = both.partition(" ")
        patronymic = patronymic or rest.strip()
    whole = str(cells.get("name", ""))
    if tidy(whole) and not given:
        surname, given, patronymic = split_name(whole)
    if fold(patronymic).strip(" .") in roster_wording().words.no_patronymic:
        patronymic = ""
    return surname, given, patronymic


def _filled(cells: Mapping[str, Cell], field: str) -> str:
    """The cell's text; «-» and «нет» in it are as good as nothing."""
    text = tidy(str(cells.get(field, "")))
    return "" if fold(text).strip(" .") in roster_wording().words.placeholders else text


def split_name(whole: str) -> Parts:
    """«Орлова Мария Петровна», «Мария Петровна Орлова», «Орлова М. П.», «М. П. Орлова»."""
    if tells_of_two(whole):
        return tidy(whole), "", ""
    text = _SPACED_HYPHEN.sub("-", tidy(whole).replace(",", " "))
    initials = _INITIALS.match(text) or re.search(rf"\s({_INITIALS.pattern})$", text)
    if initials:
        return " ".join(text.replace(initials.group(), " ").split()), initials.group().strip(), ""
    words = text.split()
    if len(words) == 3 and _PATRONYMIC.fullmatch(words[1]) and not _PATRONYMIC.fullmatch(words[2]):
        words = [words[2], words[0], words[1]]
    return words[0] if words else "", words[1] if len(words) > 1 else "", " ".join(words[2:])


def tells_of_two(text: str) -> bool:
    """Several people in one cell."""
    parts = [part.split() for part in _TWO.split(text) if part.strip()]
    words = text.split()
    patronymics = sum(_PATRONYMIC.fullmatch(word.strip(",;")) is not None for word in words[1:])
    return sum(len(part) >= 2 for part in parts) > 1 or (len(words) >= 5 and patronymics > 1)
