"""Inside the sandbox's child: .xls and .doc, and what else is kept in an OLE file."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import olefile

from documents.inside.binary import words_in
from documents.inside.markup import is_author, without_codes
from documents.inside.office import as_text
from documents.inside.pieces import Pieces
from sandbox.errors import Refused

_LOCKED = Refused("encrypted", "Файл закрыт паролем. Снимите пароль и приложите снова.")
_BOOKS = ("Workbook", "Book")
_KNOWN = frozenset((*_BOOKS, "\x05SummaryInformation", "\x05DocumentSummaryInformation", "\x01CompObj", "\x01Ole"))
_PROPERTIES = ("title", "subject", "keywords", "comments", "template", "category", "manager", "company")
_PEOPLE = ("author", "last_saved_by")
_FILE_PASS, _WRITE_ACCESS, _NOTE, _DRAWINGS, _BEGIN, _EXTERNAL, _BITMAP, _BACKGROUND = (
    0x2F,
    0x5C,
    0x1C,
    0xEB,
    0x809,
    0x5A,
    0x7F,
    0xE9,
)
_CHART = 0x20
_STORED_PICTURES = b"\x01\xf0"
_ENCRYPTED_WORD = 0x0100


def read(path: str, pieces: Pieces | None) -> None:
    """Raises Refused for what is locked or broken."""
    data = Path(path).read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _LOCKED
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            _read(ole, path, pieces)
    except (OSError, ValueError, struct.error, IndexError, TypeError):
        if pieces is not None:
            pieces.leave("внутреннее устройство файла: он повреждён или неизвестного вида")
            pieces.aside("данные файла", words_in(data))


def _read(ole: olefile.OleFileIO, path: str, pieces: Pieces | None) -> None:
    streams = {"/".join(parts): parts for parts in ole.listdir()}
    book = next((name for name in _BOOKS if name in streams), None)
    if book is not None and any(kind == _FILE_PASS for kind, _, _ in _records(ole.openstream(book).read())):
        raise _LOCKED
    if "WordDocument" in streams and _is_locked_word(ole.openstream("WordDocument").read(16)):
        raise _LOCKED
    if pieces is None:
        return
    _properties(ole, pieces)
    if book is None:
        pieces.leave("текст документа старого вида")
    else:
        _cells(path, pieces)
        _workbook(ole.openstream(book).read(), pieces)
    for name, parts in streams.items():
        if name not in _BOOKS and name != "\x05SummaryInformation" and (book is not None or name == "WordDocument"):
            pieces.aside("данные файла", words_in(ole.openstream(parts).read()))
        if name not in _KNOWN:
            pieces.leave("данные сводной таблицы" if name.startswith("_SX_DB") else "вложенные данные")


def _is_locked_word(head: bytes) -> bool:
    return len(head) >= 12 and bool(struct.unpack_from("<H", head, 10)[0] & _ENCRYPTED_WORD)


def _properties(ole: olefile.OleFileIO, pieces: Pieces) -> None:
    told = ole.get_metadata()
    said = [_as_text(getattr(told, name, None)) for name in _PROPERTIES]
    said += [text for name in _PEOPLE if (text := _as_text(getattr(told, name, None))) and not is_author(text)]
    pieces.aside("свойства документа", said)


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return value.decode("cp1251", "replace")
    return str(value or "")


def _cells(path: str, pieces: Pieces) -> None:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        for number, name in enumerate(book.sheet_names, 1):
            for row, cells in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1):
                for column, cell in enumerate(cells, 1):
                    place = f"лист «{name}», строка {row}, столбец {column}"
                    pieces.add(place, as_text(cell), number, row, column)
    except (CalamineError, OSError, ValueError):
        raise Refused("broken", "Файл Excel не открывается. Сохраните его как .xlsx и приложите снова.") from None


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Kind, place and body of each record of a workbook (BIFF)."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield kind, place, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _workbook(stream: bytes, pieces: Pieces) -> None:
    """Comments, headers, names, boxes of text: whatever is written in letters anywhere between the cells."""
    kept = bytearray()
    for kind, _, body in _records(stream):
        if kind in (_WRITE_ACCESS, _NOTE) and not any(sign.isdigit() for text in words_in(body) for sign in text):
            continue  # who saved the file, who wrote a note
        if (kind == _DRAWINGS and _STORED_PICTURES in body) or kind in (_BITMAP, _BACKGROUND):
            pieces.leave("картинка")
        elif kind == _EXTERNAL:
            pieces.leave("данные связанной книги")
        elif kind == _BEGIN and len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] == _CHART:
            pieces.leave("диаграмма")
        kept += body + b"\x00\x00\x00"
    pieces.aside("примечания, колонтитулы и надписи", map(without_codes, words_in(bytes(kept))))
