"""Moments as people read them."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date

from models.moments import MOSCOW


def moment(at: dt.datetime) -> str:
    """23 ноября 2026, 14:05 by Moscow's clock."""
    local = at.astimezone(MOSCOW)
    return f"{format_date(local, 'd MMMM y', locale='ru')}, {local:%H:%M}".replace(" ", "\u00a0", 2)


def short_moment(at: dt.datetime) -> str:
    return f"{at.astimezone(MOSCOW):%d.%m.%Y %H:%M}"


def iso_moment(text: str) -> str:
    return short_moment(dt.datetime.fromisoformat(text))


def moment_on_record(at: dt.datetime | None) -> str:
    """Moscow time to the minute."""
    return f"{at.astimezone(MOSCOW):%d.%m.%Y %H:%M} МСК" if at else ""
