from __future__ import annotations

import io
from dataclasses import replace

import pytest
import zxingcpp
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from documents.codes import PageCode, decode
from documents.paper import excel
from documents.paper.paging import paginate
from documents.paper.paper import Paper
from documents.russian import NBSP
from tests.documents.samples import SOLE_PROPRIETOR, application, facts


def _opened(paper: Paper) -> Worksheet:
    return load_workbook(io.BytesIO(excel.render(paper))).active


def _heading_row(sheet: Worksheet) -> int:
    return next(cell.row for cell in sheet["B"] if cell.value == "СНИЛС")


def _texts(sheet: Worksheet) -> str:
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value).replace(NBSP, " ")


@pytest.mark.rule("APP-1", "APP-12")
def test_workbook_holds_every_row_without_gaps() -> None:
    paper = application(30)
    assert paper.table is not None
    sheet = _opened(paper)
    first = _heading_row(sheet)
    read = list(sheet.iter_rows(min_row=first, max_row=first + 30, max_col=11, values_only=True))
    assert read == [paper.table.headings, *paper.table.rows]


def test_numbers_stay_text() -> None:
    sheet = _opened(application(1))
    row = sheet[_heading_row(sheet) + 1]
    assert (row[1].value, row[1].data_type, row[1].number_format) == ("112-233-445 95", "s", "@")
    assert (row[8].value, row[8].data_type) == ("7707083893", "s")


@pytest.mark.parametrize("evil", ['=HYPERLINK("http://evil.example","x")', "+7 900", "-1+1", "@SUM(A1)", "=1+1"])
def test_formula_is_stored_as_text(evil: str) -> None:
    person = replace(facts(1).rows[0], surname=evil)
    sheet = _opened(application(1, rows=(person,)))
    cell = sheet.cell(_heading_row(sheet) + 1, 3)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (evil, "s", True)


def test_print_is_set_up() -> None:
    sheet = _opened(application(30))
    heading = _heading_row(sheet)
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == f"${heading}:${heading}"
    assert sheet.freeze_panes == f"A{heading + 1}"
    assert sheet.oddFooter.right.text == "Страница &P из &N"
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage


def test_pages_break_where_the_word_file_breaks() -> None:
    paper = application(30)
    sheet = _opened(paper)
    heading = _heading_row(sheet)
    expected = [heading + page.first for page in paginate(paper).pages[1:]]
    assert [mark.id for mark in sheet.row_breaks.brk] == expected
    assert len(sheet._images) == len(expected) + 1


def test_every_page_has_its_own_code() -> None:
    sheet = _opened(application(30))
    pictures = sorted(sheet._images, key=lambda image: image.anchor._from.row)
    codes = [decode(found.text) for image in pictures for found in zxingcpp.read_barcodes(Image.open(image.ref))]
    assert codes == [PageCode(123, 1, page, len(pictures)) for page in range(1, len(pictures) + 1)]


@pytest.mark.rule("SGN-3")
def test_no_seal_is_said_in_its_place() -> None:
    text = _texts(_opened(application(1, SOLE_PROPRIETOR)))
    assert "Печать не предусмотрена" in text
    assert "М.П." not in text


@pytest.mark.rule("SGN-2")
def test_signature_block_is_there() -> None:
    text = _texts(_opened(application(1)))
    assert "Главный врач" in text
    assert "И. И. Иванов" in text
    assert "М.П." in text
