"""A calendar of terms as RFC 5545 has it: CRLF, folded at 75 octets, times in UTC; the same entries give the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_PRODUCT = "-//egisz-access//deadlines//RU"
_WIDTH = 75


@dataclass(frozen=True, slots=True)
class Entry:
    """`uid` never changes; `due` is a moment or a whole day; `stamp` is when this was last so."""

    uid: str
    due: dt.datetime | dt.date
    stamp: dt.datetime
    title: str
    about: str = ""
    url: str = ""


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """A feed to subscribe to; readers are asked to come again in an hour."""
    return b"".join(map(_folded, _lines(name, entries)))


def _lines(name: str, entries: Iterable[Entry]) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN")
    yield from (f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H")
    for entry in entries:
        yield from ("BEGIN:VEVENT", f"UID:{entry.uid}", f"DTSTAMP:{_utc(entry.stamp)}", *_when(entry.due))
        yield f"SUMMARY:{_text(entry.title)}"
        if entry.about:
            yield f"DESCRIPTION:{_text(entry.about)}"
        if entry.url:
            yield f"URL:{entry.url}"
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def _when(due: dt.datetime | dt.date) -> tuple[str, ...]:
    """A moment has no length; a day ends where the next begins."""
    if isinstance(due, dt.datetime):
        return (f"DTSTART:{_utc(due)}",)
    return (f"DTSTART;VALUE=DATE:{due:%Y%m%d}", f"DTEND;VALUE=DATE:{due + dt.timedelta(days=1):%Y%m%d}")


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Control characters have no place in a text, line breaks are written out."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(sign for sign in escaped if sign >= " " and sign != "\x7f")


def _folded(line: str) -> bytes:
    """Between letters, never inside one: a Cyrillic letter is two octets."""
    parts: list[bytes] = []
    part = b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > _WIDTH - (1 if parts else 0):
            parts.append(part)
            part = b""
        part += octets
    parts.append(part)
    return b"\r\n ".join(parts) + b"\r\n"
