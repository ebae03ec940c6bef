"""Workbooks of Excel and LibreOffice. calamine opens whatever Excel does; what it does not tell is looked up beside it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from documents.rosters import old_records, package
from documents.rosters.grids import Sheets, sheet
from documents.rosters.package import Details
from sandbox import Refused

_MAX_AREA = 12_000_000  # cells between A1 and the last one; calamine lays them all out
_PASSWORD = "Файл закрыт паролем. Снимите пароль в {program} и сохраните заново."
_BROKEN = "Файл {name} не открывается. Откройте его в {program} и сохраните заново."


def excel(path: str, data: bytes) -> Sheets:
    """.xlsx, .xlsm, .xlsb, also with what openpyxl refuses: strict, other cases of names, wrong colours."""
    details = package.details(data)
    _refuse_far(details)
    return _read(path, details, _BROKEN.format(name="Excel", program="Excel"), "Excel")


def opendocument(path: str, data: bytes) -> Sheets:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifest:
        raise Refused("encrypted", _PASSWORD.format(program="LibreOffice"))
    return _read(
        path, package.opendocument_details(data), _BROKEN.format(name=".ods", program="LibreOffice"), "LibreOffice"
    )


def old(path: str, data: bytes) -> Sheets:
    """The old .xls, or an encrypted .xlsx, which wears the same coat."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("encrypted", _PASSWORD.format(program="Excel"))
    if "WordDocument".encode("utf-16-le") in data:
        raise Refused(
            "not-a-table",
            "Это старый документ Word (.doc). Откройте его в Word и сохраните как .docx или перенесите список в Excel.",
        )
    told = old_records.read(path)
    if told.encrypted:
        raise Refused("encrypted", _PASSWORD.format(program="Excel"))
    return _read(
        path, told.sheets, "Файл не открывается как таблица. Откройте его в Excel и сохраните как .xlsx.", "Excel"
    )


def _read(path: str, details: Mapping[str, Details], broken: str, program: str) -> Sheets:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(path)
        return [
            _sheet(book, meta.name, meta.visible != SheetVisibleEnum.Visible, details.get(meta.name) or Details())
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ]
    except PasswordError:
        raise Refused("encrypted", _PASSWORD.format(program=program)) from None
    except (CalamineError, OSError, ValueError):
        raise Refused("broken", broken) from None


def _sheet(book: Any, name: str, hidden: bool, details: Details) -> dict[str, Any]:
    page = book.get_sheet_by_name(name)
    areas = [[r1 + 1, c1 + 1, r2 + 1, c2 + 1] for (r1, c1), (r2, c2) in page.merged_cell_ranges or ()]
    return sheet(
        name,
        _rows(page, details.unset),
        hidden=hidden,
        merged=areas,
        hidden_rows=details.hidden_rows,
        hidden_columns=details.hidden_columns,
        filtered=details.filtered,
    )


def _rows(page: Any, unset: Mapping[tuple[int, int], str]) -> Iterator[list[object]]:
    """A formula without a value stands as its own text, an error as its sign."""
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), text in unset.items():
        by_row.setdefault(row, {})[column] = text
    last = 0
    for last, cells in enumerate(page.to_python(skip_empty_area=False), 1):
        yield _with(cells, by_row.get(last, {}))
    for number in range(last + 1, max(by_row, default=0) + 1):
        yield _with([], by_row.get(number, {}))


def _with(cells: list[object], unset: Mapping[int, str]) -> list[object]:
    if unset:
        cells = [*cells, *[""] * (max(unset) - len(cells))]
        for column, text in unset.items():
            cells[column - 1] = text
    return cells


def _refuse_far(details: Mapping[str, Details]) -> None:
    for name, told in details.items():
        row, column = told.last
        if row * column > _MAX_AREA:
            raise Refused(
                "too-big",
                f"На листе «{name}» что-то стоит далеко от списка, в ячейке {_letters(column)}{row}. Удалите лишние строки и "
                "столбцы (Ctrl+End покажет последнюю ячейку) и сохраните файл заново.",
            )


def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return re.sub(r"\W", "", get_column_letter(min(column, 18_278)))
