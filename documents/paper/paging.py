"""Which rows stand on which page. Decided before rendering, because each page bears a code that names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from documents.paper.measure import line_count
from documents.paper.paper import Block, Paper, Signature, Table
from documents.sheet import CELL_PAD_MM, POINTS_PER_MM, SHEETS, STYLES, TABLE_LEADING, Sheet
from refusals import Refusal

MAX_PAGES = 999
STAMP_MM = 32  # room for a round seal beside the signature, so that it covers neither (SGN-4)
SIGNATURE_SHARES = (0.22, 0.32, 0.22, 0.24)  # seal, post, signature, decoded name
SIGNATURE_SIZE = 11.0
SIGNATURE_LINE = 13.5
CAPTION_LINE = 10.0
_LINES_AROUND = 4  # room for the pen above, a blank line, the date, and one more should it wrap
_CELL_SIDES = 11.0  # default margins of a cell, left and right
_SPARE = 0.04  # of the body's height: word processors differ in a line or two
_BREAK_LINE = 2.0  # the paragraph that carries the page's code
_RULE = 0.75  # a row's border


class TooLong(Refusal, ValueError):
    """The paper cannot be laid out; the text tells a person what to do."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows [first, last) of the table; the opening stands on the first page, the signature on the last."""

    first: int
    last: int
    opens: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class Pagination:
    """Pages, and the height of every row in points (of the heading's row too)."""

    pages: tuple[Page, ...]
    heading_height: float
    row_heights: tuple[float, ...]


def paginate(paper: Paper) -> Pagination:
    """Split the paper. Raises TooLong."""
    sheet = SHEETS[paper.orientation]
    room = sheet.body_height * POINTS_PER_MM * (1 - _SPARE) - _BREAK_LINE
    opening = blocks_height(paper.head, sheet)
    ending = blocks_height(paper.tail, sheet) + signature_height(paper.signature, sheet)
    heading = row_height(paper.table, paper.table.headings, bold=True) if paper.table else 0.0
    rows = tuple(row_height(paper.table, row) for row in paper.table.rows) if paper.table else ()
    spans = _spans(rows, first=room - opening - heading, full=room - heading, ending=ending)
    _refuse_what_cannot_fit(len(spans), rows, room - heading)
    last = len(spans) - 1
    pages = tuple(Page(a, b, opens=n == 0, closes=n == last) for n, (a, b) in enumerate(spans))
    return Pagination(pages, heading, rows)


def _refuse_what_cannot_fit(pages: int, rows: Sequence[float], room: float) -> None:
    if pages > MAX_PAGES:
        raise TooLong(
            f"В документе вышло бы {pages} стр., а помещается не больше {MAX_PAGES}. "
            "Разделите список работников на несколько заявок."
        )
    for place, height in enumerate(rows, 1):
        if height > room:
            raise TooLong(f"Строка {place} не помещается на лист: в ней слишком длинный текст. Сократите его.")


def blocks_height(blocks: Iterable[Block], sheet: Sheet) -> float:
    """Height of paragraphs one under another."""
    total = 0.0
    for block in blocks:
        style = STYLES[block.style]
        width = (sheet.body_width * (1 - style.indent) - style.first_line_mm) * POINTS_PER_MM
        lines = line_count(block.text, width, style.size, bold=style.bold)
        total += style.before + lines * style.line + style.after
    return total


def row_height(table: Table, cells: Sequence[str], *, bold: bool = False) -> float:
    """Height that the fullest cell asks for."""
    lines = 1
    for text, width in zip(cells, table.widths, strict=True):
        room = (width - 2 * CELL_PAD_MM) * POINTS_PER_MM - _RULE
        lines = max(lines, line_count(text, room, table.size, bold=bold))
    return lines * table.size * TABLE_LEADING + 2 * CELL_PAD_MM * POINTS_PER_MM + _RULE


def signature_height(signature: Signature | None, sheet: Sheet) -> float:
    """Height of the signature's block with the seal's place."""
    if signature is None:
        return 0.0
    width = sheet.body_width * POINTS_PER_MM
    seal, post, _, name = (width * share - _CELL_SIDES for share in SIGNATURE_SHARES)
    lines = max(line_count(signature.post, post, SIGNATURE_SIZE), line_count(signature.name, name, SIGNATURE_SIZE))
    lines += line_count(signature.attorney, post, SIGNATURE_SIZE) if signature.attorney else 0
    text = (lines + _LINES_AROUND) * SIGNATURE_LINE + CAPTION_LINE
    stamp = STAMP_MM * POINTS_PER_MM if signature.stamped else 0.0
    return 10 + max(text, stamp, line_count(signature.seal, seal, SIGNATURE_SIZE) * SIGNATURE_LINE)


def _spans(rows: Sequence[float], *, first: float, full: float, ending: float) -> list[tuple[int, int]]:
    """Fill page after page; the ending never stands alone while a row can go with it."""
    spans: list[tuple[int, int]] = []
    start, left = 0, first
    for place, height in enumerate(rows):
        if height > left and (place > start or not spans):
            spans.append((start, place))
            start, left = place, full
        left -= height
    spans.append((start, len(rows)))
    if ending > left:
        cut = _last_that_fit(rows, start, full - ending)
        spans[-1:] = [(start, cut), (cut, len(rows))]
    return spans


def _last_that_fit(rows: Sequence[float], start: int, room: float) -> int:
    """The row from which on the rest fits the room: one row if possible, so that the signature has company."""
    last = len(rows) - 1
    return last if last > start and rows[last] <= room else len(rows)
