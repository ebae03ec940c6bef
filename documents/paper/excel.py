"""Papers as workbooks (APP-1): the same data, typed as text, on the same pages as the Word file."""

from __future__ import annotations

import datetime as dt
import io

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from documents.archive import normalised
from documents.codes import PageCode, picture
from documents.paper.paging import STAMP_MM, Page, Pagination, blocks_height, paginate
from documents.paper.paper import PRACTICE, Block, Paper, Signature
from documents.sheet import CODE_MM, POINTS_PER_MM, SHEETS, STYLES
from documents.tables.cells import MAX_ROW_POINTS, SHADED, column_width, dress, empty_book, prototypes, put_text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SCALE = 88  # per cent; the column of codes stands beside the table, so the sheet is printed smaller
_TALLER = 1.15  # Excel's line of a font is higher than the printed one
_CODE_COLUMN_MM = 26
_EMU_PER_MM = 36_000
_ONE_COLUMN = (170.0,)


def render(paper: Paper) -> bytes:
    """The .xlsx. Raises documents.paper.paging.TooLong."""
    book, sheet = empty_book("Заявка")
    widths = paper.table.widths if paper.table else _ONE_COLUMN
    for place, width in enumerate((*widths, _CODE_COLUMN_MM), 1):
        sheet.column_dimensions[get_column_letter(place)].width = column_width(width)
    split = paginate(paper)
    row = _add_blocks(sheet, paper, paper.head, widths, 1)
    starts, row = _add_rows(sheet, paper, split, row)
    _add_ending(sheet, paper, widths, row)
    if paper.coded:
        _add_codes(sheet, paper, split.pages, starts, len(widths) + 1)
    _set_up_print(sheet, paper, starts)
    return _saved(book, paper)


def _add_blocks(sheet: Worksheet, paper: Paper, blocks: tuple[Block, ...], widths: tuple[float, ...], row: int) -> int:
    """Paragraphs as merged rows; gives the next free row."""
    for block in blocks:
        style = STYLES[block.style]
        height = blocks_height([block], SHEETS[paper.orientation]) * _TALLER
        first = 1 + sum(1 for place in range(1, len(widths)) if sum(widths[:place]) <= style.indent * sum(widths))
        align = "center" if style.align == "center" else "left"
        _merged(sheet, row, min(first, len(widths)), len(widths), block.text, height)
        dress(sheet.cell(row, min(first, len(widths))), size=style.size, bold=style.bold, align=align)
        row += 1
    return row


def _merged(sheet: Worksheet, row: int, first: int, last: int, text: str, height: float) -> None:
    put_text(sheet.cell(row, first), text)
    sheet.row_dimensions[row].height = min(height, MAX_ROW_POINTS)
    if last > first:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row, end_column=last)


def _add_rows(sheet: Worksheet, paper: Paper, split: Pagination, row: int) -> tuple[list[int], int]:
    """The heading and all rows without gaps; gives the first row of every page and the next free row."""
    if paper.table is None:
        return [1, *(row for _ in split.pages[1:])], row
    for place, text in enumerate(paper.table.headings, 1):
        cell = sheet.cell(row, place)
        put_text(cell, text)
        dress(cell, size=paper.table.size, bold=True, align="center", boxed=True)
        cell.fill = SHADED
    sheet.row_dimensions[row].height = split.heading_height * _TALLER
    sheet.print_title_rows = f"{row}:{row}"
    sheet.freeze_panes = f"A{row + 1}"
    styles = prototypes(sheet.parent.create_sheet("styles"), paper.table.centred, paper.table.size)
    sheet.parent.remove(sheet.parent["styles"])
    for number, cells in enumerate(paper.table.rows):
        for place, (text, style) in enumerate(zip(cells, styles, strict=True), 1):
            cell = sheet.cell(row + 1 + number, place)
            cell._style = style
            put_text(cell, text)
        height = split.row_heights[number] * _TALLER
        sheet.row_dimensions[row + 1 + number].height = min(height, MAX_ROW_POINTS)
    return [1, *(row + 1 + page.first for page in split.pages[1:])], row + 1 + len(paper.table.rows)


def _add_ending(sheet: Worksheet, paper: Paper, widths: tuple[float, ...], row: int) -> None:
    row = _add_blocks(sheet, paper, paper.tail, widths, row)
    if paper.signature is None:
        return
    for text, height in _signature_lines(paper.signature):
        _merged(sheet, row, 1, len(widths), text, height)
        dress(sheet.cell(row, 1), size=11)
        sheet.cell(row, 1).alignment = Alignment(vertical="bottom", wrap_text=True)
        row += 1


def _signature_lines(signature: Signature) -> list[tuple[str, float]]:
    gap = " " * 8
    post = signature.post or ("_" * 24 if signature.captions[0] else "")
    signed = gap.join(part for part in (post, "_" * 24, signature.name or "_" * 24) if part)
    lines = [(signed, 32.0), (signature.attorney, 16.0)]
    seal_height = STAMP_MM * POINTS_PER_MM if signature.stamped else 32.0
    lines.append((f"{signature.seal}{gap}{signature.date_line}", seal_height))
    return [(text, height) for text, height in lines if text]


def _add_codes(sheet: Worksheet, paper: Paper, pages: tuple[Page, ...], starts: list[int], column: int) -> None:
    for number, row in enumerate(starts, 1):
        image = Image(io.BytesIO(picture(PageCode(paper.request, paper.version, number, len(pages)))))
        side = (CODE_MM + 1) * _EMU_PER_MM
        image.anchor = OneCellAnchor(
            _from=AnchorMarker(col=column - 1, row=row - 1), ext=XDRPositiveSize2D(cx=side, cy=side)
        )
        sheet.add_image(image)


def _set_up_print(sheet: Worksheet, paper: Paper, starts: list[int]) -> None:
    """Explicit page breaks: with «fit to width» Excel would ignore them."""
    sheet.print_area = f"A1:{get_column_letter(sheet.max_column + 1)}{sheet.max_row}"
    for row in starts[1:]:
        sheet.row_breaks.append(Break(id=row - 1))
    sheet.page_setup.orientation = paper.orientation
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.scale = _SCALE
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 0.6, 0.3, 0.45, 0.6
    margins.header = margins.footer = 0.25
    if paper.practice:
        sheet.oddHeader.center.text, sheet.oddHeader.center.size, sheet.oddHeader.center.color = PRACTICE, 40, "C8C8C8"
    sheet.oddFooter.left.text = paper.footer.replace("&", "&&")
    sheet.oddFooter.right.text = "Страница &P из &N"


def _saved(book: Workbook, paper: Paper) -> bytes:
    properties = book.properties
    properties.creator, properties.title, properties.language = "", paper.title, "ru-RU"
    properties.created = properties.modified = dt.datetime.combine(paper.made_on, dt.time())
    buffer = io.BytesIO()
    book.save(buffer)
    return normalised(buffer.getvalue(), paper.made_on)
