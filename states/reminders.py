"""Who is to be reminded of what, and when: computed from what is due, so that downtime brings one letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from states.calendar import WorkingCalendar


class Reason(StrEnum):
    """What somebody is reminded of."""

    FIRST_LOGIN = "first-login"
    UNSIGNED = "unsigned"
    UNSENT = "unsent"
    OVERDUE = "overdue"
    LOGIN_UNPROVEN = "login-unproven"
    RECIPIENT_LATE = "recipient-late"
    OUTCOME_NEXT = "outcome-next"
    QUESTION = "question"
    LETTER_FAILED = "letter-failed"
    LETTER_UNCERTAIN = "letter-uncertain"
    TRIAGE = "triage"
    ITEM_OVERDUE = "item-overdue"
    ITEM_NEAR = "item-near"
    REVIEW = "review"
    ROLE_ENDS = "role-ends"
    DAMAGE = "damage"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for `to` since a moment; due after so many working days, then every `repeat_days`.

    `request` is the number; `why` a Russian sentence; `zone` the organisation's; `last` the last letter about it;
    from `until` on it is told no more.
    """

    reason: Reason
    to: str
    request: str
    why: str
    since: dt.datetime
    after_days: int
    zone: str
    repeat_days: int = 1
    last: dt.datetime | None = None
    line_id: int | None = None
    until: dt.datetime | None = None
    asked_id: int | None = None
    grant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder at its moment."""

    at: dt.datetime
    waiting: Waiting

    def as_json(self) -> dict[str, str]:
        return {
            "at": self.at.isoformat(),
            "to": self.waiting.to,
            "kind": self.waiting.reason.value,
            "request": self.waiting.request,
            "why": self.waiting.why,
        }


def digest_moment(
    calendar: WorkingCalendar, day: dt.date, zone: str, opens: dt.time, closes: dt.time, now: dt.datetime
) -> dt.datetime | None:
    """When that day's digest goes: at the opening, or now while it is open; None on a day off or when it is over."""
    if not calendar.is_working(day):
        return None
    local = ZoneInfo(zone)
    start, end = (dt.datetime.combine(day, time, local) for time in (opens, closes))
    if now >= end:
        return None
    return max(start, now.astimezone(local))


def is_due(waiting: Waiting, at: dt.datetime, calendar: WorkingCalendar) -> bool:
    """Idle long enough, and not reminded of within `repeat_days` working days."""
    return _is_due(waiting, at, calendar.working_days)


def _is_due(waiting: Waiting, at: dt.datetime, between: Callable[[dt.date, dt.date], int]) -> bool:
    local = ZoneInfo(waiting.zone)
    today = at.astimezone(local).date()
    idle = between(waiting.since.astimezone(local).date(), today)
    if at < waiting.since or idle < waiting.after_days or (waiting.until is not None and at >= waiting.until):
        return False
    if waiting.last is None:
        return True
    return between(waiting.last.astimezone(local).date(), today) >= waiting.repeat_days


def plan(
    waiting: Iterable[Waiting],
    calendar: WorkingCalendar,
    *,
    now: dt.datetime,
    days: int,
    opens: dt.time,
    closes: dt.time,
) -> Iterator[Due]:
    """Every reminder of the coming days, if nobody does anything meanwhile; `days` counts today."""
    everything = list(waiting)

    # Thousands wait since the same few days in the same few zones: each day is worked out once in a plan.
    @cache
    def moment(zone: str, number: int) -> dt.datetime | None:
        day = now.astimezone(ZoneInfo(zone)).date() + dt.timedelta(days=number)
        return digest_moment(calendar, day, zone, opens, closes, now)

    @cache
    def between(start: dt.date, end: dt.date) -> int:
        return calendar.working_days(start, end)

    last: dict[int, dt.datetime] = {}
    for number in range(days):
        for place, entry in enumerate(everything):
            at = moment(entry.zone, number)
            if at is None or not _is_due(_reminded(entry, last.get(place)), at, between):
                continue
            last[place] = at
            yield Due(at, entry)


def _reminded(entry: Waiting, at: dt.datetime | None) -> Waiting:
    if at is None:
        return entry
    return replace(entry, last=at)
