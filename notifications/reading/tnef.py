"""winmail.dat (TNEF), in which Exchange sends a letter's text and files when it takes the other side for an Outlook."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from notifications.reading import outlook
from notifications.reading.mapi import properties
from notifications.reading.mime_parts import many
from notifications.reading.outlook import MOST_FILES, Unpacked, charset_of, take_rtf, text_of

SIGNATURE = b"\x78\x9f\x3e\x22"
_MESSAGE, _ATTACHMENT = 1, 2
# Attributes of MS-OXTNEF; the others say nothing that a reader needs.
_BODY, _TITLE, _FILE, _NEW_FILE, _OF_MESSAGE, _OF_FILE, _CODEPAGE = (
    0x800C,
    0x8010,
    0x800F,
    0x9002,
    0x9003,
    0x9005,
    0x9007,
)
_HEAD, _FRAME, _MOST_ATTRIBUTES = 6, 11, 20_000
# A letter attached to a letter is a TNEF of its own behind these sixteen bytes.
_INNER_LETTER = bytes.fromhex("0703020000000000c000000000000046")
_DEEPEST = 4
_BROKEN = "Вложение winmail.dat повреждено: прочитано не всё."
_EMPTY = "Вложение winmail.dat пустое или повреждено: в нём нет ни текста, ни файлов."
_STRANGE = "Вложение winmail.dat – не то, чем названо: прочитать его нельзя."
_CUT = "В winmail.dat слишком много вложений: взяты первые."
_DEEP = "Письма вложены друг в друга слишком глубоко: прочитаны внешние."
Values = Mapping[int, str | bytes]


def unpack(data: bytes, depth: int = 0) -> Unpacked:
    """Everything that can be read of it; never raises. What is broken does not take the rest along."""
    found = Unpacked()
    if not data.startswith(SIGNATURE):
        return Unpacked(problems=[_STRANGE])
    collected = _Collected()
    try:
        for level, name, value in _attributes(data):
            collected.take(level, name, value)
    except (struct.error, ValueError):
        found.problems.append(_BROKEN)
    collected.put_into(found, depth)
    if not found.says.strip() and not found.files and not found.letters:
        found.problems = [_EMPTY]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, name and value of each; a checksum of two bytes follows, which broken senders get wrong."""
    at = _HEAD
    for _ in range(_MOST_ATTRIBUTES):
        if at >= len(data):
            return
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        if level not in (_MESSAGE, _ATTACHMENT) or at + 9 + length > len(data):
            raise ValueError("not an attribute")
        yield level, name, data[at + 9 : at + 9 + length]
        at += _FRAME + length


class _Collected:
    """The attributes of the message and of its files."""

    def __init__(self) -> None:
        self.charset, self.body = "", b""
        self.message: dict[int, str | bytes] = {}
        self.files: list[dict[int, str | bytes]] = []
        self.cut = False

    def take(self, level: int, name: int, value: bytes) -> None:
        if name == _NEW_FILE:
            self.cut = len(self.files) >= MOST_FILES
            self.files[MOST_FILES:] = [{}]  # the one too many takes what nobody wants
        elif name == _CODEPAGE:
            self.charset = charset_of(int.from_bytes(value[:4], "little"))
        elif name == _BODY:
            self.body = value
        elif name == _OF_MESSAGE:
            self.message = properties(value) | self.message
        elif level == _ATTACHMENT and self.files:
            self._of_file(self.files[-1], name, value)

    def _of_file(self, file: dict[int, str | bytes], name: int, value: bytes) -> None:
        if name == _TITLE:
            file[outlook.SHORT_NAME] = value
        elif name == _FILE:
            file[outlook.DATA] = value
        elif name == _OF_FILE:
            file.update({key: each for key, each in properties(value).items() if key not in file})

    def put_into(self, found: Unpacked, depth: int) -> None:
        of_html, of_text = (self._charset(key) for key in outlook.CODEPAGES)
        found.html = _text(self.message, outlook.HTML, of_html)
        found.plain = _text(self.message, outlook.BODY, of_text) or text_of(self.body, of_text)
        packed = self.message.get(outlook.RTF, b"")
        take_rtf(found, packed if isinstance(packed, bytes) else b"")
        if self.cut:
            found.problems.append(_CUT)
        for number, file in enumerate(self.files[:MOST_FILES], 1):
            self._file_into(found, file, number, depth)

    def _charset(self, key: int) -> str:
        value = self.message.get(key, b"")
        stated = charset_of(int.from_bytes(value[:4], "little")) if isinstance(value, bytes) else ""
        return stated or self.charset or "cp1251"

    def _file_into(self, found: Unpacked, file: Values, number: int, depth: int) -> None:
        data = file.get(outlook.DATA, b"")
        if not isinstance(data, bytes):
            return
        if data.startswith(_INNER_LETTER) and data[16:20] == SIGNATURE:
            _letter_into(found, data[16:], depth)
            return
        charset = self._charset(outlook.CODEPAGES[1])
        names = (_text(file, key, charset) for key in (outlook.LONG_NAME, outlook.SHORT_NAME, outlook.DISPLAY_NAME))
        name = next((name for name in names if name.strip()), f"Вложение {number}")
        found.files.append((name, _text(file, outlook.MIME_TAG, "ascii"), data))


def _letter_into(found: Unpacked, data: bytes, depth: int) -> None:
    if depth >= _DEEPEST:
        found.problems.append(_DEEP)
        return
    inner = unpack(data, depth + 1)
    found.problems += inner.problems
    found.letters.append(many("mixed", inner.parts(with_text=True)))


def _text(values: Values, key: int, charset: str) -> str:
    value = values.get(key, b"")
    return value.replace("\x00", "") if isinstance(value, str) else text_of(value, charset)
