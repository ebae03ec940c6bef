"""Moments and time zones that the whole house shares."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


def zoned(moment: dt.datetime, zone: ZoneInfo = MOSCOW) -> dt.datetime:
    """As typed: a moment without an offset is the zone's own time."""
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
