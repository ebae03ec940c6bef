"""The production calendar's table (производственный календарь)."""

from __future__ import annotations

import datetime as dt
from functools import cache

from catalog.problems import read_file
from catalog.rules import FOLDER
from catalog.schema import Entry


class MovedDay(Entry):
    """A Saturday or Sunday that works; it is as long as the day it works instead of would be."""

    day: dt.date
    instead_of: dt.date


class CalendarTable(Entry):
    """Days by the decrees; `fixed` are holidays of every year as "MM-DD"."""

    decreed: tuple[int, ...]
    off: tuple[dt.date, ...]
    working: tuple[MovedDay, ...]
    fixed: tuple[str, ...]


@cache
def calendar_table() -> CalendarTable:
    return read_file(FOLDER / "calendar.toml", CalendarTable)
