"""Dates, names, counts and file names as Russian office papers write them."""

from __future__ import annotations

import datetime as dt
import re

from babel import Locale
from babel.dates import format_date

NBSP = "\u00a0"
_RUSSIAN = Locale("ru")
_GLUED_AFTER = re.compile(r"(№|\bИНН|\bКПП|\bОГРН|\bОГРНИП|\bп\.|(?<!\d[ \u00a0])\bг\.|\bвер\.) (?=\S)")
_YEAR = re.compile(r"(\d{4}) г\.")
_DAY = re.compile(r"\b(\d{1,2}) (января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)\b")
_INITIALS = re.compile(r"\b([А-ЯЁ]\.) (?=[А-ЯЁ])")
_LINE_ENDS = re.compile(r"[\t\r\n\v\f]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufffe\uffff]")
_FORBIDDEN_IN_NAMES = re.compile(r'[<>:"/\\|?*]')
_RESERVED_NAMES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def long_date(day: dt.date) -> str:
    """23 ноября 2026 г., with non-breaking spaces."""
    return format_date(day, "d MMMM y 'г.'", locale=_RUSSIAN).replace(" ", NBSP)


def initials(name: str) -> str:
    """«Иванов Иван Иванович» as «И. И. Иванов»; a name of one word stays as it is."""
    words = name.split()
    if len(words) < 2:
        return name.strip()
    firsts = [f"{part[0].upper()}." for part in words[1:3]]
    return NBSP.join([*firsts, words[0]])


def counted(number: int, one: str, few: str, many: str) -> str:
    """1 работник, 2 работника, 5 работников."""
    form = {"one": one, "few": few}.get(_RUSSIAN.plural_form(number), many)
    return f"{number}{NBSP}{form}"


def typeset(text: str) -> str:
    """Non-breaking spaces where a line must not end: № 5, ИНН 77…, 2026 г., 23 ноября, И. И. Иванов."""
    text = _GLUED_AFTER.sub(rf"\1{NBSP}", text)
    text = _YEAR.sub(rf"\1{NBSP}г.", text)
    text = _DAY.sub(rf"\1{NBSP}\2", text)
    return _INITIALS.sub(rf"\1{NBSP}", text)


def printable(text: str) -> str:
    """The text less characters that no XML file can hold; tabs and line ends become spaces."""
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub(" ", text)).strip()


def file_name(stem: str, suffix: str) -> str:
    """A name that Windows, Linux and mail programmes take: at most 100 characters before the suffix."""
    plain = _FORBIDDEN_IN_NAMES.sub(" ", printable(stem.replace(NBSP, " ")))
    plain = re.sub(r"\s+", " ", plain)[:100].strip(" .")
    if not plain or _RESERVED_NAMES.match(plain):
        plain = f"Документ {plain}".strip()
    return plain + suffix
