"""Reads the answer to a FETCH command: every letter under the UID that the server named with it.

A server may slip answers that nobody asked for into ours (a new letter, a flag that a colleague set), so nothing is
counted on but the UID that stands in the same answer as the letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from notifications.errors import MailboxError

_BEGINS = re.compile(rb"^\d+ \(")
_UID = re.compile(rb"[ (]UID (\d+)(?=[ )]|$)")
_SIZE = re.compile(rb"[ (]RFC822\.SIZE (\d+)(?=[ )]|$)")
_DATE = re.compile(rb'[ (]INTERNALDATE "([^"]+)"')
_QUOTED = re.compile(rb'^(BODY\[(?:HEADER)?\]) "((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)
_LITERAL = re.compile(rb"(BODY\[(?:HEADER)?\])(?:<\d+>)? ?\{\d+\+?\}$", re.IGNORECASE)
_BEFORE_BODY = re.compile(rb"(?=BODY\[)", re.IGNORECASE)
_INTERNAL_DATE = re.compile(r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one answer said of one letter; bodies by their section in capitals."""

    uid: int
    size: int | None
    date: datetime | None
    bodies: tuple[tuple[bytes, bytes], ...]


def read_answers(data: Sequence[object]) -> Iterator[Fetched]:
    """`data` is what imaplib collected; answers without a UID are somebody else's and are passed over."""
    for words, literals in _answers(data):
        uid = _UID.search(words)
        if uid is None:
            continue
        size, date = _SIZE.search(words), _DATE.search(words)
        yield Fetched(
            uid=int(uid.group(1)),
            size=int(size.group(1)) if size else None,
            date=internal_date(date.group(1).decode("ascii", "replace")) if date else None,
            bodies=tuple(literals) + tuple(_quoted_bodies(words)),
        )


def bodies_by_uid(data: Sequence[object], section: bytes) -> dict[int, bytes]:
    """The asked section of each letter. Raises MailboxError mixed-up when one UID comes with two texts."""
    found: dict[int, bytes] = {}
    for answer in read_answers(data):
        for name, text in answer.bodies:
            if name != section:
                continue
            if found.setdefault(answer.uid, text) != text:
                raise MailboxError("mixed-up", stage="fetch")
    return found


def internal_date(text: str) -> datetime | None:
    """When the server got the letter, in UTC; None when it says something unreadable."""
    match = _INTERNAL_DATE.fullmatch(text)
    if not match or match.group(2).lower() not in _MONTHS:
        return None
    day, month, year, hour, minute, second, sign, off_hours, off_minutes = match.groups()
    offset = timedelta(hours=int(off_hours), minutes=int(off_minutes)) * (-1 if sign == "-" else 1)
    try:
        zone = timezone(offset)
        moment = datetime(
            int(year), _MONTHS.index(month.lower()) + 1, int(day), int(hour), int(minute), int(second), tzinfo=zone
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _answers(data: Sequence[object]) -> Iterator[tuple[bytes, list[tuple[bytes, bytes]]]]:
    """Join imaplib's pieces into answers: their words without the literals, and the literals with their names."""
    words, literals, started = b"", list[tuple[bytes, bytes]](), False
    for piece in data:
        text, literal = piece if isinstance(piece, tuple) else (piece, None)
        if not isinstance(text, bytes):
            continue
        # A piece right after a literal goes on with the same answer, whatever it looks like.
        if _BEGINS.match(text) and not words.endswith(b"\0"):
            if started:
                yield words, literals
            words, literals, started = b"", [], True
        words = words.rstrip(b"\0") + text
        if literal is not None:
            name = _LITERAL.search(text)
            if name:
                literals.append((name.group(1).upper(), literal))
            words += b"\0"
    if started:
        yield words, literals


def _quoted_bodies(words: bytes) -> Iterator[tuple[bytes, bytes]]:
    for piece in _BEFORE_BODY.split(words):
        match = _QUOTED.match(piece)
        if match:
            yield match.group(1).upper(), re.sub(rb"\\(.)", rb"\1", match.group(2))
