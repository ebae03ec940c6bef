"""Whole names to surname, given name and patronymic, in the orders that people write them; a post behind or before is told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from catalog.rosters import roster_wording, word_pattern
from documents.rosters.headings import Cell
from models.text import fold, tidy

_DASH = re.compile(r"(?<!\s)\s++[-–—]\s*+|[–—]\s*+|-\s++")
_PATRONYMIC = re.compile(r"[а-яё-]+([оеё]вич|[оеё]вна|ична|инична|[ьи]ич)", re.IGNORECASE)
FULL_NAME = re.compile(r"[А-ЯЁ][а-яё-]+(-[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ][а-яё-]+\s+[А-ЯЁ][а-яё]+(вич|вна|чна|мич|ьич|ич)")
_INITIALS = re.compile(r"[А-ЯЁ]\.\s*([А-ЯЁ]\.?)?")
_TWO = re.compile(r"[;,/\n]|(?<!\s)\s++и\s++|(?<=\n)[^\S\n]++и\s++")
_AROUND = " ,;:.-–—/()[]\n"


@dataclass(frozen=True, slots=True)
class Names:
    """`rest`: what stood beside the name and is no part of it, usually a post."""

    surname: str = ""
    given: str = ""
    patronymic: str = ""
    rest: str = ""

    @property
    def rest_is_post(self) -> bool:
        return is_post(self.rest)


def name_of(cells: Mapping[str, Cell]) -> Names:
    """From columns of their own or from one of whole names."""
    surname, given, patronymic = (_filled(cells, field) for field in ("surname", "given", "patronymic"))
    both = _filled(cells, "given_patronymic")
    whole = _filled(cells, "name") if not given else ""
    if whole or (surname and not given and not both and len(surname.split()) > 2):
        return _plain(split_name(str(cells.get("name", "")) if whole else surname))
    if both and not given:
        given, _, rest = both.partition(" ")
        patronymic = patronymic or rest.strip()
    if not patronymic and len(words := given.split()) == 2 and _PATRONYMIC.fullmatch(words[1]):
        given, patronymic = words
    names = _cut(patronymic.split(), 1) if patronymic else ([], "")
    return _plain(Names(surname, given, " ".join(names[0]), names[1]))


def _plain(names: Names) -> Names:
    if fold(names.patronymic).strip(" .") not in roster_wording().words.no_patronymic:
        return names
    return Names(names.surname, names.given, "", names.rest)


def _filled(cells: Mapping[str, Cell], field: str) -> str:
    """The cell's text; «-» and «нет» in it are as good as nothing."""
    text = tidy(str(cells.get(field, "")))
    return "" if fold(text).strip(" .") in roster_wording().words.placeholders else text


def split_name(whole: str) -> Names:
    """«Орлова Мария Петровна», «Мария Петровна Орлова», «Орлова М. П.», «М. П. Орлова», «Орлова Мария Петровна, врач»."""
    if tells_of_two(whole):
        return Names(tidy(whole))
    bare = tidy(whole)
    inside = re.search(r"\(([^()]*)\)(?=\s*\w)", bare)  # «Орлова (Иванова) Мария Петровна»
    text, behind = _without_behind(bare.replace(inside.group(), " ") if inside else bare)
    behind = _joined(inside.group(1) if inside else "", behind)
    initials = _INITIALS.match(text) or re.search(rf"\s({_INITIALS.pattern})(?=\s|$)", text)
    if initials:
        words, rest = _cut(text.replace(initials.group(), " ").split(), 1)
        return Names(" ".join(words), initials.group().strip(), "", _joined(rest, behind))
    before, words = _without_before(text.replace(",", " ").split())
    words, rest = _cut(words, _length(words))
    return _placed(words, _joined(before, rest, behind))


def _placed(words: list[str], rest: str) -> Names:
    patronymic = next((at for at, word in enumerate(words) if at and _PATRONYMIC.fullmatch(word)), 0)
    if patronymic == 1 and len(words) == 3:
        return Names(words[2], words[0], words[1], rest)
    if patronymic > 2:
        return Names(" ".join(words[: patronymic - 1]), words[patronymic - 1], " ".join(words[patronymic:]), rest)
    return Names(words[0] if words else "", words[1] if len(words) > 1 else "", " ".join(words[2:]), rest)


def _length(words: list[str]) -> int:
    """How many of the words can be the name: up to the patronymic, or its second word («Гусейн оглы»)."""
    particles = roster_wording().words.after_patronymic
    for at, word in enumerate(words):
        if at > 1 and fold(word) in particles:
            return at + 1
        if at and _PATRONYMIC.fullmatch(word):
            return max(at + 1, 3) if at == 1 else at + 1
    return min(len(words), 3)


def _cut(words: list[str], length: int) -> tuple[list[str], str]:
    """The words of the name and what stands behind them; a second word of a patronymic is its own."""
    particles = roster_wording().words.after_patronymic
    while length < len(words) and fold(words[length]) in particles:
        length += 1
    stop = next((at for at, word in enumerate(words[:length]) if at and _is_no_name(word)), length)
    return [word.rstrip(",;") for word in words[:stop]], " ".join(words[stop:]).strip(_AROUND)


def _is_no_name(word: str) -> bool:
    """A word in small letters, or one that begins a post; neither is part of a name, a particle excepted."""
    if fold(word) in roster_wording().words.after_patronymic or _PATRONYMIC.fullmatch(word):
        return False
    return word[0] in "([/" or (word[0].islower() and len(word) > 2) or (is_post(word) and not word[0].isupper())


def is_post(text: str) -> bool:
    return bool(text) and word_pattern(roster_wording().words.posts).search(fold(text).strip(_AROUND)) is not None


def _without_before(words: list[str]) -> tuple[str, list[str]]:
    """A post in front: «врач-хирург Орлова Мария Петровна», «Главный врач Орлова Мария Петровна»."""
    start = 0
    while start < len(words) - 2 and (
        words[start][0].islower() or (start == 0 and is_post(words[0]) and len(words) > 3)
    ):
        start += 1
    before = " ".join(words[:start])
    return (before, words[start:]) if is_post(before) else ("", words)  # «де ла Крус Мария»


def _without_behind(text: str) -> tuple[str, str]:
    """What stands behind a dash, a bracket, a comma or a slash; the halves of a surname are joined again."""
    for mark in ("(", "/", ";", ",", ":"):
        name, found, rest = text.partition(mark)
        if found and len(name.split()) >= 2 and not (mark == "," and len(name.split()) < 3 and not is_post(rest)):
            text, behind = name.strip(), rest.strip(_AROUND)
            joined, more = _without_behind(text)
            return joined, _joined(more, behind)
    parts = _DASH.split(text, maxsplit=1)
    if len(parts) < 2:
        return text, ""
    name, rest = parts[0].strip(), parts[1].strip()
    words = name.split()
    halves = rest[:1].isupper() and not is_post(rest) and (len(words) == 1 or not _PATRONYMIC.fullmatch(words[-1]))
    return (
        (_without_behind(f"{name}-{rest}") if halves and name else (name, rest.strip(_AROUND))) if rest else (name, "")
    )


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def tells_of_two(text: str) -> bool:
    """Several people in one cell."""
    parts = [part.split() for part in _TWO.split(text) if part.strip()]
    named = [
        part
        for part in parts
        if len(part) >= 2 and part[0][0].isupper() and not part[1][0].islower() and not is_post(" ".join(part))
    ]
    words = text.split()
    patronymics = sum(_PATRONYMIC.fullmatch(word.strip(",;")) is not None for word in words[1:])
    return len(named) > 1 or (len(words) >= 5 and patronymics > 1)
