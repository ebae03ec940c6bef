"""Субъекты Российской Федерации, by the tax service's codes (the courts' list looks alike and differs)."""

from __future__ import annotations

import re
from functools import cache

from catalog.problems import read_file
from catalog.rules import FOLDER
from catalog.schema import Entry

_NOISE = re.compile(r"[\s\-–—.,()«»\"]+")
_SHORTENED = (
    (re.compile(r"\bобл\b\.?"), "область"),
    (re.compile(r"\bресп\b\.?"), "республика"),
    (re.compile(r"\b(ао|авт\.? ?окр(уг)?)\b\.?"), "автономный округ"),
    (re.compile(r"\bг\b\.?"), "город"),
    (re.compile(r"\bгор\b\.?"), "город"),
)


class Subject(Entry):
    """`time_zone` is that of the capital."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    time_zone: str = "Europe/Moscow"


class SubjectsFile(Entry):
    subjects: tuple[Subject, ...]


@cache
def subjects() -> dict[str, Subject]:
    """All of them by code."""
    return {entry.code: entry for entry in read_file(FOLDER / "subjects.toml", SubjectsFile).subjects}


def _folded(text: str) -> str:
    """Word order, marks, ё/е and usual abbreviations do not count."""
    plain = text.casefold().replace("ё", "е")
    for pattern, word in _SHORTENED:
        plain = pattern.sub(word, plain)
    return " ".join(sorted(word for word in _NOISE.split(plain) if word))


@cache
def _spellings() -> dict[str, Subject]:
    return {_folded(text): entry for entry in subjects().values() for text in (entry.name, *entry.aliases)}


def find_subject(text: str) -> Subject | None:
    """By code («77», «7» for 07) or by any usual spelling of the name; None for what is no subject."""
    bare = text.strip()
    if re.fullmatch(r"\d{1,2}", bare):
        return subjects().get(bare.zfill(2))
    coded = re.match(r"(\d{2})\s*[-–—.:]?\s*(\D.*)", bare)
    return _spellings().get(_folded(coded.group(2) if coded else bare))


def subject_name(code: str) -> str:
    """Raises KeyError for an unknown code."""
    return subjects()[code].name
