"""Deadlines agree with a count minute by minute over 2025–2027; every skipped day says why."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.calendar import calendar_table
from states.calendar import BadCalendar, DayKind, WorkingCalendar, from_xmlcalendar
from states.deadlines import Schedule, TooFar, deadline, explain, working_time_between

MOSCOW = ZoneInfo("Europe/Moscow")
CALENDAR, SCHEDULE = WorkingCalendar(), Schedule()
YEARS = (2025, 2026, 2027)
MINUTE = dt.timedelta(minutes=1)


def working_minutes() -> list[dt.datetime]:
    """Every working minute of three years and a bit, straight from the lists of the decrees, without our calendar."""
    table = calendar_table()
    russia = holidays.country_holidays("RU", years=YEARS)
    shortened = set(table.shortened)
    minutes = []
    day = dt.date(2025, 1, 1)
    while day < dt.date(2028, 1, 1):
        if russia.is_working_day(day):
            for minute in range(9 * 60, 18 * 60 - (60 if day in shortened else 0)):
                if not 13 * 60 <= minute < 14 * 60:
                    minutes.append(dt.datetime.combine(day, dt.time(minute // 60, minute % 60), MOSCOW))
        day += dt.timedelta(days=1)
    return minutes


MINUTES = working_minutes()


def counted_by_minutes(start: dt.datetime, minutes: int) -> dt.datetime:
    """The end of the last of so many working minutes that begin at or after `start`, whole minutes only."""
    import bisect

    first = bisect.bisect_left(MINUTES, start)
    return MINUTES[first + minutes - 1] + MINUTE


@pytest.mark.rule("AWT-2")
@settings(max_examples=400, deadline=None)
@given(
    start=st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 11, 30)).map(lambda d: d.replace(second=0, microsecond=0)),
    minutes=st.integers(1, 60 * 40),
)
def test_deadline_is_what_a_count_of_minutes_gives(start, minutes):
    aware = start.replace(tzinfo=MOSCOW)
    reckoned = deadline(aware, minutes / 60, SCHEDULE, CALENDAR)
    assert abs(reckoned.due - counted_by_minutes(aware, minutes)) < dt.timedelta(seconds=1)


@pytest.mark.rule("AWT-2")
def test_every_hour_of_three_years_agrees_for_sixteen_hours():
    start = dt.datetime(2025, 1, 1, tzinfo=MOSCOW)
    while start < dt.datetime(2027, 12, 20, tzinfo=MOSCOW):
        assert deadline(start, 16, SCHEDULE, CALENDAR).due == counted_by_minutes(start, 16 * 60), start
        start += dt.timedelta(hours=1, minutes=7)


def test_calendar_is_the_official_one_on_every_day_of_three_years():
    russia = holidays.country_holidays("RU", years=YEARS)
    day = dt.date(2025, 1, 1)
    while day < dt.date(2028, 1, 1):
        assert CALENDAR.is_working(day) == russia.is_working_day(day), day
        day += dt.timedelta(days=1)
    assert [sum(CALENDAR.is_working(dt.date(year, 1, 1) + dt.timedelta(days=n)) for n in range(365)) for year in YEARS] == [247] * 3


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23T09:00", 16, "2026-11-24T18:00"),
        ("2026-11-23T18:00", 16, "2026-11-25T18:00"),
        ("2026-11-21T12:00", 1, "2026-11-23T10:00"),
        ("2026-11-23T12:30", 1, "2026-11-23T14:30"),
        ("2026-11-03T16:30", 1, "2026-11-05T09:30"),
        ("2025-10-31T17:00", 2, "2025-11-01T10:00"),
        ("2025-11-01T16:30", 1, "2025-11-05T09:30"),
        ("2026-12-30T15:20", 16, "2027-01-12T15:20"),
        ("2026-11-23T09:00", 0, "2026-11-23T09:00"),
        ("2026-11-22T09:00", 0, "2026-11-23T09:00"),
    ],
)
def test_known_deadlines(start, hours, due):
    aware = dt.datetime.fromisoformat(start).replace(tzinfo=MOSCOW)
    assert deadline(aware, hours, SCHEDULE, CALENDAR).due == dt.datetime.fromisoformat(due).replace(tzinfo=MOSCOW)


def test_explanation_counts_intervals_and_names_skipped_days():
    reckoned = deadline(dt.datetime(2026, 12, 30, 15, 20, tzinfo=MOSCOW), 16, SCHEDULE, CALENDAR)
    assert sum((part.length for part in reckoned.counted), dt.timedelta()) == dt.timedelta(hours=16)
    why = {skipped.date.isoformat(): skipped.why for skipped in reckoned.skipped}
    assert why["2026-12-31"] == "выходной день по переносу"
    assert why["2027-01-09"] == "суббота"
    assert any("12.01.2027" in line for line in explain(reckoned))


def test_moment_of_another_zone_is_reckoned_in_the_desks():
    vladivostok = dt.datetime(2026, 11, 23, 16, 0, tzinfo=ZoneInfo("Asia/Vladivostok"))
    assert deadline(vladivostok, 16, SCHEDULE, CALENDAR).due.isoformat() == "2026-11-24T18:00:00+03:00"


def test_year_without_a_decree_warns_and_a_far_deadline_is_refused():
    reckoned = deadline(dt.datetime(2028, 3, 1, 10, tzinfo=MOSCOW), 8, SCHEDULE, CALENDAR)
    assert "2028" in reckoned.warnings[0]
    assert deadline(dt.datetime(2026, 3, 2, 10, tzinfo=MOSCOW), 8, SCHEDULE, CALENDAR).warnings == ()
    with pytest.raises(TooFar):
        deadline(dt.datetime(2026, 3, 1, 10, tzinfo=MOSCOW), 100_000, SCHEDULE, CALENDAR)


@settings(max_examples=100, deadline=None)
@given(start=st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2027, 10, 1)), hours=st.integers(1, 60))
def test_time_between_start_and_deadline_is_what_was_asked(start, hours):
    aware = start.replace(tzinfo=MOSCOW)
    due = deadline(aware, hours, SCHEDULE, CALENDAR).due
    assert working_time_between(aware, due, SCHEDULE, CALENDAR) == dt.timedelta(hours=hours)
    assert working_time_between(due, aware, SCHEDULE, CALENDAR) == -dt.timedelta(hours=hours)


def test_imported_calendar_wins_and_a_broken_one_is_refused():
    document = {"year": 2028, "months": [{"month": 1, "days": "1,2,3,4,5,6,7,8,9"}, {"month": 2, "days": "22*,23+"}]}
    year, days = from_xmlcalendar(document)
    calendar = WorkingCalendar(overrides=days, imported_years=frozenset({year}))
    assert calendar.day(dt.date(2028, 2, 22)).kind is DayKind.SHORTENED
    assert not calendar.is_working(dt.date(2028, 2, 23))
    assert calendar.is_working(dt.date(2028, 1, 15))
    assert calendar.warning(2028) is None
    for broken in ({}, {"year": 2028}, {"year": "x", "months": []}, {"year": 2028, "months": [{"month": 2, "days": "40"}]}):
        with pytest.raises(BadCalendar):
            from_xmlcalendar(broken)


def test_ten_thousand_deadlines_take_less_than_a_second_or_so():
    start = dt.datetime(2026, 1, 1, tzinfo=MOSCOW)
    before = time.process_time()
    for number in range(10_000):
        deadline(start + dt.timedelta(minutes=37 * number), 16, SCHEDULE, CALENDAR)
    assert time.process_time() - before < 2
