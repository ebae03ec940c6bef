"""Inside the sandbox's child: a file to the raw cells of its sheets, rows numbered as Excel numbers them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from documents.rosters import delimited, marked_up, word_tables, workbooks
from documents.rosters.grids import TOO_MANY, Sheets
from sandbox import Refused

IMPORTED_LATE = ("python_calamine", "defusedxml.ElementTree", "openpyxl", "docx", "bs4", "olefile")
_MAX_UNPACKED = 150 * 1024 * 1024
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ODS, _ODT = (f"mimetypeapplication/vnd.oasis.opendocument.{kind}".encode() for kind in ("spreadsheet", "text"))
_WANTED = "Нужен файл Excel (.xlsx), .csv или .ods."
_NO_TABLES = {
    b"%PDF": f"Это не таблица, а PDF. {_WANTED}",
    b"\xff\xd8\xff": f"Это не таблица, а снимок. {_WANTED}",
    b"\x89PNG": f"Это не таблица, а снимок. {_WANTED}",
    b"{\\rtf": "Это не таблица, а текст RTF. Откройте его в Word и сохраните как .docx или перенесите список в Excel.",
    b"Rar!": "Это не таблица, а архив RAR. Достаньте из него список и загрузите его.",
    b"7z\xbc\xaf": "Это не таблица, а архив 7z. Достаньте из него список и загрузите его.",
}
_MARKUP = re.compile(rb"\s*(<\?xml|<!doctype|<html|<head|<meta|<body|<table|<style|<!--|mime-version:)", re.IGNORECASE)


def load(path: str) -> dict[str, Any]:
    """{"sheets": […]}, each as `grids.sheet` makes it. Raises Refused for what is no table, and says what it is."""
    data = Path(path).read_bytes()
    if not data.strip(b"\x00 \t\r\n"):
        raise Refused("empty", "Файл пуст.")
    return {"sheets": _sheets(path, data)}


def _sheets(path: str, data: bytes) -> Sheets:
    if data.startswith(_ZIP):
        return _packed(path, data)
    if data.startswith(_OLE):
        return workbooks.old(path, data)
    for start, said in _NO_TABLES.items():
        if data.startswith(start):
            raise Refused("not-a-table", said)
    if _MARKUP.match(data.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"")[:400]):
        return marked_up.tables(data)
    return [delimited.table(data)]


def _packed(path: str, data: bytes) -> Sheets:
    names = check_archive(data)
    if _ODT in data[:200]:
        raise Refused("not-a-table", f"Это не таблица, а текст LibreOffice (.odt). Сохраните его как .docx. {_WANTED}")
    if _ODS in data[:200]:
        return workbooks.opendocument(path, data)
    if any(name.startswith("word/") for name in names):
        return word_tables.tables(data)
    if any(name.startswith("xl/") for name in names):
        return workbooks.excel(path, data)
    if any(name.startswith("index/") and name.endswith(".iwa") for name in names):
        raise Refused(
            "not-a-table", "Это таблица Numbers. Сохраните её как Excel (.xlsx): «Файл» – «Экспортировать в» – «Excel»."
        )
    inside = "Достаньте из архива список и загрузите его." if names else _WANTED
    raise Refused("not-a-table", f"Это не таблица Excel, а архив. {inside}")


def check_archive(data: bytes) -> list[str]:
    """Lowered names of its members; a bomb is refused before a parser sees it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise Refused("broken", "Файл Excel повреждён. Откройте его в Excel и сохраните заново.") from None
    if sum(member.file_size for member in members) > _MAX_UNPACKED or len(members) > 5000:
        raise Refused("too-big", TOO_MANY)
    return [member.filename.replace("\\", "/").lower() for member in members]
