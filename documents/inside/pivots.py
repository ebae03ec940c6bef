"""Inside the sandbox's child: the copies of tables that a workbook keeps for its pivot tables, as tables again."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from lxml import etree

from documents.inside.markup import local

Rows = list[list[str]]


def is_part(root: etree._Element) -> bool:
    return local(root) in ("pivotCacheDefinition", "pivotCacheRecords", "externalLink")


def tables(trees: Mapping[str, etree._Element]) -> Iterator[tuple[str, Rows]]:
    """Each with its headings first, so that a bare number under «СНИЛС» is known for what it is."""
    definitions = {name: root for name, root in trees.items() if local(root) == "pivotCacheDefinition"}
    records = {name: root for name, root in trees.items() if local(root) == "pivotCacheRecords"}
    for name, root in definitions.items():
        fields = [node for node in root.iter(etree.Element) if local(node) == "cacheField"]
        shared = [[_value(item) for item in _shared(field)] for field in fields]
        headings = [field.get("name") or "" for field in fields]
        own = _records_beside(name, records)
        longest = max((len(items) for items in shared), default=0)
        loose = [[items[place] if place < len(items) else "" for items in shared] for place in range(longest)]
        rows = [_record(row, shared) for row in own] if own is not None else []
        yield "данные сводной таблицы", [headings, *rows] if rows else [headings, *loose]
    for root in trees.values():
        if local(root) == "externalLink":
            yield from (("данные связанной книги", rows) for rows in _sheets(root))


def _records_beside(name: str, records: Mapping[str, etree._Element]) -> list[etree._Element] | None:
    """By number, as every program names them; the only ones for the only definition."""
    wanted = posixpath.join(posixpath.dirname(name), posixpath.basename(name).replace("Definition", "Records"))
    root = (
        records.get(wanted) if wanted in records else next(iter(records.values()), None) if len(records) == 1 else None
    )
    return None if root is None else [node for node in root if isinstance(node.tag, str)]


def _shared(field: etree._Element) -> list[etree._Element]:
    return [item for group in field if local(group) == "sharedItems" for item in group if isinstance(item.tag, str)]


def _value(item: etree._Element) -> str:
    return item.get("v") or ""


def _record(row: etree._Element, shared: list[list[str]]) -> list[str]:
    values = []
    for column, item in enumerate(item for item in row if isinstance(item.tag, str)):
        text = _value(item)
        if local(item) == "x" and column < len(shared):
            text = shared[column][int(text)] if text.isdigit() and int(text) < len(shared[column]) else ""
        values.append(text)
    return values


def _sheets(root: etree._Element) -> Iterator[Rows]:
    for sheet in root.iter(etree.Element):
        if local(sheet) == "sheetData":
            yield [_cells(row) for row in sheet if isinstance(row.tag, str)]


def _cells(row: etree._Element) -> list[str]:
    values: list[str] = []
    for cell in (cell for cell in row if isinstance(cell.tag, str)):
        column = _column(cell.get("r") or "")
        values += [""] * (column - 1 - len(values))
        values.append("".join(str(text) for text in cell.itertext()))
    return values


def _column(reference: str) -> int:
    number = 0
    for letter in reference[:3]:
        if "A" <= letter <= "Z":
            number = number * 26 + ord(letter) - 64
    return number
