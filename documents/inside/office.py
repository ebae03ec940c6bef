"""Inside the sandbox's child: every word of Word, Excel and OpenDocument files, where programs hide some too."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from documents.inside.archives import opened_archive, unpacked
from documents.inside.package import parts_of, plain_namespaces, read_parts
from documents.inside.pieces import Pieces
from sandbox.errors import Refused

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # says the same once more
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_BROKEN = "Файл повреждён и не открывается. Откройте его в программе, где он сделан, и сохраните заново."
_LOCKED = "Файл закрыт паролем. Снимите пароль и приложите снова."
_DOCTYPE = "В файле есть объявление DOCTYPE: так делают вредоносные файлы. Сохраните документ заново."
_MAIN = re.compile(r"word/document\d*\.xml")  # Word on the web writes document2.xml
_PARTS = {
    "header": "верхний колонтитул", "footer": "нижний колонтитул", "footnotes": "сноска", "endnotes": "концевая сноска",
    "comments": "примечание",
}  # fmt: skip
_MARKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}softHyphen": ""}


def _tree(data: bytes) -> etree._Element:
    """No entity, no network, no DOCTYPE."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise Refused("broken", _BROKEN) from None
    if root.getroottree().docinfo.doctype:
        raise Refused("doctype", _DOCTYPE)
    return root


def word(path: str, pieces: Pieces | None) -> None:
    """Body, tables, text boxes, deleted text, headers, notes and comments by their places; then every part as it is."""
    packed = Path(path).read_bytes()
    with opened_archive(packed, broken=_BROKEN) as archive:
        parts = dict(parts_of(archive, "word/"))
        main = next((name for name in sorted(parts) if _MAIN.fullmatch(name)), None)
        if main is None:
            raise Refused("broken", _BROKEN)
        body = _tree(parts[main])
        if pieces is None:
            return
        _Word(pieces).read(body, "")
        for name, data in sorted(parts.items()):
            stem = name.removeprefix("word/").removesuffix(".xml").rstrip("0123456789")
            if stem in _PARTS:
                _Word(pieces).read(_tree(data), _PARTS[stem])
        read_parts(packed, archive, pieces)


class _Word:
    """One part; tables are counted as they come."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces, self._tables, self._paragraphs = pieces, 0, 0

    def read(self, root: etree._Element, where: str) -> None:
        for block in _blocks(root):
            if block.tag == f"{_W}tbl":
                self._table(block, where)
            else:
                self._paragraphs += 1
                self._paragraph(block, where or f"абзац {self._paragraphs}")

    def _paragraph(self, paragraph: etree._Element, place: str) -> None:
        self._pieces.add(place, _words(paragraph))
        for inner in paragraph:
            for block in _blocks(inner):  # a text box
                if block.tag == f"{_W}tbl":
                    self._table(block, place)
                else:
                    self._paragraph(block, f"надпись, {place}" if "надпись" not in place else place)

    def _table(self, table: etree._Element, where: str) -> None:
        self._tables += 1
        number = self._tables
        for row, line in enumerate(_own(table, f"{_W}tr"), 1):
            for column, cell in enumerate(_own(line, f"{_W}tc"), 1):
                place = f"таблица {number}, строка {row}" + (f", {where}" if where else "")
                inner = list(_blocks(cell))
                text = "\n".join(_words(block) for block in inner if block.tag != f"{_W}tbl")
                self._pieces.add(place, text, number, row, column)
                for block in inner:
                    if block.tag == f"{_W}tbl":
                        self._table(block, where)


def _own(node: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Descendants with the tag, not those inside one of them or inside a table below."""
    for child in node:
        if child.tag == tag:
            yield child
        elif child.tag not in (f"{_W}tbl", _FALLBACK):
            yield from _own(child, tag)


def _blocks(node: etree._Element) -> Iterator[etree._Element]:
    for child in node:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag != _FALLBACK:
            yield from _blocks(child)


def _words(paragraph: etree._Element) -> str:
    """The runs of a paragraph, those in content controls and the deleted ones too; not its text boxes."""
    parts: list[str] = []
    for child in paragraph:
        if child.tag in (f"{_W}t", f"{_W}delText"):
            parts.append(child.text or "")
        elif child.tag in _MARKS:
            parts.append(_MARKS[child.tag])
        elif child.tag not in (f"{_W}p", f"{_W}tbl", _FALLBACK):
            parts.append(_words(child))
    return "".join(parts)


def excel(path: str, pieces: Pieces | None) -> None:
    """Cells, comments, sheet names and headers, of hidden sheets too; then every part as it is."""
    from openpyxl import load_workbook

    data = Path(path).read_bytes()
    with opened_archive(data, broken=_BROKEN) as archive:
        if not any(name.startswith("xl/") for name in archive.namelist()):
            raise Refused("broken", _BROKEN)
        for _, part in parts_of(archive, "xl/workbook"):
            _tree(part)
        transitional = data if pieces is None else _transitional(archive, data)
    if pieces is None:
        return
    warnings.simplefilter("ignore")
    try:
        book = load_workbook(io.BytesIO(transitional), data_only=True)
    except (Refused, MemoryError):
        raise
    except Exception:  # whatever a broken workbook makes the parser raise
        raise Refused("broken", _BROKEN) from None
    for number, sheet in enumerate(book.worksheets, 1):
        _sheet(sheet, number, pieces)
    with opened_archive(data, broken=_BROKEN) as archive:
        read_parts(data, archive, pieces)


def _transitional(archive: zipfile.ZipFile, data: bytes) -> bytes:
    """The library reads no strict workbook: it finds it empty."""
    books = [unpacked(archive, member) for member in archive.infolist() if member.filename.startswith("xl/workbook")]
    if not any(b"purl.oclc.org/ooxml" in book for book in books):
        return data
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in archive.infolist():
            target.writestr(member.filename, plain_namespaces(unpacked(archive, member)))
    return buffer.getvalue()


def _sheet(sheet: Any, number: int, pieces: Pieces) -> None:
    where = f"лист «{sheet.title}»"
    pieces.add(f"название листа {number}", sheet.title)
    # The cells that exist: one stray cell far away makes a sheet of seventeen thousand million.
    for (row, column), cell in sorted(sheet._cells.items()):
        place = f"{where}, ячейка {cell.coordinate}"
        if cell.value is not None:
            pieces.add(place, as_text(cell.value), number, row, column)
        if cell.comment is not None:
            pieces.add(f"примечание, {place}", str(cell.comment.text or ""))
    for part in (
        sheet.oddHeader,
        sheet.oddFooter,
        sheet.evenHeader,
        sheet.evenFooter,
        sheet.firstHeader,
        sheet.firstFooter,
    ):
        said = [str(side.text) for side in (part.left, part.center, part.right) if side is not None and side.text]
        pieces.add(f"{where}, колонтитул", "\n".join(said))


def as_text(value: object) -> str:
    """A cell as people read it."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def open_document(path: str, pieces: Pieces | None) -> None:
    """OpenDocument, text or spreadsheet: paragraphs and cells, notes and annotations."""
    packed = Path(path).read_bytes()
    with opened_archive(packed, broken=_BROKEN) as archive:
        if b"encryption-data" in b"".join(data for _, data in parts_of(archive, "META-INF/manifest")):
            raise Refused("encrypted", _LOCKED)
        parts = [data for name in ("content", "styles") for _, data in parts_of(archive, f"{name}.xml")]
        if not parts:
            raise Refused("broken", _BROKEN)
        for data in parts:
            root = _tree(data)
            if pieces is not None:
                _open_tables(root, pieces)
                _open_paragraphs(root, pieces)
        if pieces is not None:
            read_parts(packed, archive, pieces)


def _open_tables(root: etree._Element, pieces: Pieces) -> None:
    for number, table in enumerate(root.iter(f"{_TABLE}table"), 1):
        name = table.get(f"{_TABLE}name") or str(number)
        row = 0
        for line in table.iter(f"{_TABLE}table-row"):
            row += 1
            column = 0
            for cell in line.iter(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                column += 1
                place = f"лист «{name}», ячейка {_letters(column)}{row}"
                pieces.add(place, _cell_text(cell), number, row, column)
                column += _repeats(cell, "number-columns-repeated")
            row += _repeats(line, "number-rows-repeated")


def _repeats(node: etree._Element, name: str) -> int:
    stated = node.get(f"{_TABLE}{name}") or "1"
    return int(stated) - 1 if stated.isdigit() and len(stated) < 9 else 0


def _cell_text(cell: etree._Element) -> str:
    shown = "\n".join("".join(part.itertext()) for part in cell.iter(f"{_TEXT}p"))
    value = cell.get(f"{_OFFICE}value") or ""
    return shown if not value or value in shown else f"{shown}\n{value}"  # a number that the cell shows rounded


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _open_paragraphs(root: etree._Element, pieces: Pieces) -> None:
    number = 0
    for tag in (f"{_TEXT}p", f"{_TEXT}h"):
        for paragraph in root.iter(tag):
            number += 1
            if not any(parent.tag == f"{_TABLE}table-cell" for parent in paragraph.iterancestors()):
                pieces.add(f"абзац {number}", "".join(paragraph.itertext()))
