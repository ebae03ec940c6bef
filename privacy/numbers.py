"""Numbers of people's documents in a plain text: СНИЛС, passports and birth certificates, policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from catalog.personal import personal_words
from models.identifiers import mask_snils, valid_snils
from privacy.text import folded, plain_signs

Span = tuple[int, int]
_SIGN = r"[ \t\n\-./\\_,|]{0,4}"
_SNILS = re.compile(rf"(?<!\d)(\d{{3}})({_SIGN})(\d{{3}})({_SIGN})(\d{{3}})({_SIGN})(\d{{2}})(?!\d)")
_SPACED_OUT = re.compile(r"(?<![\d])\d(?:([ ._|\-/]|[ ]?[|][ ]?)\d)(?:\1\d){9}(?![\d])")
_THOUSANDS = re.compile(r"(?<!\d)(?<!\d[ '])\d{2}( |')\d{3}\1\d{3}\1\d{3}(?![\d])")
_TORN = re.compile(r"(?<![\d-])(\d[\d\- ]{1,14}?)[ \t]?\n[ \t]?([\d\- ]{1,14}\d)(?!\d)")
_UNCHECKED = 1001998  # numbers up to here carry no check digits: told only by their dashes
_GLUED_TO = re.compile(r"[\-./]\d")
_NUMBERING = re.compile(r"(?:^|[\s;])\d{1,3}[.)]$")
_LIKE_DIGITS = str.maketrans("ОоOoЗзIlІі|Б", "000033111116")
_AFTER_LABEL = r"[^\d\n.!?;]{0,40}?(?<![^\W\d_])"
_LABELLED_DIGITS = r"([\dОоOoЗзIlІіБ](?:[ \t\n\-./\\_,|]{0,3}[\dОоOoЗзIlІіБ]){8,11})(?![\w])"
_BACK = 40


@cache
def _labels(kind: str) -> str:
    labels: tuple[str, ...] = getattr(personal_words(), kind).labels
    return rf"(?<!\w)(?:{'|'.join(sorted(labels, key=len, reverse=True))})(?!\w)"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _other_before(low: str, start: int) -> bool:
    """Another kind of number is named just before: of the labels on this line the last one counts."""
    line = low[max(0, start - _BACK) : start].rpartition("\n")[2]
    others = [match.end() for match in _compiled(_labels("other_numbers")).finditer(line)]
    if not others:
        return False
    own = [match.end() for kind in ("snils", "passport", "policy") for match in _compiled(_labels(kind)).finditer(line)]
    between = line[others[-1] :]
    return (not own or own[-1] < others[-1]) and not re.search(r"\d{4}", between)


def snils_spans(plain: str) -> Iterator[Span]:
    """With check digits that add up in any spelling; behind its label with wrong ones too."""
    low = folded(plain)
    for match in _SNILS.finditer(plain):
        if _plausible(plain, low, match):
            yield match.span()
    for match in (*_SPACED_OUT.finditer(plain), *_THOUSANDS.finditer(plain)):
        digits = re.sub(r"\D", "", match.group())
        if valid_snils(digits) and int(digits[:9]) > _UNCHECKED and not _other_before(low, match.start()):
            yield match.span()
    for match in _TORN.finditer(plain):
        whole = _SNILS.fullmatch(match.group(1) + match.group(2))
        if whole and _dashed(whole) and valid_snils("".join(whole.group(1, 3, 5, 7))):
            yield match.span()
    yield from _labelled_snils(plain, low)


def _plausible(plain: str, low: str, match: re.Match[str]) -> bool:
    digits = "".join(match.group(1, 3, 5, 7))
    signs = match.group(2, 4, 6)
    if not valid_snils(digits):
        return False
    if int(digits[:9]) <= _UNCHECKED and not _dashed(match):
        return False
    if sum("\n" in sign or "\t" in sign for sign in signs) > 1 and not _dashed(match):
        return False  # a column of numbers
    before = plain[max(0, match.start() - 8) : match.start()]
    if before and before[-1] in "-./+" and before[-2:-1].isdigit() and not _NUMBERING.search(before):
        return False
    if before[-1:] == "+" or _GLUED_TO.match(plain, match.end()):
        return False
    if before[-1:].isalpha() and before[-1:].isascii():
        return False  # a code such as A11223344595
    return not _other_before(low, match.start())


def _dashed(match: re.Match[str]) -> bool:
    return "-" in match.group(2) and "-" in match.group(4)


def _labelled_snils(plain: str, low: str) -> Iterator[Span]:
    behind = _compiled(rf"{_labels('snils')}{_AFTER_LABEL}{_LABELLED_DIGITS.lower()}")
    before = _compiled(rf"(?<![\w\-])(\d(?:[ \-./]{{0,2}}\d){{8,11}})[ ,(\-]{{1,4}}{_labels('snils')}")
    for pattern in (behind, before):
        for match in pattern.finditer(low):
            start, end = match.span(1)
            digits = plain[start:end].translate(_LIKE_DIGITS)
            real = sum(map(str.isdigit, plain[start:end])) >= 6  # the rest only look like digits
            if real and 9 <= sum(map(str.isdigit, digits)) <= 12 and not _other_before(low, start):
                yield start, end


def without_other_snils(text: str, own: str) -> str:
    """The text with every СНИЛС but `own` (eleven digits) masked, whether or not its check digits add up."""
    plain = plain_signs(text)
    spans = sorted({*(match.span() for match in _SNILS.finditer(plain)), *snils_spans(plain)})
    source = text if len(plain) == len(text) else plain  # only a text with invisible signs in it changes otherwise
    parts, last = [], 0
    for start, end in spans:
        digits = re.sub(r"\D", "", plain[start:end])
        if start < last or digits == own:
            continue
        parts += [source[last:start], mask_snils(digits) if len(digits) == 11 else "•" * (end - start)]
        last = end
    return "".join((*parts, source[last:]))


_SERIES = re.compile(r"(?<![\d.\-/])(\d{2}) (\d{2})(?:[ ,]{0,2}(?:№|n|no|#)?[ ]{0,2})(\d{6})(?![\d\-/]|\.\d)")
_SIGNED = re.compile(r"(?<![\d.\-/])\d{2}[ ]?\d{2}[ ,]{0,2}(?:№|n|no|#)[ ]{0,2}\d{6}(?![\d\-/]|\.\d)")
_NAMED = re.compile(
    r"(?<!\w)сери[яиюей]{1,2}\W{0,5}((?:\d{2}[ \-]?\d{2}|[а-яivxlc\-]{1,8})\W{1,5}(?:и )?(?:номер\w{0,2}|№|ном\.|n)\W{0,5}\d{6,7})(?!\d)"
)
_BIRTH = re.compile(r"(?<![\w\-])([ivxlcіхул]{1,6}[ ]?-[ ]?[а-я]{2}[ ,]{0,2}(?:№|n|номер)?[ ]{0,2}\d{6})(?![\d\-])")
_PLAIN_SERIES = re.compile(r"(?<![\d.\-/])\d{4}[ ]\d{6}(?![\d\-/]|\.\d)")
_BEHIND_LABEL = (
    r"[^\d\n;]{0,60}?(?<!\w)((?:[а-яa-z]{2}[ ]?)?\d{2}[ \-]?\d{2}[ \t,.:;\-]{0,3}(?:(?:и )?номер\w{0,2}|ном\.|№|n|#)?[ :.№]{0,3}\d{6}"
    r"|\d{2}[ ]?(?:№|n)?[ ]?\d{7}|[а-яa-z]{2}[ ]?(?:№|n)?[ ]?\d{6,7})(?!\d)"
)
_YEARS = frozenset(f"{year % 100:02}" for year in range(1997, 2050))


def passport_spans(plain: str) -> Iterator[Span]:
    """Passports, birth certificates and what else proves who someone is."""
    low = folded(plain)
    words = personal_words().passport
    for match in _SERIES.finditer(low):
        if match.group(2) in _YEARS and not _phone_before(low, match.start()) and not _other_before(low, match.start()):
            yield match.span()
    for match in _SIGNED.finditer(low):
        if not _other_series(low, match.start()) and not _other_before(low, match.start()):
            yield match.span()
    for match in _NAMED.finditer(low):
        if not _other_series(low, match.start()):
            yield match.span(1)
    for match in _BIRTH.finditer(low):
        yield match.span(1)
    not_a_persons = _compiled("|".join(words.other_passports))
    for match in _compiled(_labels("passport") + _BEHIND_LABEL).finditer(low):
        if not not_a_persons.search(low, max(0, match.start() - 25), match.end()) and not _other_before(
            low, match.start(1)
        ):
            yield match.span(1)
    for match in _PLAIN_SERIES.finditer(low):
        around = low[max(0, match.start() - 60) : match.end() + 60]
        if _compiled(_labels("passport")).search(around) and not not_a_persons.search(around):
            yield match.span()


def _phone_before(low: str, start: int) -> bool:
    return re.search(r"[\d)][ ]?$", low[max(0, start - 3) : start]) is not None


def _other_series(low: str, start: int) -> bool:
    """«Путёвка серия … номер …» is no passport."""
    line = low[max(0, start - _BACK) : start].rpartition("\n")[2]
    return any(word in line for word in personal_words().passport.other_series)


_SIXTEEN = re.compile(r"(?<![\w.\-/])\d{4}([ \-]?)\d{4}\1\d{4}\1\d{4}(?![\w]|[.\-/]\d)")
_POLICY_NUMBER = r"[^\d\n;.]{0,40}?(?<!\w)((?:(?!омс|енп|дмс)[а-яa-z]{2,4}[ \-]?)?\d(?:[ \t\-]{0,2}(?:№|n|номер)?[ ]{0,2}\d){5,19})(?!\d)"
_DATE = re.compile(r"\d{1,2}[ .\-]\d{1,2}[ .\-]\d{2,4}")


def policy_spans(plain: str) -> Iterator[Span]:
    """Полис ОМС: sixteen digits, or whatever stands behind its label."""
    low = folded(plain)
    for match in _SIXTEEN.finditer(plain):
        if not _other_before(low, match.start()):
            yield match.span()
    for match in _compiled(_labels("policy") + _POLICY_NUMBER).finditer(low):
        if not _DATE.fullmatch(match.group(1)) and not _other_before(low, match.start(1)):
            yield match.span(1)
