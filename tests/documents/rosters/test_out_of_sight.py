"""Columns and rows that nobody who opens the file sees, and formulas without a value, in every kind of workbook."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from documents.rosters import Choices, old_records
from documents.rosters.choices import Asked, Rows
from documents.rosters.questions import asked
from tests.documents.rosters.test_kept import (
    HEAD,
    ILYA,
    INN,
    KEPT,
    MARIA,
    errors,
    judged,
    names,
    ordinary_clinic,
    without_a_child,
)

__all__ = ["without_a_child"]


def _xlsx(path: Path, dress) -> Path:
    made = openpyxl.Workbook()
    for row in (HEAD, MARIA, ILYA):
        made.active.append(row)
    dress(made.active)
    made.save(path)
    return path


def _hidden(sheet):
    sheet.column_dimensions["C"].hidden = True


def _edited(path: Path, before: bytes, after: bytes) -> Path:
    """openpyxl writes no noughts."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member).replace(before, after))
    path.write_bytes(out.getvalue())
    return path


def _ods(path: Path, column="", row="") -> Path:
    def cells(texts):
        return "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
        )

    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="Список">'
        f'<table:table-column table:number-columns-repeated="2"/><table:table-column {column}/><table:table-column/>'
        f"<table:table-row>{cells(HEAD)}</table:table-row><table:table-row>{cells(MARIA)}</table:table-row>"
        f"<table:table-row {row}>{cells(ILYA)}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    path.write_bytes(out.getvalue())
    return path


def _xml(path: Path, column="", row="") -> Path:
    def cells(texts):
        return "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in texts)

    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Список"><Table>'
        f'<Column ss:Span="1"/><Column {column}/><Row>{cells(HEAD)}</Row><Row>{cells(MARIA)}</Row><Row {row}>{cells(ILYA)}</Row>'
        "</Table></Worksheet></Workbook>",
        "utf-8",
    )
    return path


def _html(path: Path, cell="", col="") -> Path:
    def row(texts):
        return (
            "<tr>"
            + "".join(f"<td {cell if place == 2 else ''}>{text}</td>" for place, text in enumerate(texts))
            + "</tr>"
        )

    path.write_text(
        f'<html><meta charset="utf-8"><table><col span="2"><col {col}>{"".join(map(row, (HEAD, MARIA, ILYA)))}</table></html>',
        "utf-8",
    )
    return path


FILES = {
    "xlsx": lambda folder: _xlsx(folder / "r.xlsx", _hidden),
    "xlsx of no width": lambda folder: _edited(
        _xlsx(folder / "r.xlsx", lambda sheet: None),
        b"<sheetData>",
        b'<cols><col min="3" max="3" width="0" customWidth="1"/></cols><sheetData>',
    ),
    "xls": lambda folder: KEPT / "hidden_column.xls",
    "ods": lambda folder: _ods(folder / "r.ods", column='table:visibility="collapse"'),
    "xml": lambda folder: _xml(folder / "r.xls", column='ss:Hidden="1"'),
    "html cells": lambda folder: _html(folder / "r.xls", cell='style="display: none"'),
    "html column": lambda folder: _html(folder / "r.xls", col='style="visibility:collapse"'),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_hidden_column_is_asked_about_taken_or_left(kind, tmp_path):
    path = FILES[kind](tmp_path)
    found = judged(path)
    assert errors(found) == [("APP-12", 1, "file")]
    told = next(finding.message for finding in found.findings if finding.field == "file")
    assert "Столбец C «" in told and "скрыт: взять из него данные?" in told
    assert Asked.HIDDEN in asked(found.roster, found.lines, ordinary_clinic(INN), Choices())
    taken = judged(path, choices=Choices(hidden=Rows.TAKE))
    assert errors(taken) == [] and all("@" in line.email for line in taken.lines) and len(taken.lines) == 2
    left = judged(path, choices=Choices(hidden=Rows.SKIP))
    assert [line.email for line in left.lines] == ["", ""] and {field for _, _, field in errors(left)} == {"email"}
    assert any("не взяты, как вы решили" in finding.message for finding in left.findings)


def test_a_hidden_column_of_nothing_that_is_read_asks_nothing(tmp_path):
    def dress(sheet):
        for row, text in enumerate(("Цвет глаз", "карие", "серые"), 1):
            sheet.cell(row, 5, text)
        sheet.column_dimensions["E"].hidden = True
        sheet.column_dimensions.group("F", "XFD", hidden=True)

    assert errors(judged(_xlsx(tmp_path / "r.xlsx", dress))) == []
    assert errors(
        judged(
            _xlsx(
                tmp_path / "e.xlsx",
                lambda sheet: [_hidden(sheet), *(setattr(sheet.cell(row, 3), "value", None) for row in (2, 3))],
            )
        )
    ) == [("APP-11", 2, "email"), ("APP-11", 3, "email")]


@pytest.mark.parametrize(
    "made",
    [
        lambda folder: _edited(
            _xlsx(folder / "r.xlsx", lambda sheet: None), b'<row r="3"', b'<row r="3" ht="0" customHeight="1"'
        ),
        lambda folder: _ods(folder / "r.ods", row='table:visibility="filter"'),
        lambda folder: _xml(folder / "r.xls", row='ss:Hidden="1"'),
    ],
)
def test_a_hidden_row_is_asked_about(made, tmp_path):
    found = judged(made(tmp_path))
    assert names(found) == [MARIA[0]] and errors(found) == [("APP-12", 3, "file")]


def test_a_formula_of_an_old_workbook_that_was_never_calculated_is_named():
    found = judged(KEPT / "formula_no_value.xls")
    assert errors(found)[0] == ("APP-6", 3, "email")
    assert any("формула без значения: откройте и сохраните в Excel" in finding.message for finding in found.findings)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


@pytest.mark.parametrize(
    ("value", "marks", "follows", "told"),
    [
        (struct.pack("<d", 0), 2, b"", True),  # as programs that do not calculate leave it
        (struct.pack("<d", 0), 0, b"", False),  # a nought that Excel has reckoned
        (struct.pack("<d", 7), 2, b"", False),
        (b"\0\0\0\0\0\0\xff\xff", 0, b"", True),  # a text that does not follow
        (b"\0\0\0\0\0\0\xff\xff", 0, _record(0x207, b"\x01\0\0x"), False),
        (b"\0\0\0\0\0\0\xff\xff", 8, _record(0x4BC, b"\0" * 10) + _record(0x207, b"\x01\0\0x"), False),
        (b"\x03\0\0\0\0\0\xff\xff", 0, b"", False),  # an empty text that Excel has reckoned is a value
    ],
)
def test_values_of_old_formulas(value, marks, follows, told):
    sheet = struct.pack("<I", 0) + b"\0\0\x01\0x"
    begin = _record(0x85, sheet)
    begin = _record(0x1C1, b"\0" * 8) + begin
    begin = (
        _record(0x1C1, b"\0" * 8) + _record(0x85, struct.pack("<I", len(begin)) + sheet[4:]) + _record(0x809, b"\0" * 8)
    )
    formula = _record(0x06, struct.pack("<HHH", 4, 2, 0) + value + struct.pack("<H", marks) + b"\0" * 4)
    found = old_records.Records()
    old_records._read(begin + formula + follows + _record(0x0A, b""), found)
    assert ((5, 3) in found.sheets["x"].unset) is told
