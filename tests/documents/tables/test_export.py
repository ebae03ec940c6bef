from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from documents.tables.export import Value, table_xlsx
from tests.documents.samples import TODAY

_HEADINGS = ["Работник", "СНИЛС", "С", "Проверен", "Строк"]


def _opened(rows: list[list[Value]], title: str = "Кто имеет доступ") -> Worksheet:
    return load_workbook(io.BytesIO(table_xlsx(title, _HEADINGS, rows, made_on=TODAY))).active


def test_values_come_back_as_what_they_are() -> None:
    row: list[Value] = ["Иванова Анна", "087-654-303 00", dt.date(2026, 11, 23), True, 3]
    cells = _opened([row])[2]
    assert [cell.value for cell in cells] == ["Иванова Анна", "087-654-303 00", dt.datetime(2026, 11, 23), "да", 3]
    assert cells[2].number_format == "DD.MM.YYYY"
    assert cells[1].number_format == "@"


@pytest.mark.parametrize("evil", ['=cmd|"/c calc"!A1', "+1+1", "-2+3", "@SUM(1)", "=1+1"])
def test_formula_is_stored_as_text(evil: str) -> None:
    cell = _opened([[evil, "", None, False, 0]])["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (evil, "s", True)


def test_heading_is_frozen_and_filtered() -> None:
    sheet = _opened([["Иванова", "1", None, None, None]] * 4)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:E5"
    assert [cell.value for cell in sheet[1]] == _HEADINGS


def test_columns_are_as_wide_as_their_texts() -> None:
    sheet = _opened([["Константинопольская-Задунайская Анна", "1", None, None, None]])
    widths = [sheet.column_dimensions[letter].width for letter in "AB"]
    assert widths[0] > 36
    assert 8 <= widths[1] < 12


def test_empty_table_is_a_workbook_too() -> None:
    assert _opened([]).max_row == 1


def test_title_that_excel_refuses_is_mended() -> None:
    assert _opened([], title="Доступ: [ФРМО/ФРМР] на 23.11.2026, все").title == "Доступ ФРМО ФРМР на 23.11.2026,"


def test_time_with_a_zone_is_stored_as_local() -> None:
    moment = dt.datetime(2026, 11, 23, 12, 30, tzinfo=dt.UTC)
    assert _opened([["", "", moment, None, None]])["C2"].value == dt.datetime(2026, 11, 23, 12, 30)
