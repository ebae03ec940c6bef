"""Bytes of a letter, in whatever container, as one ordinary message: .eml, Outlook's .msg, winmail.dat inside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import Message

from notifications.reading import msg, tnef
from notifications.reading.file_names import file_name
from notifications.reading.mime import parse, parts_of
from notifications.reading.mime_parts import text_part

_MOST_PARTS = 200
_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
WINMAIL = "winmail.dat"


@dataclass(slots=True)
class Opened:
    """`unpacked`: the words of the letter stood only in winmail.dat."""

    message: Message
    problems: list[str] = field(default_factory=list)
    unpacked: bool = False


def open_letter(raw: bytes) -> Opened:
    """Never raises for what is broken: that is said in `problems`."""
    if msg.is_msg(raw):
        return Opened(*msg.as_message(raw))
    opened = Opened(parse(raw))
    packed = [part for part in _leaves(opened.message) if _is_packed(part)]
    if packed:
        says = _says(opened.message)
        for part in packed:
            _unpack(part, says, opened)
    return opened


def _leaves(message: Message) -> list[Message]:
    """Parts that hold no others; what is inside an enclosed letter is its own."""
    waiting, found, seen = [message], [], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        inner = part.get_payload()
        if not isinstance(inner, list):
            found.append(part)
        elif part.get_content_maintype() != "message":
            waiting[:0] = [each for each in inner if isinstance(each, Message)]
    return found


def _is_packed(part: Message) -> bool:
    named = file_name(part).lower() == WINMAIL
    return part.get_content_type() in _TNEF_TYPES or (named and part.get_content_type() == "application/octet-stream")


def _says(message: Message) -> str:
    """The letter's text outside of winmail.dat, in one line."""
    bodies = parts_of(message).bodies
    return " ".join(f"{body.plain or ''} {re.sub(r'<[^<>]{0,2000}>', ' ', body.html or '')}" for body in bodies)


def _unpack(part: Message, says: str, opened: Opened) -> None:
    """The part becomes what was in it. A text of its own counts only where the letter has none; else it is a file."""
    data = part.get_payload(decode=True)
    found = tnef.unpack(data if isinstance(data, bytes) else b"")
    opened.problems += [problem for problem in found.problems if problem not in opened.problems]
    if not found.says.strip() and not found.files and not found.letters:
        return
    own = not says.strip()
    opened.unpacked = opened.unpacked or (own and bool(found.says.strip()))
    inner = found.parts(with_text=own)
    if not own and found.says.strip() and not _same(found.says, says):
        inner.append(_as_file(found.says))
    for name in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition"):
        del part[name]
    part["Content-Type"] = "multipart/mixed"
    part.set_payload([*inner])


def _same(one: str, other: str) -> bool:
    left, right = (re.sub(r"\W+", "", text).lower() for text in (one, other))
    return left in right or right in left


def _as_file(text: str) -> Message:
    part = text_part(text, "plain")
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "Текст из winmail.dat.txt"))
    return part
