"""What calamine does not tell of a workbook: hidden rows and columns, formulas that were never calculated, cells with an error."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_TELLING = re.compile(rb"""\bhidden=["'](1|true)["']|\b(ht|width)=["']0[.0]*["']|<(\w+:)?f[\s/>]|\bt=["']e["']""")
_FAR = re.compile(rb"""<(?:\w+:)?c [^<>]*?\br=["']([A-Z]{1,3})(\d{1,7})["'](?:[^<>]*[^/<>])?>(?!</)""")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MAX_REPEATED, MAX_COLUMNS = 70_000, 2_000


@dataclass(slots=True)
class Details:
    """`unset`: (row, column) to the formula's text or the error's sign; `last`: the farthest filled cell, (0, 0) unknown."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    unset: dict[tuple[int, int], str] = field(default_factory=dict)
    filtered: bool = False
    last: tuple[int, int] = (0, 0)


def details(data: bytes) -> dict[str, Details]:
    """Of an .xlsx by its sheets' names; what cannot be read here tells nothing, the reader of values will."""
    from defusedxml.ElementTree import ParseError

    found: dict[str, Details] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
            for name, part in _sheet_parts(archive, parts):
                found[name] = _sheet(archive.read(parts[part]))
    except (ParseError, KeyError, ValueError, zipfile.BadZipFile):
        return found
    return found


def _sheet_parts(archive: zipfile.ZipFile, parts: dict[str, str]) -> Iterator[tuple[str, str]]:
    from defusedxml.ElementTree import fromstring

    if "xl/workbook.xml" not in parts:
        return
    targets = {
        node.get("Id"): _resolved(str(node.get("Target")))
        for node in fromstring(archive.read(parts["xl/_rels/workbook.xml.rels"]))
    }
    for node in fromstring(archive.read(parts["xl/workbook.xml"])).iter():
        if _local(node.tag) == "sheet":
            key = next((value for name, value in node.attrib.items() if _local(name) == "id" and "}" in name), None)
            part = targets.get(key, "")
            if part in parts:
                yield str(node.get("name")), part


def _resolved(target: str) -> str:
    target = target.replace("\\", "/").lower()
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _sheet(data: bytes) -> Details:
    told = Details(last=_last(data))
    if not _TELLING.search(data):
        return told
    from defusedxml.ElementTree import iterparse

    row = column = 0
    for event, node in iterparse(io.BytesIO(data), events=("start", "end")):
        kind = _local(node.tag)
        if event == "start" and kind == "row":
            row, column = int(node.get("r", row + 1)), 0
            if _is_hidden(node, "ht"):
                told.hidden_rows.add(row)
        elif event == "start" and kind == "col":
            if _is_hidden(node, "width"):
                told.hidden_columns |= set(
                    range(int(node.get("min", 1)), min(int(node.get("max", 1)), MAX_COLUMNS) + 1)
                )
        elif event == "start" and kind == "c":
            column = _column(node.get("r", "")) or column + 1
        elif event == "end" and kind == "c":
            text = _unset(node)
            if text:
                told.unset[row, column] = text
        elif event == "end" and kind == "autoFilter":
            told.filtered = True
        elif event == "end" and kind == "row":
            node.clear()
    return told


def _is_hidden(node: Any, size: str) -> bool:
    """By its mark, or as thin as nothing."""
    return node.get("hidden") in ("1", "true") or re.fullmatch(r"0[.0]*", node.get(size, "")) is not None


def _last(data: bytes) -> tuple[int, int]:
    places = {(int(row), letters) for letters, row in _FAR.findall(data)}
    return (
        (max(row for row, _ in places), max(_column(f"{letters.decode()}1") for _, letters in places))
        if places
        else (0, 0)
    )


def _column(place: str) -> int:
    match = _PLACE.fullmatch(place)
    number = 0
    for letter in match.group(1) if match else "":
        number = number * 26 + ord(letter) - 64
    return number


def _unset(cell: Any) -> str:
    """An empty text that a formula gave (`t="str"`) is a value."""
    value = next((node.text or "" for node in cell if _local(node.tag) == "v"), "")
    if cell.get("t") == "e":
        return value or "#N/A"
    formula = next((node for node in cell if _local(node.tag) == "f"), None)
    return f"={formula.text or '…'}" if formula is not None and not value and cell.get("t") != "str" else ""


def opendocument_details(data: bytes) -> dict[str, Details]:
    """The same of an .ods."""
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            root = fromstring(archive.read("content.xml"))
    except (ParseError, KeyError, ValueError, zipfile.BadZipFile):
        return {}
    return {_named(node, "name"): _table(node) for node in root.iter() if _local(node.tag) == "table"}


def _table(table: Any) -> Details:
    told, row, column = Details(), 0, 0
    for node in table.iter():
        if _local(node.tag) == "table-column":
            many = int(_named(node, "number-columns-repeated") or 1)
            if _named(node, "visibility") in ("collapse", "filter"):
                told.hidden_columns |= set(range(column + 1, min(column + many, MAX_COLUMNS) + 1))
            column += many
        if _local(node.tag) != "table-row":
            continue
        repeated = int(_named(node, "number-rows-repeated") or 1)
        hidden = _named(node, "visibility")
        if hidden in ("collapse", "filter") and repeated < _MAX_REPEATED:
            told.hidden_rows |= set(range(row + 1, row + repeated + 1))
            told.filtered |= hidden == "filter"
        place = 0
        for cell in node:
            text = _unset_open(cell)
            if text and repeated < _MAX_REPEATED:
                told.unset |= {(number, place + 1): text for number in range(row + 1, row + repeated + 1)}
            place += int(_named(cell, "number-columns-repeated") or 1)
        row += repeated
    return told


def _unset_open(cell: Any) -> str:
    formula = _named(cell, "formula").partition(":")[2]
    if not formula:
        return ""
    text = "".join(cell.itertext()).strip()
    if text.startswith(("#", "Err:")):
        return text
    return (
        formula
        if not text
        and not any(_named(cell, name) for name in ("value", "string-value", "date-value"))
        and (_named(cell, "value-type") != "string")
        else ""
    )


def _named(node: Any, name: str) -> str:
    return next((str(value) for key, value in node.attrib.items() if _local(key) == name), "")
