"""A letter as a person reads it on the page: its words without any markup, and what is attached. Opened in the sandbox only."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from catalog.letters import load_letters
from notifications.reading.bodies import BodyReader
from notifications.reading.file_names import file_name
from notifications.reading.headers import decoded, header, raw_values
from notifications.reading.mime import parse, parts_of
from notifications.reading.sender import sender_shown
from sandbox import Limits, Refused, run

_LIMITS = Limits(seconds=10, memory_mb=768, output_mb=64)
_MOST_TEXT = 100_000
_MOST_PARTS = 200
_NAMELESS = "без имени"


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """`place` counts the attachments of a letter from 0."""

    place: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """Headers as written; `date` too, for a clock of the sender's may say anything."""

    sender: str
    to: str
    subject: str
    date: str
    text: str
    cut: bool
    files: tuple[EnclosedFile, ...]


def show_letter(path: Path, own_catalog: Path | None = None) -> ShownLetter:
    """Raises sandbox.Refused or sandbox.Killed."""
    arguments = {"path": str(path.absolute()), "own_catalog": str(own_catalog) if own_catalog else None}
    told: dict[str, Any] = run("notifications.reading.showing:show_file", arguments, limits=_LIMITS)
    return ShownLetter(**{**told, "files": tuple(EnclosedFile(**file) for file in told["files"])})


def enclosed_file(path: Path, place: int) -> tuple[str, bytes]:
    """Name and bytes of one attachment. Raises sandbox.Refused or sandbox.Killed."""
    with tempfile.TemporaryDirectory(prefix="egisz-enclosed-") as folder:
        target = Path(folder, "file")
        arguments = {"path": str(path.absolute()), "place": place, "target": str(target)}
        name: str = run("notifications.reading.showing:take_out", arguments, limits=_LIMITS)
        return name, target.read_bytes()


def show_file(path: str, own_catalog: str | None) -> dict[str, Any]:
    """The child's side."""
    message = parse(Path(path).read_bytes())
    reader = BodyReader(load_letters(Path(own_catalog) if own_catalog else None), ())
    text = next(iter(reader.texts(parts_of(message))), "").strip()
    return {
        "sender": sender_shown(message), "to": "; ".join(decoded(value) for value in raw_values(message, "to")),
        "subject": header(message, "subject"), "date": header(message, "date"),
        "text": text[:_MOST_TEXT], "cut": len(text) > _MOST_TEXT,
        "files": [
            {"place": place, "name": _name(part), "media_type": part.get_content_type(), "size": len(_bytes(part))}
            for place, part in enumerate(_enclosed(message))
        ],
    }  # fmt: skip


def take_out(path: str, place: int, target: str) -> str:
    """The child's side: one attachment into a file; returns its name."""
    found = list(_enclosed(parse(Path(path).read_bytes())))
    if not 0 <= place < len(found):
        raise Refused("no-such-file", "Такого вложения в письме нет.")
    Path(target).write_bytes(_bytes(found[place]))
    return _name(found[place])


def _enclosed(message: Message) -> Iterator[Message]:
    """Parts with a name or marked as attachments, and enclosed letters; what is inside those is theirs."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        marked = " ".join(raw_values(part, "content-disposition")).strip().lower().startswith("attachment")
        if part is not message and (part.get_content_maintype() == "message" or marked or file_name(part)):
            yield part
        elif part.is_multipart():
            inner = part.get_payload()
            waiting[:0] = [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []
        elif part.get_content_maintype() not in ("text", "multipart") and part is not message:
            yield part


def _name(part: Message) -> str:
    """Without folders; a letter that is enclosed goes by its subject."""
    inner = part.get_payload()
    if part.get_content_maintype() == "message" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return (header(inner[0], "subject") or _NAMELESS)[:150] + ".eml"
    return file_name(part)[:200] or _NAMELESS


def _bytes(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"\n".join(each.as_bytes() for each in inner if isinstance(each, Message))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
