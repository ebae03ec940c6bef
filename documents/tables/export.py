"""Any table as a workbook: text stays text, the heading stays in sight, columns can be filtered."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from itertools import islice

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from documents.archive import normalised
from documents.practice import MARK, TOLD
from documents.tables.cells import SHADED, dress, put_text
from refusals import Refusal

Value = str | int | float | bool | dt.date | dt.datetime | None
_SAMPLE = 200  # rows that decide the widths
_NARROWEST, _WIDEST = 8, 60  # characters
_NO_DAY = dt.date(1980, 1, 1)
_MAX_ROWS = 1_048_575


class TooManyRows(Refusal, ValueError):
    """A sheet of a workbook holds a million rows; the text tells a person what to do."""


def table_workbook(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]], *, practice: bool = False
) -> bytes:
    """The table as .xlsx with no day of its own: the same table gives the same bytes on any day."""
    return table_xlsx(title, headings, rows, made_on=_NO_DAY, practice=practice)


def table_xlsx(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]], *, made_on: dt.date, practice: bool = False
) -> bytes:
    """The table as .xlsx; dates are dates, everything else a person typed is text. Raises TooManyRows.

    `practice`: the sheet's name and its first row say that the data are none.
    """
    book = Workbook(write_only=True)
    title = f"{MARK}. {title}" if practice else title
    sheet = book.create_sheet(_sheet_title(title))
    assert isinstance(sheet, WriteOnlyWorksheet)
    kept, above = list(rows), 1 if practice else 0
    if len(kept) > _MAX_ROWS - above:
        raise TooManyRows(f"В таблице {len(kept)} строк: на лист Excel столько не помещается. Сузьте отбор.")
    for place, width in enumerate(_widths(headings, kept), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"A{above + 2}"
    sheet.auto_filter.ref = f"A{above + 1}:{get_column_letter(len(headings))}{above + len(kept) + 1}"
    if practice:
        sheet.append([_mark(sheet)])
    sheet.append([_heading(sheet, text) for text in headings])
    for row in kept:
        sheet.append([_cell(sheet, value) for value in row])
    return _saved(book, title, made_on)


def _sheet_title(title: str) -> str:
    allowed = "".join(" " if char in "[]:*?/\\'" else char for char in title)
    return " ".join(allowed.split())[:31].strip() or "Таблица"


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Value]]) -> list[float]:
    longest = [len(text) + 4 for text in headings]  # the filter's arrow takes room too
    for row in islice(rows, _SAMPLE):
        longest = [max(so_far, len(_shown(value)) + 2) for so_far, value in zip(longest, row, strict=True)]
    return [float(min(max(width, _NARROWEST), _WIDEST)) for width in longest]


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, dt.date):
        return "00.00.0000 00:00" if isinstance(value, dt.datetime) else "00.00.0000"
    return "" if value is None else str(value)


def _heading(sheet: WriteOnlyWorksheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    put_text(cell, text)
    dress(cell, size=11, bold=True, align="center", boxed=True)
    cell.fill = SHADED
    return cell


def _mark(sheet: WriteOnlyWorksheet) -> WriteOnlyCell:
    """In one line over the columns, however narrow the first is."""
    cell = WriteOnlyCell(sheet)
    put_text(cell, TOLD)
    dress(cell, size=14, bold=True)
    cell.alignment = Alignment(wrap_text=False)
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    if isinstance(value, dt.datetime):
        cell.value, cell.number_format = value.replace(tzinfo=None), "DD.MM.YYYY HH:MM"
    elif isinstance(value, dt.date):
        cell.value, cell.number_format = value, "DD.MM.YYYY"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        cell.value = value
    elif value is not None:
        put_text(cell, _shown(value))
        cell.number_format = "@"
    return cell


def _saved(book: Workbook, title: str, made_on: dt.date) -> bytes:
    properties = book.properties
    properties.creator, properties.title, properties.language = "", title, "ru-RU"
    properties.created = properties.modified = dt.datetime.combine(made_on, dt.time())
    buffer = io.BytesIO()
    book.save(buffer)
    return normalised(buffer.getvalue(), made_on)
