"""Inside the sandbox's child: every part of an OOXML or OpenDocument file, known or not.

Whatever is XML is read to the last attribute; whatever is not leaves the file "not read whole".
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from documents.inside import pivots
from documents.inside.archives import has_hidden_data, unpacked
from documents.inside.binary import is_empty_picture, words_in
from documents.inside.markup import is_encoded, lines_of, local, parsed
from documents.inside.pieces import Pieces
from documents.media import sniff

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_NAMES = (
    ("docProps/", "свойства документа"), ("meta.xml", "свойства документа"), ("customXml/", "скрытые данные документа"),
    ("/charts/", "диаграмма"), ("/chart", "диаграмма"), ("/diagrams/", "рисунок SmartArt"), ("/comments", "примечания"),
    ("/threadedComments/", "примечания"), ("/glossary/", "заготовки документа"), ("/pivotCache/", "данные сводной таблицы"),
    ("/pivotTables/", "сводная таблица"), ("/externalLinks/", "данные связанной книги"), ("/drawings/", "надписи и рисунки"),
    ("/header", "верхний колонтитул"), ("/footer", "нижний колонтитул"), ("/footnotes", "сноски"), ("/endnotes", "концевые сноски"),
    ("sharedStrings", "строки, которых на листах не видно"), ("/worksheets/", "лист: формулы, подсказки, колонтитулы"),
    ("/workbook.xml", "имена и настройки книги"), ("/document.xml", "текст документа: поля, надписи, подписи"),
    ("/styles", "стили"), (".rels", "ссылки"), ("content.xml", "содержание"),
)  # fmt: skip
_PICTURES = re.compile(
    r"\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|emz|wmz|svg|webp|heic|wdp|pict?|ico|eps|jxl|avif|jp2)$", re.IGNORECASE
)
_EMBEDDED = re.compile(r"embeddings/|oleObject|ObjectReplacements/|afchunk|Object \d+$", re.IGNORECASE)
# The first page of python-docx's own template, which is empty: every document made with it has the picture.
_KNOWN = frozenset(("96367138dc44ce09bf2c8f0f8e49348a1478d2c5c0af69bbc2bbc38b63cdcead",))
_OUTLINES = 60  # points of freely drawn shapes in a part: an arrow has a dozen, one word in outlines hundreds
_OUTLINE = 600  # characters of a drawn path of old


def plain_namespaces(data: bytes) -> bytes:
    """Strict OOXML as the transitional one that every program writes: the same words under other namespaces."""
    return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", data)


def read_parts(data: bytes, archive: zipfile.ZipFile, pieces: Pieces) -> None:
    """Everything, less the lines that `pieces` hold already."""
    trees: dict[str, etree._Element] = {}
    for member in archive.infolist():
        if not member.is_dir():
            _part(member.filename, unpacked(archive, member), pieces, trees)
    for what, rows in pivots.tables(trees):
        pieces.table(what, rows)
    pieces.aside("пометка архива", words_in(archive.comment))
    if has_hidden_data(data, archive):
        pieces.leave("данные вне списка частей файла")


def _part(name: str, part: bytes, pieces: Pieces, trees: dict[str, etree._Element]) -> None:
    if not part.strip(b"\x00 \t\r\n") or hashlib.sha256(part).hexdigest() in _KNOWN:
        return
    root = parsed(part)
    if root is not None:
        _xml(name, root, pieces)
        if pivots.is_part(root):
            trees[name] = root
        return
    if name == "mimetype" and part.isascii() and len(part) < 200:
        return
    pieces.aside(_called(name), words_in(part))
    if "printerSettings" in name:
        return  # a driver's settings: names of a printer and of paper, read as far as there are any
    if _PICTURES.search(name) or sniff(part).startswith("image/"):
        if not is_empty_picture(part) and not _is_thumbnail(name, part):
            pieces.leave("картинка")
    elif _EMBEDDED.search(name):
        pieces.leave("вложенный файл")
    else:
        pieces.leave(f"часть «{name[-60:]}»")


def _xml(name: str, root: etree._Element, pieces: Pieces) -> None:
    top = local(root)
    lines = list(lines_of(root))
    pieces.aside(_called(name), lines)
    if any(is_encoded(line) for line in lines):
        pieces.leave("данные, записанные буквами (Base64)")
    if top in ("svg", "ink") or _is_drawn(root):
        pieces.leave("рисунок из линий")


def _is_drawn(root: etree._Element) -> bool:
    points = 0
    for node in root.iter(etree.Element):
        name = local(node)
        if name == "custGeom":
            points += sum(1 for inner in node.iter(etree.Element) if local(inner) == "pt")
        elif name in ("shape", "shapetype", "path", "trace", "polyline", "curve") and _long_path(node):
            return True
    return points > _OUTLINES


def _long_path(node: etree._Element) -> bool:
    return any(
        len(value) > _OUTLINE
        for key, value in node.attrib.items()
        if str(key).rpartition("}")[2] in ("path", "d", "v", "points")
    )


def _is_thumbnail(name: str, part: bytes) -> bool:
    """What LibreOffice puts beside every document: its first page, so small that no letter is left."""
    if name != "Thumbnails/thumbnail.png":
        return False
    return part[:4] == b"\x89PNG" and max(int.from_bytes(part[16:20], "big"), int.from_bytes(part[20:24], "big")) <= 256


def _called(name: str) -> str:
    return next((label for mark, label in _NAMES if mark in f"/{name}"), f"часть «{name[-60:]}»")


def parts_of(archive: zipfile.ZipFile, start: str, end: str = ".xml") -> Iterator[tuple[str, bytes]]:
    for member in archive.infolist():
        if member.filename.startswith(start) and member.filename.endswith(end):
            yield member.filename, plain_namespaces(unpacked(archive, member))
