"""What an outsider sees in a letter to the desk: its thread, whom it is about, nothing that only we know.

Only letters of the demo itself come here, over loopback, from a sender who logged in: no sandbox is needed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from io import BytesIO

from models.identifiers import valid_inn, valid_snils

_TICKET = re.compile(r"\[#([A-Z]{3}-\d{3}-\d{5})\]")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_SNILS = re.compile(r"(?<!\d)\d{3}[-\s\u00a0]?\d{3}[-\s\u00a0]?\d{3}[-\s\u00a0]?\d{2}(?!\d)")
_INN = re.compile(r"(?<!\d)(?:\d{10}|\d{12})(?!\d)")
_OFFICE_TEXT = re.compile(r"word/(document|header\d*)\.xml|xl/(sharedStrings|worksheets/[^/]+)\.xml")
_LARGEST_MEMBER = 20 * 2**20


@dataclass(frozen=True, slots=True)
class Seen:
    """A letter as the desk knows it. `people`: СНИЛС digits in the order of the application."""

    message_id: str
    subject: str
    sender: str
    envelope_sender: str
    thread: tuple[str, ...]
    ticket: str
    inns: tuple[str, ...]
    people: tuple[str, ...]
    headers: str
    text: str


def look_at(raw: bytes) -> Seen:
    letter: EmailMessage = message_from_bytes(raw, policy=policy.default)
    body = letter.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    everything = "\n".join([text, *_office_texts(letter)])
    subject = str(letter["Subject"] or "")
    ticket = _TICKET.search(subject)
    return Seen(
        message_id=str(letter["Message-ID"] or "").strip(),
        subject=subject,
        sender=parseaddr(str(letter["From"] or ""))[1],
        envelope_sender=parseaddr(str(letter["Return-Path"] or ""))[1],
        thread=tuple(_MESSAGE_ID.findall(f"{letter['In-Reply-To'] or ''} {letter['References'] or ''}")),
        ticket=ticket.group(1) if ticket else "",
        inns=_unique(inn for inn in _INN.findall(everything) if valid_inn(inn)),
        people=_unique(digits for digits in _snils(everything) if valid_snils(digits)),
        headers=raw.split(b"\r\n\r\n", 1)[0].decode("ascii", "replace"),
        text=text,
    )


def _snils(text: str) -> Iterator[str]:
    for match in _SNILS.finditer(text):
        yield re.sub(r"\D", "", match.group())


def _unique(found: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def _office_texts(letter: EmailMessage) -> Iterator[str]:
    for part in letter.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and zipfile.is_zipfile(BytesIO(content)):
            yield from _zip_texts(content)


def _zip_texts(content: bytes) -> Iterator[str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for member in archive.infolist():
            if _OFFICE_TEXT.fullmatch(member.filename) and member.file_size <= _LARGEST_MEMBER:
                marked = re.sub(r"</(w:p|t|si|v|c)>", "\n", archive.read(member).decode("utf-8", "replace"))
                yield re.sub(r"<[^<>]*>", "", marked)
