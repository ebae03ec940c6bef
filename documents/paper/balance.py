"""Room for long names: flexible columns lend their slack to the one that makes rows tall."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from documents.paper.measure import line_count, text_width
from documents.sheet import CELL_PAD_MM, POINTS_PER_MM

_STEP_MM = 1.0
_LOW_ENOUGH = 4  # lines: rows that low are left as the form draws them
_SAMPLE = 12  # the longest texts of a column stand for all
_WORDS = re.compile(r"[^\s-]+-?")


@dataclass(slots=True)
class _Column:
    """`floor` is the least width in millimetres: no word that the form's width holds is broken."""

    width: float
    texts: tuple[str, ...]
    floor: float
    size: float

    def lines(self, width: float | None = None) -> int:
        room = ((self.width if width is None else width) - 2 * CELL_PAD_MM) * POINTS_PER_MM - 1
        return max((line_count(text, room, self.size) for text in self.texts), default=1)


def balanced(
    widths: Sequence[float],
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    flexible: Sequence[bool],
    size: float,
) -> tuple[float, ...]:
    """Widths of the same sum with which the tallest row is lower; those of the form when it is low already."""
    columns = []
    for place, width in enumerate(widths):
        texts = _longest(rows, place)
        columns.append(_Column(width, texts, _floor(headings[place], texts, width, size), size))
    may_move = [column for column, bends in zip(columns, flexible, strict=True) if bends]
    while len(may_move) > 1:
        tall = max(may_move, key=_Column.lines)
        donor = _donor(may_move, tall)
        if donor is None:
            break
        donor.width -= _STEP_MM
        tall.width += _STEP_MM
    return tuple(column.width for column in columns)


def _donor(columns: Sequence[_Column], tall: _Column) -> _Column | None:
    """The column that stays lowest after lending a step, if it then stays well below the tall one."""
    if tall.lines() <= _LOW_ENOUGH:
        return None
    able = [column for column in columns if column is not tall and column.width - _STEP_MM >= column.floor]
    donor = min(able, key=lambda column: column.lines(column.width - _STEP_MM), default=None)
    if donor is None or donor.lines(donor.width - _STEP_MM) >= tall.lines():
        return None
    return donor


def _longest(rows: Sequence[Sequence[str]], place: int) -> tuple[str, ...]:
    return tuple(sorted({row[place] for row in rows}, key=lambda text: (-len(text), text))[:_SAMPLE])


def _floor(heading: str, texts: Sequence[str], width: float, size: float) -> float:
    words = [text_width(word, size, bold=True) for word in _WORDS.findall(heading)]
    room = (width - 2 * CELL_PAD_MM) * POINTS_PER_MM - 1
    words += [wide for text in texts for word in _WORDS.findall(text) if (wide := text_width(word, size)) <= room]
    return (max(words, default=0.0) + 1) / POINTS_PER_MM + 2 * CELL_PAD_MM
