"""Inside the sandbox's child: a file to the raw cells of its sheets, rows numbered as Excel numbers them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sandbox import Refused

MAX_ROWS, MAX_COLUMNS, MAX_UNPACKED = 20_000, 60, 150 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0"
_TOO_MANY = f"В файле больше {MAX_ROWS} строк. Оставьте только список сотрудников."
_SHEET = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"


def load(path: str) -> dict[str, Any]:
    """{"sheets": [{"name", "hidden", "rows": [[cell…]…], "merged": [[r1, c1, r2, c2]…]}]}; row 1 is index 0."""
    data = Path(path).read_bytes()
    if not data.strip():
        raise Refused("empty", "Файл пуст.")
    if data.startswith(b"PK\x03\x04"):
        return {"sheets": _ods(path) if _SHEET in data[:200] else _xlsx(data)}
    if data.startswith(_OLE):
        return {"sheets": _old(path, data)}
    if data.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"{\\rtf")):
        raise Refused("not-a-table", "Это не таблица. Нужен файл Excel (.xlsx), .csv или .ods.")
    return {"sheets": [_csv(data)]}


def check_archive(data: bytes) -> None:
    """A bomb is refused before a parser sees it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise Refused("broken", "Файл Excel повреждён. Откройте его в Excel и сохраните заново.") from None
    if sum(member.file_size for member in members) > MAX_UNPACKED or len(members) > 5000:
        raise Refused("too-big", _TOO_MANY)
    if not any(member.filename.startswith("xl/") for member in members):
        raise Refused("not-a-table", "Это не таблица Excel. Нужен файл .xlsx, .csv или .ods.")


def _xlsx(data: bytes) -> list[dict[str, Any]]:
    from openpyxl import load_workbook

    check_archive(data)
    warnings.simplefilter("ignore")
    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
    except Refused:
        raise
    except Exception:  # whatever a broken workbook makes the parser raise
        raise Refused("broken", "Файл Excel не открывается. Откройте его в Excel и сохраните заново.") from None
    return [_worksheet(sheet) for sheet in book.worksheets]


def _worksheet(sheet: Any) -> dict[str, Any]:
    rows = [
        [_plain(value) for value in row]
        for row in sheet.iter_rows(
            max_row=min(sheet.max_row, MAX_ROWS + 1), max_col=min(sheet.max_column, MAX_COLUMNS), values_only=True
        )
    ]
    while rows and not any(cell not in ("", None) for cell in rows[-1]):
        rows.pop()
    if len(rows) > MAX_ROWS:
        raise Refused("too-big", _TOO_MANY)
    merged = [[m.min_row, m.min_col, m.max_row, m.max_col] for m in sheet.merged_cells.ranges][:2000]
    return {"name": sheet.title, "hidden": sheet.sheet_state != "visible", "rows": rows, "merged": merged}


def _plain(value: object) -> Any:
    """Text, number, or a date as people write it; nothing becomes an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, (int, float, str)) else str(value)


def _ods(path: str) -> list[dict[str, Any]]:
    return _calamine(path, "Таблица .ods не открывается. Сохраните её как .xlsx.")


def _old(path: str, data: bytes) -> list[dict[str, Any]]:
    """The old .xls, or an encrypted .xlsx, which wears the same coat."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("encrypted", "Файл закрыт паролем. Снимите пароль в Excel и сохраните заново.")
    return _calamine(path, "Файл не открывается как таблица. Сохраните его в Excel как .xlsx.")


def _calamine(path: str, refusal: str) -> list[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(path)
        hidden = {meta.name: meta.visible != SheetVisibleEnum.Visible for meta in book.sheets_metadata}
        return [
            {"name": name, "hidden": hidden.get(name, False), "rows": _limited(_calamine_rows(book, name)), "merged": []}
            for name in book.sheet_names
        ]
    except (CalamineError, OSError, ValueError):
        raise Refused("broken", refusal) from None


def _calamine_rows(book: Any, name: str) -> Iterable[list[Any]]:
    for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False):
        yield [_plain(value) for value in row[:MAX_COLUMNS]]


def _limited(rows: Iterable[list[Any]]) -> list[list[Any]]:
    found = []
    for row in rows:
        found.append(row)
        if len(found) > MAX_ROWS:
            raise Refused("too-big", _TOO_MANY)
    return found


def _csv(data: bytes) -> dict[str, Any]:
    text = _decoded(data)
    if "\x00" in text:
        raise Refused("not-a-table", "Это не таблица. Нужен файл Excel (.xlsx), .csv или .ods.")
    sample = text[:20_000]
    told = re.match(r"sep=(.)\r?\n", text)  # Excel's own directive, no row of the sheet
    text = text[told.end() :] if told else text
    delimiter = told.group(1) if told else max((";", "\t", ","), key=lambda mark: _regularity(sample, mark))
    try:
        rows = _limited([cell.strip() for cell in row[:MAX_COLUMNS]] for row in _numbered(text, delimiter))
    except csv.Error:
        raise Refused("broken", "Файл .csv не разобрать. Сохраните список в Excel как .xlsx.") from None
    return {"name": "", "hidden": False, "rows": rows, "merged": []}


def _numbered(text: str, delimiter: str) -> Iterable[list[str]]:
    """Blank lines are rows too, so that numbers agree with what Excel shows."""
    yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for charset in ("utf-8-sig", "cp1251"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    return data.decode("cp1251", "replace")


def _regularity(sample: str, mark: str) -> int:
    """How many lines hold the mark, times how often the fullest does."""
    counts = [line.count(mark) for line in sample.splitlines() if line.strip()]
    return sum(1 for count in counts if count) * max(counts, default=0)
