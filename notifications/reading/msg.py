""".msg, as Outlook saves a letter: a compound file whose streams are properties, turned into an ordinary letter."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32
from email.utils import format_datetime, formataddr
from typing import Any

from notifications.reading import outlook
from notifications.reading.mime_parts import many
from notifications.reading.outlook import MOST_FILES, Unpacked, charset_of, take_rtf, text_of

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUBJECT, _HEADERS, _SENDER, _SENDER_NAME, _SENDER_SMTP, _SHOWN_TO = 0x0037, 0x007D, 0x0C1F, 0x0C1A, 0x5D01, 0x0E04
_MESSAGE_ID, _REFERENCES, _REPLY_TO_ID, _SENT_AT, _ARRIVED_AT = 0x1035, 0x1039, 0x1042, 0x0039, 0x0E06
_WIDE, _NARROW, _BYTES = "001F", "001E", "0102"
_MOST_BYTES = 60 * 1024 * 1024
_DEEPEST = 4
_1601 = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)
_NOT_HEADERS = ("content-", "mime-version")
_TITLE = re.compile(r"\AMicrosoft Mail Internet Headers[^\r\n]*\r?\n")
_BROKEN = "Файл .msg повреждён: прочитано не всё. Откройте его в Outlook и сохраните заново."


def is_msg(raw: bytes) -> bool:
    return raw.startswith(SIGNATURE)


def as_message(raw: bytes) -> tuple[Message, list[str]]:
    """The letter, and in words what of it could not be read; never raises."""
    import olefile

    problems: list[str] = []
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as ole:
            return _Storage(ole, [], problems).message(0), problems
    except Exception:  # whatever a broken file makes the library raise
        return Message(), [_BROKEN]


class _Storage:
    """One message of the file: the outer one, or one attached to it."""

    def __init__(self, ole: Any, path: list[str], problems: list[str]) -> None:
        self.ole, self.path, self.problems = ole, path, problems
        self.fixed = self._fixed(32 if not path else 24)
        codepages = [int.from_bytes(self.fixed.get(key, b"")[:4], "little") for key in outlook.CODEPAGES]
        self.of_html, self.of_text = (charset_of(page) or "cp1251" for page in codepages)

    def message(self, depth: int) -> Message:
        content = Unpacked(plain=self.text(outlook.BODY), html=self._html())
        take_rtf(content, self.data(outlook.RTF))
        for number, place in enumerate(self._attachments()[:MOST_FILES], 1):
            self._attachment_into(content, place, number, depth)
        self.problems += content.problems
        whole = many("mixed", content.parts(with_text=True))
        for name, value in self._headers():
            whole[name] = value
        return whole

    def _headers(self) -> list[tuple[str, str]]:
        """As the letter travelled; what Outlook knows besides fills the gaps."""
        written = HeaderParser(policy=compat32).parsestr(_TITLE.sub("", self.text(_HEADERS).lstrip("\r\n ")))
        found = [(name, str(value)) for name, value in written.raw_items() if not name.lower().startswith(_NOT_HEADERS)]
        known = {name.lower() for name, _ in found}
        sender = self.text(_SENDER_SMTP) or self.text(_SENDER)
        address = sender if "@" in sender else ""
        spare = {
            "From": formataddr((self.text(_SENDER_NAME), address)) if address else self.text(_SENDER_NAME),
            "To": self.text(_SHOWN_TO), "Subject": self.text(_SUBJECT), "Date": self._date(),
            "Message-ID": self.text(_MESSAGE_ID), "In-Reply-To": self.text(_REPLY_TO_ID),
            "References": self.text(_REFERENCES),
        }  # fmt: skip
        gaps = [(name, " ".join(value.split())) for name, value in spare.items() if name.lower() not in known]
        return [*found, *((name, value) for name, value in gaps if value)]

    def _date(self) -> str:
        for key in (_SENT_AT, _ARRIVED_AT):
            ticks = int.from_bytes(self.fixed.get(key, b"")[:8], "little")
            if ticks:
                try:
                    return format_datetime(_1601 + dt.timedelta(microseconds=ticks // 10))
                except OverflowError:
                    continue
        return ""

    def _html(self) -> str:
        return text_of(self.data(outlook.HTML), self.of_html) if self.data(outlook.HTML) else self.text(outlook.HTML)

    def _attachments(self) -> list[str]:
        depth = len(self.path)
        found = {
            entry[depth]
            for entry in self.ole.listdir(streams=True, storages=True)
            if len(entry) > depth and entry[:depth] == self.path and entry[depth].startswith("__attach_version1.0_")
        }
        if len(found) > MOST_FILES:
            self.problems.append("В файле .msg слишком много вложений: взяты первые.")
        return sorted(found)

    def _attachment_into(self, content: Unpacked, place: str, number: int, depth: int) -> None:
        inside = [*self.path, place, f"__substg1.0_{outlook.DATA:04X}000D"]
        file = _Storage(self.ole, [*self.path, place], self.problems)
        if self.ole.exists("/".join(inside)):
            self._letter_into(content, inside, depth)
            return
        names = (file.text(key) for key in (outlook.LONG_NAME, outlook.SHORT_NAME, outlook.DISPLAY_NAME))
        name = next((name for name in names if name.strip()), f"Вложение {number}")
        content.files.append((name, file.text(outlook.MIME_TAG), file.data(outlook.DATA)))

    def _letter_into(self, content: Unpacked, inside: list[str], depth: int) -> None:
        if depth >= _DEEPEST:
            self.problems.append("Письма вложены друг в друга слишком глубоко: прочитаны внешние.")
            return
        content.letters.append(_Storage(self.ole, inside, self.problems).message(depth + 1))

    def text(self, key: int) -> str:
        wide = self._stream(f"__substg1.0_{key:04X}{_WIDE}")
        if wide:
            return wide.decode("utf-16-le", "replace").replace("\x00", "")
        return text_of(self._stream(f"__substg1.0_{key:04X}{_NARROW}"), self.of_text)

    def data(self, key: int) -> bytes:
        return self._stream(f"__substg1.0_{key:04X}{_BYTES}")

    def _stream(self, name: str) -> bytes:
        """Empty where there is none, and where it is broken or larger than any letter."""
        path = "/".join([*self.path, name])
        try:
            if not self.ole.exists(path) or self.ole.get_size(path) > _MOST_BYTES:
                return b""
            return bytes(self.ole.openstream(path).read())
        except Exception:
            if _BROKEN not in self.problems:
                self.problems.append(_BROKEN)
            return b""

    def _fixed(self, head: int) -> dict[int, bytes]:
        """Numbers and moments; the head of the list is longer in the outer message."""
        data = self._stream("__properties_version1.0")
        found: dict[int, bytes] = {}
        for at in range(head, len(data) - 15, 16):
            tag = struct.unpack_from("<I", data, at)[0]
            found.setdefault(tag >> 16, data[at + 8 : at + 16])
        return found
