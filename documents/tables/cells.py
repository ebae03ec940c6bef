"""Cells of generated workbooks: text stays text, whatever it begins with."""

from __future__ import annotations

from copy import copy

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from documents.russian import printable
from documents.sheet import FONT

_THIN = Side(style="thin", color="FF000000")
BOXED = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
SHADED = PatternFill("solid", fgColor="FFEDEDED")
_FORMULA_SIGNS = ("=", "+", "-", "@")
MAX_CELL = 32_767
MAX_ROW_POINTS = 409.0


def empty_book(title: str) -> tuple[Workbook, Worksheet]:
    """A workbook of one sheet; its default font sets the unit of column widths, so it is one that machines have."""
    book = Workbook()
    book._named_styles["Normal"].font = Font(name=FONT, size=11)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    return book, sheet


def put_text(cell: Cell, text: str) -> None:
    """Store as text: a leading «=» is no formula, leading zeros and long digits survive, also after an edit."""
    cell.value = printable(text)[:MAX_CELL]
    cell.data_type = "s"
    if text.startswith(_FORMULA_SIGNS):
        cell._style = copy(cell._style)  # the style may be shared by a whole column
        cell.quotePrefix = True


def column_width(millimetres: float) -> float:
    """Excel's unit: characters of the workbook's default font, seven pixels each and five of padding."""
    return (millimetres / 25.4 * 96 - 5) / 7


def dress(cell: Cell, *, size: float, bold: bool = False, align: str = "left", boxed: bool = False) -> None:
    """Our font and wrapped text; number format «text»."""
    cell.font = Font(name=FONT, size=size, bold=bold)
    cell.alignment = Alignment(horizontal=align, vertical="top", wrap_text=True)
    cell.number_format = "@"
    if boxed:
        cell.border = BOXED


def prototypes(sheet: Worksheet, centred: tuple[bool, ...], size: float) -> list[object]:
    """One shared style for each column: setting fonts cell by cell is three times slower."""
    styles = []
    for place, middle in enumerate(centred, 1):
        cell = sheet.cell(row=1, column=place)
        dress(cell, size=size, align="center" if middle else "left", boxed=True)
        styles.append(cell._style)
        cell.style = "Normal"
    return styles
