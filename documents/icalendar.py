"""A calendar of terms as RFC 5545 has it, times in UTC; the same entries give the same bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT = "-//egisz-access//deadlines//RU"


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
    from icalendar import Calendar, vText  # a tenth of a second that only a feed is worth

    feed = Calendar()
    feed.add("VERSION", "2.0")
    feed.add("PRODID", _PRODUCT)
    feed.add("CALSCALE", "GREGORIAN")
    feed.add("NAME", vText(_printable(name)))
    feed.add("X-WR-CALNAME", vText(_printable(name)))
    feed.add("REFRESH-INTERVAL", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        feed.add_component(_event(entry))
    octets: bytes = feed.to_ical(sorted=False)
    return octets


def _event(entry: Entry) -> Event:
    from icalendar import Event

    event = Event()
    event.add("UID", entry.uid)
    event.add("DTSTAMP", entry.stamp.astimezone(dt.UTC))
    if isinstance(entry.due, dt.datetime):
        event.add("DTSTART", entry.due.astimezone(dt.UTC))  # a moment has no length
    else:
        event.add("DTSTART", entry.due)
        event.add("DTEND", entry.due + dt.timedelta(days=1))  # a day ends where the next begins
    event.add("SUMMARY", _printable(entry.title))
    if entry.about:
        event.add("DESCRIPTION", _printable(entry.about))
    if entry.url:
        event.add("URL", entry.url)
    event.add("TRANSP", "TRANSPARENT")
    return event


def _printable(text: str) -> str:
    """Line breaks of one kind; other control characters have no place in a text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign == "\n" or (sign >= " " and sign != "\x7f"))
