"""Tables that programs save as a page or as XML and call .xls: HTML, MHTML, Excel's XML of 2003."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from typing import Any

from documents.rosters.delimited import decoded
from documents.rosters.grids import Sheets, sheet
from sandbox import Refused

_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_WIDEST, _LONGEST = 500, 20_000
_NONE = "На странице нет таблицы. Нужен файл Excel (.xlsx), .csv или .ods."


def tables(data: bytes) -> Sheets:
    """Raises Refused for a page without a table and for XML of another kind."""
    start = data[:4000].replace(b"\x00", b"").lower()
    if start.lstrip().startswith(b"mime-version:"):
        return _of_html(_page_of_mime(data))
    if _SPREADSHEET.encode() in start:
        return _of_excel_xml(data)
    if b"<html" in start or b"<table" in start or b"<body" in start:
        return _of_html(data)
    if b"opendocument" in start or b"urn:oasis" in start:
        raise Refused("not-a-table", "Это таблица LibreOffice в виде XML (.fods). Сохраните её как .ods или .xlsx.")
    raise Refused("not-a-table", "Это файл XML, а не таблица. Выгрузите список в Excel (.xlsx) или .csv.")


def _page_of_mime(data: bytes) -> bytes:
    for part in email.message_from_bytes(data, policy=email.policy.default).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else b""
    raise Refused("not-a-table", _NONE)


def _of_html(data: bytes) -> Sheets:
    """Tables that hold no other table; those within a page's layout count, the layout does not."""
    from bs4 import BeautifulSoup

    told = re.search(rb"charset\s*+=\s*+[\"']?\s*+([\w-]+)", data[:4000])
    soup = BeautifulSoup(_text(data, told.group(1).decode() if told else ""), "html.parser")
    found = [table for table in soup.find_all("table") if table.find("table") is None]
    if not found:
        raise Refused("not-a-table", _NONE)
    return [_html_table(table, "" if len(found) == 1 else f"Таблица {number}") for number, table in enumerate(found, 1)]


def _text(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset or "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return decoded(data)


def _html_table(table: Any, name: str) -> dict[str, Any]:
    rows: list[list[str]] = []
    merged: list[list[int]] = []
    hidden: list[int] = []
    out_of_sight: set[int] = set()
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(table.find_all("tr")[: _LONGEST + 1], 1):
        cells: list[str] = []
        for cell in row.find_all(["td", "th"]):
            while (number, len(cells) + 1) in taken:
                cells.append("")
            column, down, right = len(cells) + 1, _span(cell, "rowspan"), _span(cell, "colspan")
            taken |= {(r, c) for r in range(number + 1, number + down) for c in range(column, column + right)}
            if down > 1 or right > 1:
                merged.append([number, column, number + down - 1, column + right - 1])
            cells += [cell.get_text(" ", strip=True), *[""] * (right - 1)]
            if _is_hidden(cell) and not _is_hidden(row):
                out_of_sight.add(column)
        rows.append(cells)
        if _is_hidden(row):
            hidden.append(number)
    column = 0
    for one in table.find_all("col"):
        many = _span(one, "span")
        out_of_sight |= set(range(column + 1, column + many + 1)) if _is_hidden(one) else set()
        column += many
    return sheet(name, rows, merged=merged, hidden_rows=hidden, hidden_columns=out_of_sight)


def _is_hidden(node: Any) -> bool:
    style = str(node.get("style", "")).replace(" ", "").lower()
    return (
        "display:none" in style
        or "visibility:collapse" in style
        or "visibility:hidden" in style
        or node.get("hidden") is not None
    )


def _span(cell: Any, name: str) -> int:
    text = str(cell.get(name, "1"))
    return max(1, min(int(text), _WIDEST)) if text.isdigit() else 1


def _of_excel_xml(data: bytes) -> Sheets:
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root = fromstring(data)
    except (ParseError, ValueError):
        raise Refused("broken", "Таблица XML повреждена. Откройте её в Excel и сохраните как .xlsx.") from None
    return [_excel_sheet(page) for page in root.iter(_of_excel("Worksheet"))]


def _of_excel(name: str) -> str:
    return f"{{{_SPREADSHEET}}}{name}"


def _excel_sheet(page: Any) -> dict[str, Any]:
    rows: list[list[str]] = []
    merged: list[list[int]] = []
    hidden: list[int] = []
    out_of_sight: list[int] = []
    last = 0
    for column in page.iter(_of_excel("Column")):
        first = int(column.get(_of_excel("Index"), last + 1))
        last = first + int(column.get(_of_excel("Span"), 0))
        if column.get(_of_excel("Hidden")) == "1":
            out_of_sight += range(first, min(last, _WIDEST) + 1)
    for row in page.iter(_of_excel("Row")):
        number = int(row.get(_of_excel("Index"), len(rows) + 1))
        if number > len(rows) + _LONGEST * 60:
            raise Refused("broken", "Таблица XML повреждена. Откройте её в Excel и сохраните как .xlsx.")
        rows += [[] for _ in range(number - len(rows) - 1)]
        if row.get(_of_excel("Hidden")) == "1":
            hidden.append(number)
        cells: list[str] = []
        for place, cell in _placed(row, cells):
            down, right = (int(cell.get(_of_excel(name), 0)) for name in ("MergeDown", "MergeAcross"))
            if down or right:
                merged.append([number, place, number + down, place + right])
            value = cell.find(_of_excel("Data"))
            cells += [_excel_value(cell, value), *[""] * min(right, _WIDEST)]
        rows.append(cells)
    return sheet(
        str(page.get(_of_excel("Name"), "")), rows, merged=merged, hidden_rows=hidden, hidden_columns=out_of_sight
    )


def _placed(row: Any, cells: list[str]) -> Iterator[tuple[int, Any]]:
    """Each cell with its column from 1; the ones left out before it are put in as empty."""
    for cell in row.findall(_of_excel("Cell")):
        column = min(int(cell.get(_of_excel("Index"), len(cells) + 1)), 16_384)
        cells += [""] * (column - len(cells) - 1)
        yield column, cell


def _excel_value(cell: Any, value: Any) -> str:
    """A formula that was never calculated stands as its own text."""
    formula = cell.get(_of_excel("Formula"))
    if value is None:
        return str(formula) if formula else ""
    text = "".join(value.itertext())
    if value.get(_of_excel("Type")) == "Number" and re.fullmatch(r"-?\d+\.0+", text):
        return text.partition(".")[0]
    if value.get(_of_excel("Type")) == "DateTime" and (day := re.match(r"(\d{4})-(\d\d)-(\d\d)T", text)):
        return ".".join(reversed(day.groups()))
    return text
