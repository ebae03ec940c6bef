"""Lists of УНРЗ (уникальный номер регистровой записи) as people paste them from tables and letters. TUB-1, NOZ-1."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from models.identifiers import valid_snils
from privacy.text import folded, plain_signs

_LEAST_DIGITS = 4
_LARGE_SNILS = 1001998  # up to here a СНИЛС has no check digits: zeros in front of a record number look like one
_QUOTES = "«»„“”\"'`‘’()[]{}<>*•‣◦▪●–→|·"
_FLOAT = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)?[eEеЕ]\+?\d{1,3}(?!\w)")
_DASH = "[\\-\u2010-\u2015\u2212]"
_SNILS = re.compile(rf"(?<![\w\-/])\d{{3}}{_DASH}\d{{3}}{_DASH}\d{{3}}(?:[ \u00a0]|{_DASH})?\d{{2}}(?![\w\-/])")
_THOUSANDS = re.compile(r"(?<![\w\-/.])\d{1,3}(?:[ ']\d{3}){2,20}+(?![\w\-/]|[ ']\d)")
_RANGE = re.compile(r"(?<!\S)(\S{1,60}?)[ \t]{0,3}(?:\.{2,3}|…|[ \t]-[ \t])[ \t]{0,3}(\S{1,60})")
_FROM_TO = re.compile(r"(?<!\w)(?:с|со|от)[ \t]{1,3}(\S{1,60})[ \t]{1,3}(?:по|до)[ \t]{1,3}(\S{1,60})", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:(?:унрз|unrz|номера?|запис[ьи]|№|#)++[.:=№#\-]*+|no?[.:=№#]++)(?=[0-9a-zа-яё])", re.IGNORECASE
)
_NUMBERED = re.compile(r"^\d{1,4}[.)]+$")
_NUMBERED_GLUED = re.compile(r"^\d{1,4}(?:\)|\.(?=\D|\d{5}))(?=\S{4})")
_WHOLE_FLOAT = re.compile(r"^(\d{4,})[.,]0{1,2}$")
_SEPARATORS = re.compile(r"[;\t\n]|,(?!0{1,2}(?!\d))|[ ]+")
_LONG_DASH = re.compile("[\u2012-\u2015\u2212]")


@dataclass(frozen=True, slots=True)
class RecordNumbers:
    """`numbers` in order without repeats; `strange` were not understood; `snils` are rather a person's than a record's."""

    numbers: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    snils: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sorting:
    pattern: re.Pattern[str]
    numbers: dict[str, str] = field(default_factory=dict)
    repeated: dict[str, None] = field(default_factory=dict)
    strange: dict[str, None] = field(default_factory=dict)
    snils: dict[str, None] = field(default_factory=dict)

    def fits(self, text: str) -> bool:
        return self.pattern.fullmatch(text) is not None and _digits(text) >= _LEAST_DIGITS

    def take(self, text: str) -> None:
        if _is_snils(text):
            self.snils[text] = None
        elif not self.fits(text) or _looks_like_range(text):
            self.strange[text] = None
        elif folded(text) in self.numbers:
            self.repeated[self.numbers[folded(text)]] = None
        else:
            self.numbers[folded(text)] = text


def record_numbers(text: str, pattern: str) -> RecordNumbers:
    """`pattern` says what one number looks like as a whole; words without digits are left out."""
    sorting = _Sorting(re.compile(pattern))
    rest = _taken_out(text, _SNILS, sorting.snils, only=_is_snils)
    plain = _without_ranges(plain_signs(_marked_dashes(rest)), sorting)
    for shape in (_FLOAT, _THOUSANDS):
        plain = _taken_out(plain, shape, sorting.strange)
    count = 0
    for line in plain.split("\n"):
        tokens = list(_tokens(line))
        if len(tokens) > 1 and tokens[0].isdigit() and int(tokens[0]) == count + 1 and not sorting.fits(tokens[0]):
            tokens, count = tokens[1:], count + 1  # the first column of a table counts its rows
        for token in tokens:
            sorting.take(token)
    return RecordNumbers(
        tuple(sorting.numbers.values()), tuple(sorting.repeated), tuple(sorting.strange), tuple(sorting.snils)
    )


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def _is_snils(text: str) -> bool:
    digits = re.sub(r"[ \-]", "", plain_signs(text))
    return valid_snils(digits) and int(digits[:9]) > _LARGE_SNILS


def _marked_dashes(text: str) -> str:
    """A long dash is for ranges and lists, a hyphen belongs to a number: «1234–1240» is two numbers."""
    return _LONG_DASH.sub(" - ", text)


def _without_ranges(plain: str, sorting: _Sorting) -> str:
    for shape in (_FROM_TO, _RANGE):
        plain = shape.sub(lambda found: _range(found, sorting), plain)
    return plain


def _range(found: re.Match[str], sorting: _Sorting) -> str:
    first, last = (_clean(part) for part in found.groups())
    if not (sorting.fits(first) and sorting.fits(last)):
        return found.group()
    sorting.strange[re.sub(r"\s+", " ", found.group().strip(" ,;."))] = None
    return " "


def _looks_like_range(text: str) -> bool:
    """«770000123-770000129»: two numbers that begin alike and grow."""
    first, _, last = text.partition("-")
    alike = first.isdigit() and last.isdigit() and len(first) == len(last) >= 6
    return alike and first[:3] == last[:3] and first < last


def _taken_out(plain: str, shape: re.Pattern[str], into: dict[str, None], only: Callable[[str], bool] = bool) -> str:
    def taken(found: re.Match[str]) -> str:
        if not only(found.group()):
            return found.group()
        into[plain_signs(found.group())] = None
        return " "

    return shape.sub(taken, plain)


def _tokens(line: str) -> Iterator[str]:
    for raw in _SEPARATORS.split(line):
        token = _clean(raw)
        if any(sign.isdigit() for sign in token) and not _NUMBERED.match(raw):
            yield token


def _clean(raw: str) -> str:
    token = raw.strip(_QUOTES + ".,:;-!?= ")
    token = _LABEL.sub("", token)
    token = _NUMBERED_GLUED.sub("", token)
    whole = _WHOLE_FLOAT.match(token)
    return whole.group(1) if whole else token.strip(_QUOTES + ".,:;-!?= ")
