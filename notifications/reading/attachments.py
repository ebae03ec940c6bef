"""The files of a letter as they are listed; letters among them are read here, other files elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email.message import Message

from notifications.reading.bodies import BodyReader
from notifications.reading.file_names import file_name
from notifications.reading.headers import header
from notifications.reading.mime import parts_of
from notifications.reading.opening import open_letter
from notifications.reading.sender import sender_shown
from notifications.reading.told import Attached

MOST_LISTED = 200
MOST_OF_ONE = 50_000  # characters of one file's text
_MOST_PARTS = 2000
_DEEPEST = 4
_NAMELESS = "без имени"
_LETTERS = (".eml", ".msg")
CUT = f"Вложений больше {MOST_LISTED}: показаны первые."


def enclosed(message: Message) -> Iterator[Message]:
    """Parts with a name or marked as attachments, and enclosed letters; what is inside those is theirs."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        inner = part.get_payload()
        if part is not message and (part.get_content_maintype() == "message" or _is_marked(part)):
            yield part
        elif isinstance(inner, list):
            waiting[:0] = [each for each in inner if isinstance(each, Message)]
        elif part.get_content_maintype() not in ("text", "multipart", "message") and (
            part is not message or _is_marked(part)
        ):
            yield part


def _is_marked(part: Message) -> bool:
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        return False
    stated = str(part.get("content-disposition", "")).strip().lower()
    return stated.startswith("attachment") or bool(file_name(part))


def listed(message: Message, reader: BodyReader) -> tuple[list[Attached], list[str]]:
    """What is attached, and a problem in words when there is more."""
    found: list[Attached] = []
    for place, part in enumerate(enclosed(message)):
        if place >= MOST_LISTED:
            return found, [CUT]
        found.append(_one(place, part, reader))
    return found, []


def _one(place: int, part: Message, reader: BodyReader) -> Attached:
    data, name = bytes_of(part), name_of(part)
    is_letter = part.get_content_maintype() == "message" or name.lower().endswith(_LETTERS)
    text, whole = _letter_text(part, data, reader) if is_letter else ("", False)
    return Attached(
        place, name, part.get_content_type(), len(data), hashlib.sha256(data).hexdigest(), text, whole, letter=is_letter
    )


def _letter_text(part: Message, data: bytes, reader: BodyReader) -> tuple[str, bool]:
    """Header lines and words of an enclosed letter, and of those inside it."""
    inner = part.get_payload()
    message = (
        inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], Message) else open_letter(data).message
    )
    text, whole = _told(message, reader, 0)
    return text[:MOST_OF_ONE], whole and len(text) <= MOST_OF_ONE


def _told(message: Message, reader: BodyReader, depth: int) -> tuple[str, bool]:
    parts = parts_of(message)
    lines = [
        f"{name}: {value}"
        for name, value in (
            ("От", sender_shown(message)),
            ("Дата", header(message, "date")),
            ("Тема", header(message, "subject")),
        )
        if value
    ]
    words = next(iter(reader.texts(parts)), "").strip()
    whole = not parts.truncated and not any(
        True for each in enclosed(message) if each.get_content_maintype() != "message"
    )
    told = ["\n".join(lines), words]
    for each in parts.enclosed[:3]:
        if depth >= _DEEPEST:
            return "\n\n".join(told), False
        text, inner_whole = _told(each, reader, depth + 1)
        told.append(text)
        whole = whole and inner_whole
    return "\n\n".join(piece for piece in told if piece), whole


def name_of(part: Message) -> str:
    """Without folders; a letter that is enclosed goes by its subject."""
    inner = part.get_payload()
    if part.get_content_maintype() == "message" and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return _clean(header(inner[0], "subject"))[:150] + ".eml"
    return _clean(file_name(part))[:200]


def _clean(name: str) -> str:
    """Nothing that is no letter of a name: no control signs, none that turn the direction of writing."""
    return "".join(mark for mark in name if mark.isprintable()).strip() or _NAMELESS


def bytes_of(part: Message) -> bytes:
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"\n".join(each.as_bytes() for each in inner if isinstance(each, Message))
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""
