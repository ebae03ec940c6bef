"""Inside the sandbox's child: every string and stream of a PDF's objects, whatever they are for."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
)

from documents.inside.binary import words_in
from documents.inside.markup import is_author, lines_of, parsed
from documents.inside.pieces import Pieces

_MANY = 200_000  # objects
_AUTHORS = (
    "/Author",
    "/Creator",
    "/Producer",
    "/T",
    "/TU",
    "/TM",
    "/Name",
    "/BaseFont",
    "/FontName",
    "/ID",
    "/CharSet",
)
_OPAQUE = ("/ID", "/CharSet", "/Panose")
_SMALL = 8  # pixels
_FONT = ("/Length1", "/Length2", "/Length3")
_FONT_KINDS = ("/Type1C", "/CIDFontType0C", "/OpenType")
_STRUCTURE = ("/XRef", "/ObjStm", "/CMap")
_HIDDEN = 2 | 32  # flags of a note that no page shows
_END = re.compile(rb"%%EOF")


def read(path: str, pieces: Pieces) -> None:
    """Whatever is wrong with the inner structure leaves the file not read whole; nothing is raised for it."""
    logging.getLogger("pypdf").disabled = True
    data = Path(path).read_bytes()
    _revisions(data, pieces)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            pieces.leave("зашифрованные данные")
            return
        _Objects(reader, pieces).read()
    except MemoryError:
        raise
    except Exception:  # a damaged file raises anything at all
        pieces.leave("внутреннее устройство PDF: файл повреждён")


def _revisions(data: bytes, pieces: Pieces) -> None:
    """What was changed or taken away later is still in the file."""
    if data.count(b"startxref") > (2 if b"/Linearized" in data[:2048] else 1):
        pieces.leave("прежние редакции файла")
    ends = [found.end() for found in _END.finditer(data)]
    if data.find(b"%PDF-") > 16 or (ends and len(data[ends[-1] :].strip(b"\x00\r\n\t ")) > 32):
        pieces.leave("данные вне документа")


class _Objects:
    def __init__(self, reader: PdfReader, pieces: Pieces) -> None:
        self._reader, self._pieces = reader, pieces
        self._shown: set[int] = set()

    def read(self) -> None:
        for page in self._reader.pages:
            self._mark(page.get("/Contents"))
            self._resources(page.get("/Resources"), 0)
            for note in _items(page.get("/Annots")):
                self._note(note)
        self._switches(self._reader.root_object)
        lines: list[str] = []
        for number, entry in enumerate(self._numbers()):
            if number > _MANY:
                self._pieces.leave("внутреннее устройство PDF: слишком много частей")
                break
            found = entry.get_object()
            lines += _strings(found, 0)
            if isinstance(found, StreamObject):
                self._stream(entry.idnum, found)
        lines += _strings(self._reader.trailer.get("/Info"), 0)
        self._pieces.aside("пометки, поля и свойства PDF", lines)

    def _numbers(self) -> Iterator[IndirectObject]:
        numbers = {number for table in self._reader.xref.values() for number in table} | set(self._reader.xref_objStm)
        return (
            IndirectObject(number, 0, self._reader) if number in self._reader.xref_objStm else self._listed(number)
            for number in sorted(numbers - {0})
        )

    def _listed(self, number: int) -> IndirectObject:
        generation = next(generation for generation, table in self._reader.xref.items() if number in table)
        return IndirectObject(number, generation, self._reader)

    def _mark(self, what: Any) -> bool:
        """False when it was there before."""
        if isinstance(what, ArrayObject):
            for part in what:
                self._mark(part)
            return True
        number = (
            what.idnum
            if isinstance(what, IndirectObject)
            else getattr(getattr(what, "indirect_reference", None), "idnum", None)
        )
        if number is None:
            found = _whole(what)
            if isinstance(found, ArrayObject):
                return self._mark(found)
            return True
        new = number not in self._shown
        self._shown.add(number)
        found = _whole(what)
        if isinstance(found, ArrayObject):
            self._mark(found)
        return new

    def _resources(self, resources: Any, depth: int) -> None:
        """The forms that pages draw: their text is in the pages' own."""
        found = _whole(resources)
        if not isinstance(found, DictionaryObject) or depth > 20:
            return
        forms = _whole(found.get("/XObject"))
        for name in forms if isinstance(forms, DictionaryObject) else ():
            raw = forms.raw_get(name)
            form = _whole(raw)
            if isinstance(form, DictionaryObject) and form.get("/Subtype") == "/Form" and self._mark(raw):
                self._resources(form.get("/Resources"), depth + 1)

    def _note(self, note: Any) -> None:
        found = _whole(note)
        if not isinstance(found, DictionaryObject):
            return
        if int(found.get("/F") or 0) & _HIDDEN and "/AP" in found:
            return  # its look stays unmarked, and so unread
        self._looks(found.get("/AP"), 0)

    def _looks(self, look: Any, depth: int) -> None:
        found = _whole(look)
        if isinstance(found, StreamObject):
            self._mark(look)
            self._resources(found.get("/Resources"), 0)
        elif isinstance(found, DictionaryObject) and depth < 3:
            for name in found:
                self._looks(found.raw_get(name), depth + 1)

    def _switches(self, root: DictionaryObject) -> None:
        """Layers that can be off, and forms of the other make (XFA)."""
        layers = _whole(root.get("/OCProperties"))
        if isinstance(layers, DictionaryObject):
            usual = _whole(layers.get("/D"))
            if isinstance(usual, DictionaryObject) and (_whole(usual.get("/OFF")) or usual.get("/BaseState") == "/OFF"):
                self._pieces.leave("скрытые слои")
        form = _whole(root.get("/AcroForm"))
        if isinstance(form, DictionaryObject) and "/XFA" in form:
            self._pieces.leave("форма XFA")

    def _stream(self, number: int, found: StreamObject) -> None:
        kind, of = found.get("/Type"), found.get("/Subtype")
        if of == "/Image":
            if min(int(_whole(found.get("/Width")) or 0), int(_whole(found.get("/Height")) or 0)) >= _SMALL:
                self._pieces.leave("картинка") if not self._has_pictures() else None
            return
        if number in self._shown or kind in _STRUCTURE or of in _FONT_KINDS or any(key in found for key in _FONT):
            return
        if "/FunctionType" in found or ("/N" in found and "/First" not in found and kind is None and of is None):
            return  # a function; a profile of colours
        self._told(kind, of, found)

    def _has_pictures(self) -> bool:
        """The pages have told of theirs."""
        return any("картинка" in what for what in self._pieces.unread)

    def _told(self, kind: Any, of: Any, found: StreamObject) -> None:
        data = found.get_data()
        if b"begincmap" in data[:4000]:
            return
        root = parsed(data)
        self._pieces.aside("данные внутри PDF", lines_of(root) if root is not None else words_in(data))
        if kind == "/Metadata" and root is not None:
            return
        if kind == "/EmbeddedFile" or of == "/EmbeddedFile":
            self._pieces.leave("вложенный файл")
        elif of == "/Form" or "/PatternType" in found:
            self._pieces.leave("содержание, которого на страницах не видно")
        elif data.strip():
            self._pieces.leave("данные неизвестного вида")


def _whole(what: Any) -> Any:
    return what.get_object() if isinstance(what, IndirectObject) else what


def _items(what: Any) -> Iterator[Any]:
    found = _whole(what)
    yield from found if isinstance(found, ArrayObject) else ()


def _strings(what: Any, depth: int, key: str = "") -> Iterator[str]:
    """Of one object; what it refers to is an object of its own."""
    if isinstance(what, DictionaryObject) and depth < 50:
        signed = what.get("/Type") == "/Sig"
        for name in what:
            if name not in _OPAQUE and not (signed and name in ("/Contents", "/Cert")):
                yield from _strings(what.raw_get(name), depth + 1, str(name))
    elif isinstance(what, ArrayObject) and depth < 50:
        for part in list(what):
            yield from () if isinstance(part, IndirectObject) else _strings(part, depth + 1, key)
    elif isinstance(what, TextStringObject):
        if not (key in _AUTHORS and is_author(str(what))):
            yield from _as_read(str(what))
    elif isinstance(what, ByteStringObject):
        yield from words_in(bytes(what))


def _as_read(text: str) -> Iterator[str]:
    """As it stands, and as Windows meant it where a program has left out the mark of Unicode."""
    yield text
    if any("\u00c0" <= sign <= "\u00ff" for sign in text):
        yield text.encode("cp1252", "replace").decode("cp1251", "replace")
