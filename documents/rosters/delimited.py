"""A .csv or a text with tabs, in whatever charset it was saved."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from documents.rosters.grids import sheet
from models.charset_guessing import best_guess
from sandbox import Refused

_FORMULA_OF_TEXT = re.compile(r'="([^"]*)"')  # how a number is kept a text in .csv
_LONGEST = 1_000_000


def table(data: bytes) -> dict[str, Any]:
    """Raises Refused for what is no text."""
    text = decoded(data)
    if "\x00" in text:
        raise Refused("not-a-table", "Это не таблица. Нужен файл Excel (.xlsx), .csv или .ods.")
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own directive, no row of the sheet
    text = text[told.end() :] if told else text
    delimiter = told.group(1) if told else max((";", "\t", ",", "|"), key=lambda mark: _regularity(text[:20_000], mark))
    csv.field_size_limit(_LONGEST)
    try:
        return sheet("", _numbered(text, delimiter))
    except csv.Error:
        raise Refused("broken", "Файл .csv не разобрать. Сохраните список в Excel как .xlsx.") from None


def _numbered(text: str, delimiter: str) -> Iterator[list[str]]:
    """Blank lines are rows too, so that numbers agree with what Excel shows."""
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield [_FORMULA_OF_TEXT.sub(r"\1", cell.strip()) for cell in row]


def decoded(data: bytes) -> str:
    """A mark of order is believed, then UTF-8; else the charset in which the words look most Russian."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
        if "\x00" not in text:
            return text
    except UnicodeDecodeError:
        pass
    return best_guess(data)[0]


def _regularity(sample: str, mark: str) -> int:
    """How many lines hold the mark, times how often the fullest does."""
    counts = [line.count(mark) for line in sample.splitlines() if line.strip()]
    return sum(1 for count in counts if count) * max(counts, default=0)
