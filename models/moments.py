"""Moments and time zones that the whole house shares."""

from __future__ import annotations

from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")
