"""The plan of reminders: what is worked out once for all says the same as each entry by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from states.calendar import WorkingCalendar
from states.reminders import Due, Reason, Waiting, digest_moment, is_due, plan

CALENDAR = WorkingCalendar()
NOW = dt.datetime(2026, 12, 29, 5, tzinfo=dt.UTC)  # open in Vladivostok, not yet in Moscow, holidays ahead
OPENS, CLOSES, DAYS = dt.time(9), dt.time(18), 16
ZONES = ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Vladivostok")


def _many() -> list[Waiting]:
    """Since a few days in three zones, some reminded of before, some told for a while only."""
    return [
        Waiting(
            Reason.OVERDUE,
            f"{place % 7}@clinic.example",
            f"Z-{place}",
            "",
            NOW - dt.timedelta(days=place % 23 - 3, hours=place % 13),
            after_days=place % 4,
            zone=ZONES[place % 3],
            repeat_days=1 + place % 5,
            last=NOW - dt.timedelta(days=place % 6) if place % 4 else None,
            until=NOW + dt.timedelta(days=12) if place % 5 == 0 else None,
        )
        for place in range(300)
    ]


def _alone(entry: Waiting, number: int) -> Due | None:
    """What one entry gets on one day, worked out for it alone."""
    day = (
        NOW + dt.timedelta(hours={"Europe/Moscow": 3, "Asia/Yekaterinburg": 5, "Asia/Vladivostok": 10}[entry.zone])
    ).date()
    at = digest_moment(CALENDAR, day + dt.timedelta(days=number), entry.zone, OPENS, CLOSES, NOW)
    return Due(at, entry) if at is not None and is_due(entry, at, CALENDAR) else None


def test_many_reminders_are_planned_as_each_of_them_alone() -> None:
    entries, told = _many(), []
    remembered = dict(enumerate(entries))
    for number in range(DAYS):
        for place, entry in enumerate(entries):
            due = _alone(remembered[place], number)
            if due is not None:
                remembered[place] = replace(entry, last=due.at)
                told.append((due.at, entry.request))
    planned = plan(entries, CALENDAR, now=NOW, days=DAYS, opens=OPENS, closes=CLOSES)
    assert [(due.at, due.waiting.request) for due in planned] == told
    assert {at.date().isoformat() for at, _ in told} == {
        "2026-12-29",
        "2026-12-30",
        "2027-01-11",
        "2027-01-12",
        "2027-01-13",
    }
