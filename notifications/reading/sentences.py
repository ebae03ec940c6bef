"""A letter's own text as units: sentences, list items, table rows, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from notifications.reading.html_text import CELL
from notifications.reading.normal import Plain, plain

MAX_SENTENCE = 1500
_BULLET = re.compile(r"^\s*(?:[-–—•*·●▪◦‣+]\s+|№?\s?\d{1,3}\s?[.)]\s*(?!\d)|[а-яa-z]\)\s+)")
_ENDS = re.compile(r"(?<![.!?…])[.!?…]++[\"»”)\]]*+(?=\s|$)|(?<=[а-яё]{3})[.!?](?=[А-ЯЁ][а-яё])|;(?=\s*\n)")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(«\"„.,-])(?:[А-ЯЁA-Z]|г|гг|ул|д|п|пп|ст|т|е|к|о|им|обл|руб|тел|доб|др|чел|сотр|рег|св|см|напр|мин|ч|стр|прим|пр|респ|гор|ред|"
    r"исх|вх|ном|зам|гл|отд|каб|корп|эл|н|с|тыс|док|пом|ок|проф|акад|доц|врио|и\.о)\.$",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?:^|[\s.(])[А-ЯЁ]\.$")
_YEAR = re.compile(r"\d{4}\s?гг?\.$")
_HANGING = re.compile(
    r"(?:^|\s)(?:не|ни|в|во|на|с|со|и|к|ко|о|об|от|до|по|для|без|при|за|из|у|или|но|а|что|как|если|будет|будут|был|была|"
    r"было|были|может|могут|быть|после|чтобы|пока|есть ли|доступ|номер|№|снилс)\s*$|,\s*$",
    re.IGNORECASE,
)
_HANGING_NOT = re.compile(r"(?:^|\s)(?:не|ни|будет|будут|может|если|чтобы)\s*$", re.IGNORECASE)
_STARTS_NAMED = re.compile(
    r"^\s*(?:[А-ЯЁ][а-яё]+(?:-[А-ЯЁ][а-яё]+)?\s+[А-ЯЁ](?:[а-яё]+|\.)|\d{3}[-\s]?\d{3}[-\s]?\d{3}"
    r"|[А-ЯЁ-]+ [А-ЯЁ]+ [А-ЯЁ]+(?:ИЧ|ИЧУ|ИЧА|ИЧЕМ|ВНА|ВНЕ|ВНУ|ВНЫ|ЧНА|ЧНЕ|ЧНУ|ЧНЫ)\b)"
)
# «Статус: …», «Код решения - …»: a field of a form begins a sentence of its own.
_FIELD = re.compile(r"^\s*[А-ЯЁA-Z][^:;.!?|\t]{1,34}:(?:\s|$)")
# Cells stand apart by tabs, by bars, by columns of spaces, or by semicolons without a space.
_BY_SPACES = re.compile(r"\S {3,}\S.*? {3,}\S")
_BY_SEMICOLONS = re.compile(
    r"^[^;\n]{0,200};[^;\s][^;\n]{0,200};[^;\s][^;\n]{0,200}$|^(?:[^;\n]{0,200};(?=[^;\s])){3,30}"
)
_SEVERAL_CELLS = re.compile(
    rf"\t|\s\|\s|^\||\|$|{_BY_SPACES.pattern}|{_BY_SEMICOLONS.pattern}|^(?:№[^;]{{0,8}}|\d{{1,3}}); (?:[^;]{{1,80}}; ){{1,20}}"
)
_RULED = re.compile(r"^[\s|+:=_-]{3,}$")


class Shape(StrEnum):
    """Where a unit stands."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text that is judged by itself. `start` and `end` are offsets in the letter's own text."""

    start: int
    end: int
    shape: Shape
    plain: Plain
    cells: tuple[Plain, ...] = ()
    block: int = 0
    in_signature: bool = False

    @property
    def too_long(self) -> bool:
        return self.end - self.start > MAX_SENTENCE


def units(text: str, signature: int) -> list[Unit]:
    """All units of the text in order; those that begin at `signature` or later are marked."""
    found: list[Unit] = []
    for number, (start, end, shape) in enumerate(_blocks(text)):
        if shape is Shape.ROW:
            pieces = [(start, end)]
        else:
            pieces = list(_sentences(text, start, end))
        for begin, stop in pieces:
            body = text[begin:stop]
            if not body.strip():
                continue
            cells = tuple(plain(cell) for cell in _cells(body)) if shape is Shape.ROW else ()
            short = body if len(body) <= MAX_SENTENCE else body[:MAX_SENTENCE]
            found.append(Unit(begin, stop, shape, plain(short), cells, number, begin >= signature))
    return found


def _cells(row: str) -> list[str]:
    row = row.strip()
    if CELL not in row and "\t" not in row and not re.search(r"\s\|\s|^\||\|$", row):
        cells = re.split(r" {3,}", row) if _BY_SPACES.search(row) else row.split(";")
    else:
        cells = row.strip("|").split("\t" if "\t" in row and CELL not in row else "|")
    return [cell.strip() for cell in cells]


def _blocks(text: str) -> Iterator[tuple[int, int, Shape]]:
    """Wrapped lines joined to paragraphs; rows and items kept apart."""
    start: int | None = None
    end, shape, position, blank = 0, Shape.SENTENCE, 0, False
    for line in text.split("\n"):
        begin, position = position, position + len(line) + 1
        if not line.strip():
            blank = True
            continue
        if start is not None and shape is Shape.ROW and _RULED.match(line):
            continue  # the line between the header of a table and its rows
        row = bool(_SEVERAL_CELLS.search(line.strip()))
        if start is not None and not row and shape is not Shape.ROW and _continues(text[start:end], line, blank):
            end, blank = begin + len(line), False
            continue
        if start is not None:
            yield start, end, shape
        start, end, blank = begin, begin + len(line), False
        item = bool(_BULLET.match(line)) or bool(_STARTS_NAMED.match(line))
        shape = Shape.ROW if row else Shape.ITEM if item else Shape.SENTENCE
    if start is not None:
        yield start, end, shape


def _continues(before: str, line: str, blank: bool) -> bool:
    """Whether a line goes on with the sentence above it. A bare «не» at the end always does."""
    above = before.rpartition("\n")[2].rstrip()
    low = plain(above[-60:]).low
    if _HANGING_NOT.search(low):
        return True
    if blank or _BULLET.match(line) or _FIELD.match(line):
        return False
    if _HANGING.search(low):
        return not (low.endswith(",") and _STARTS_NAMED.match(line) and _STARTS_NAMED.match(above) and len(above) < 60)
    if re.search(r"[.!?:;…]\s*[\"»)]*$", above):
        return False
    first = line.lstrip()[:1]
    if first.islower() or first in '(«"–—-':
        return True
    if above.isupper() and line.strip().isupper() and not _STARTS_NAMED.match(line):
        return True
    return len(above) >= 55 and (
        not _STARTS_NAMED.match(line) or (len(line) >= 40 and "," in line and not _STARTS_NAMED.match(above))
    )


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    number = _BULLET.match(text[start:end])
    search_from = start + (number.end() if number else 0)
    for found in _ENDS.finditer(text, search_from, end):
        stop = found.end()
        ended = found.group().rstrip('"»”)]')
        if ended.endswith(".") and _goes_on(
            text[max(begin, stop - 24) : found.start() + len(ended)], text[stop : stop + 24]
        ):
            continue
        yield _trimmed(text, begin, stop)
        begin = stop
    if begin < end:
        yield _trimmed(text, begin, end)


def _goes_on(before: str, after: str) -> bool:
    """Whether a full stop belongs to an initial or an abbreviation and not to the end of a sentence."""
    following = after.lstrip()
    if _YEAR.search(before) and re.match(r"[А-ЯЁ][а-яё]{2}", following):
        return False
    if _INITIAL.search(before):
        return bool(following) and not _opens_sentence(following)
    return bool(_ABBREVIATED.search(before)) and not before.lower().endswith(("не.", "ни."))


_OPENING = re.compile(
    r"(?:но|однако|увы|кроме|ей|ему|им|доступ\w*|просим|прошу|заявк\w|рол[ьи]|права|для|по|в|при|если|также|остальн\w+|сообща\w+|необходимо|направ\w+|укажите|уточните|"
    r"к сожалению|не|отказ\w*|спасибо|учетн\w+|учётн\w+|данн\w+|требуется|всем|вам|обраща\w+)\b",
    re.IGNORECASE,
)


def _opens_sentence(following: str) -> bool:
    """After initials only a word that is no surname opens a sentence."""
    return (
        following[:1].isupper()
        and bool(_OPENING.match(following))
        and not re.match(r"[А-ЯЁ]\w+\s+[А-ЯЁ]\.|[А-ЯЁ]\.", following)
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
