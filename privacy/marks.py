"""Персональные данные in a text that must not hold any: found, and shown masked. TUB-2, NOZ-2."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, takewhile

from models.attachments import PersonalMark
from privacy.name_forms import bare_surname
from privacy.names import name_spans
from privacy.numbers import passport_spans, policy_spans, snils_spans
from privacy.text import folded, plain_text

_AROUND = 25
_HIDDEN = "•"
_TOKEN = re.compile(r"[\w\-/.№]")
_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = ("ов", "ев", "ин", "ын")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """A place in the plain text."""

    kind: str
    start: int
    end: int


def find_personal(text: str, *, place: str = "", exempt: Collection[str] = ()) -> list[PersonalMark]:
    """Numbers of documents and names of people, in order. `exempt` may stand there: record numbers, names."""
    plain = plain_text(text)
    found = find_in_plain(plain, exempt)
    masked = masked_text(plain, found)
    return [PersonalMark(mark.kind, place, shown(masked, mark)) for mark in found]


def find_in_plain(plain: str, exempt: Collection[str] = ()) -> list[Found]:
    """The same in a text that `plain_text` has made; places are its own."""
    allowed = _Exempt(exempt)
    groups = (("snils", snils_spans), ("passport", passport_spans), ("policy", policy_spans), ("name", name_spans))
    taken: list[Found] = []
    for kind, spans in groups:
        fresh = _apart((Found(kind, start, end) for start, end in spans(plain)), taken)
        taken = sorted(chain(taken, fresh), key=lambda mark: mark.start)
    return [mark for mark in taken if not allowed.covers(plain, mark)]


def _apart(marks: Iterator[Found], taken: list[Found]) -> list[Found]:
    """Those that touch none of an earlier kind, and none of their own before them."""
    kept: list[Found] = []
    place = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        while place < len(taken) and taken[place].end <= mark.start:
            place += 1
        if place < len(taken) and taken[place].start < mark.end:
            continue
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


class _Exempt:
    """What may stand there. A name counts in any case form, and with initials."""

    def __init__(self, texts: Collection[str]) -> None:
        plain = [folded(plain_text(text)).strip() for text in texts]
        self.tokens = {text.strip(".") for text in plain if text}
        self.digits = {
            digits for text in plain if len(digits := re.sub(r"\D", "", text)) >= 9 and not _WORD.search(text)
        }
        self.names = [words for text in plain if len(words := _WORD.findall(text)) >= 2]
        self.phrases = [_SPACES.sub(" ", text) for text in plain if len(text) > 12]

    def covers(self, plain: str, mark: Found) -> bool:
        piece = folded(plain[mark.start : mark.end])
        if mark.kind == "name":
            flat = _SPACES.sub(" ", piece)
            return any(flat in phrase for phrase in self.phrases) or any(
                _same_person(piece, name) for name in self.names
            )
        return re.sub(r"\D", "", piece) in self.digits or self._token(plain, mark) in self.tokens

    @staticmethod
    def _token(plain: str, mark: Found) -> str:
        """The whole word that the number is part of."""
        start, end = mark.start, mark.end
        while start > 0 and mark.start - start < 60 and _TOKEN.match(plain[start - 1]):
            start -= 1
        while end < len(plain) and end - mark.end < 60 and _TOKEN.match(plain[end]):
            end += 1
        return folded(plain[start:end]).strip(".")


def _same_person(piece: str, name: list[str]) -> bool:
    """Every whole word is a form of one of the name's; initials stand in the name's order."""
    words = _WORD.findall(piece)
    whole = [word for word in words if len(word) > 1]
    if not whole or not all(any(_alike(word, known) for known in name) for word in whole):
        return False
    rest = iter(known for known in name if not any(_alike(word, known) for word in whole))
    return all(any(known.startswith(letter) for known in rest) for letter in words if len(letter) == 1)


def _alike(word: str, known: str) -> bool:
    """Forms of one name: they differ in their endings."""
    base, known_base = bare_surname(word), bare_surname(known)
    if (base, known_base) != (word, known) or base.endswith(_POSSESSIVE):
        return base == known_base
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, known, strict=False)))
    return same >= 3 and max(len(word), len(known)) - same <= 3


def masked_text(plain: str, found: list[Found]) -> str:
    """The text with every found piece half hidden; the same length."""
    parts, last = [], 0
    for mark in found:
        parts += [plain[last : mark.start], _masked(plain[mark.start : mark.end], mark.kind)]
        last = mark.end
    return "".join((*parts, plain[last:]))


def _masked(piece: str, kind: str) -> str:
    if kind == "name":
        return _WORD.sub(lambda word: word.group()[:2] + _HIDDEN * (len(word.group()) - 2), piece)
    signs = [place for place, sign in enumerate(piece) if sign.isalnum()]
    shown_places = {*signs[: 3 if kind == "snils" else 2], *signs[-2:]}
    return "".join(
        _HIDDEN if sign.isalnum() and place not in shown_places else sign for place, sign in enumerate(piece)
    )


def shown(masked: str, mark: Found, first: int = 0, last: int | None = None) -> str:
    """The piece with a few words around, on one line; nothing before `first` and behind `last`."""
    last = len(masked) if last is None else last
    start, end = max(first, mark.start - _AROUND), min(last, mark.end + _AROUND)
    text = _SPACES.sub(" ", masked[start:end]).strip()
    return ("…" if start > first else "") + text + ("…" if end < last else "")
