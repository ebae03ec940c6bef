"""Deadlines agree with a count minute by minute over every decreed year; every skipped or shorter day says why."""

from __future__ import annotations

import bisect
import datetime as dt
import json
import time
from decimal import Decimal
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalog.calendar import calendar_table
from states.calendar import BadCalendar, DayKind, WorkingCalendar, from_xmlcalendar
from states.deadlines import Schedule, TooFar, deadline, explain, working_time_between
from wiring.calendar import working_calendar
from wiring.settings import Settings

MOSCOW = ZoneInfo("Europe/Moscow")
CALENDAR, SCHEDULE = WorkingCalendar(), Schedule()
YEARS = (2024, 2025, 2026, 2027)
# As the calendars of these years were published; our own are derived.
SHORTENED = {
    2024: "02-22 03-07 05-08 06-11 11-02",
    2025: "03-07 04-30 06-11 11-01",
    2026: "04-30 05-08 06-11 11-03",
    2027: "02-20 04-30 06-11 11-03",
}
MINUTE = dt.timedelta(minutes=1)


def working_minutes() -> list[dt.datetime]:
    """Every working minute of these years, straight from the lists that were published, without our calendar."""
    russia = holidays.country_holidays("RU", years=YEARS)
    shortened = {dt.date.fromisoformat(f"{year}-{day}") for year, days in SHORTENED.items() for day in days.split()}
    minutes = []
    day = dt.date(YEARS[0], 1, 1)
    while day.year in YEARS:
        if russia.is_working_day(day):
            for minute in range(9 * 60, 18 * 60 - (60 if day in shortened else 0)):
                if not 13 * 60 <= minute < 14 * 60:
                    minutes.append(dt.datetime.combine(day, dt.time(minute // 60, minute % 60), MOSCOW))
        day += dt.timedelta(days=1)
    return minutes


MINUTES = working_minutes()


def counted_by_minutes(start: dt.datetime, minutes: int) -> dt.datetime:
    """The end of the last of so many working minutes that begin at or after `start`, whole minutes only."""
    first = bisect.bisect_left(MINUTES, start)
    return MINUTES[first + minutes - 1] + MINUTE


@pytest.mark.rule("AWT-2")
@settings(max_examples=400, deadline=None)
@given(
    start=st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 11, 30)).map(
        lambda d: d.replace(second=0, microsecond=0)
    ),
    minutes=st.integers(1, 60 * 40),
)
def test_deadline_is_what_a_count_of_minutes_gives(start, minutes):
    aware = start.replace(tzinfo=MOSCOW)
    reckoned = deadline(aware, minutes / 60, SCHEDULE, CALENDAR)
    assert abs(reckoned.due - counted_by_minutes(aware, minutes)) < dt.timedelta(seconds=1)


@pytest.mark.rule("AWT-2")
def test_every_hour_of_the_decreed_years_agrees_for_sixteen_hours():
    start = dt.datetime(2024, 1, 1, tzinfo=MOSCOW)
    while start < dt.datetime(2027, 12, 20, tzinfo=MOSCOW):
        assert deadline(start, 16, SCHEDULE, CALENDAR).due == counted_by_minutes(start, 16 * 60), start
        start += dt.timedelta(hours=1, minutes=7)


def test_calendar_is_the_official_one_on_every_day_of_the_decreed_years():
    assert calendar_table().decreed == YEARS
    russia = holidays.country_holidays("RU", years=YEARS)
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=number) for number in range(366 + 3 * 365)]
    for day in days:
        assert CALENDAR.is_working(day) == russia.is_working_day(day), day
    assert [sum(CALENDAR.is_working(day) for day in days if day.year == year) for year in YEARS] == [248, 247, 247, 247]


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-12-30", 1, "2027-01-11"),
        ("2027-01-11", -2, "2026-12-29"),
        ("2026-11-29", -1, "2026-11-27"),
    ],
)
def test_so_many_working_days_on_or_back_skip_what_the_calendar_skips(start, days, due):
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(due)
    assert CALENDAR.shifted(first, days) == last
    assert days < 0 or CALENDAR.working_days(first, last) == days


def test_working_weekends_stand_for_the_days_that_the_decrees_name():
    moved = holidays.country_holidays("RU", years=YEARS)
    for each in calendar_table().working:
        assert f"{each.day:%m/%d/%Y}" in moved[each.instead_of], each
        assert moved.is_working_day(each.day)
        assert each.day.weekday() >= 5


@pytest.mark.rule("AWT-2")
@pytest.mark.parametrize(
    ("day", "kind", "why"),
    [
        ("2027-11-03", "shortened", "канун праздника"),
        ("2027-02-20", "shortened", "рабочая суббота вместо 22.02.2027, короче на час"),
        ("2024-11-02", "shortened", "рабочая суббота вместо 30.04.2024, короче на час"),
        ("2024-04-27", "working", "рабочая суббота вместо 29.04.2024"),
        ("2024-12-28", "working", "рабочая суббота вместо 30.12.2024"),
        ("2026-12-30", "working", ""),  # before a day off that was only moved there
        ("2026-05-08", "shortened", "канун праздника"),  # before a holiday that falls on a Saturday
        ("2027-05-07", "working", ""),  # before a mere weekend
        ("2026-03-06", "working", ""),
        ("2028-11-03", "shortened", "канун праздника"),  # no decree yet, but the Code holds
        ("2028-02-22", "shortened", "канун праздника"),
    ],
)
def test_day_is_shorter_only_right_before_a_holiday_itself(day, kind, why):
    found = CALENDAR.day(dt.date.fromisoformat(day))
    assert found.kind.value == kind
    assert why in found.why


def test_own_calendar_says_itself_which_days_are_shorter():
    year, days = from_xmlcalendar(xmlcalendar(2027, nov="4,5,6,7,13,14,20,21,27,28", mar="1*,6,7,8,13,14,20,21,27,28"))
    calendar = WorkingCalendar(overrides=days, imported_years=frozenset({year}))
    assert calendar.day(dt.date(2027, 11, 3)).kind is DayKind.WORKING
    assert calendar.day(dt.date(2027, 3, 1)).kind is DayKind.SHORTENED


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
        ("2027-02-20T16:30", 1, "2027-02-24T09:30"),
        ("2027-04-30T16:00", 2, "2027-05-04T10:00"),
        ("2027-06-11T16:30", 1, "2027-06-15T09:30"),
        ("2024-04-27T17:00", 2, "2024-05-02T10:00"),
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


def test_explanation_names_the_days_that_are_shorter():
    reckoned = deadline(dt.datetime(2027, 2, 19, 10, tzinfo=MOSCOW), 16, SCHEDULE, CALENDAR)
    assert [day.date.isoformat() for day in reckoned.shortened] == ["2027-02-20"]
    assert "  20.02.2027: рабочая суббота вместо 22.02.2027, короче на час" in explain(reckoned)


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
@given(start=st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 10, 1)), hours=st.integers(1, 60))
def test_time_between_start_and_deadline_is_what_was_asked(start, hours):
    aware = start.replace(tzinfo=MOSCOW)
    due = deadline(aware, hours, SCHEDULE, CALENDAR).due
    assert working_time_between(aware, due, SCHEDULE, CALENDAR) == dt.timedelta(hours=hours)
    assert working_time_between(due, aware, SCHEDULE, CALENDAR) == -dt.timedelta(hours=hours)


def xmlcalendar(year: int, **marks: str) -> dict[str, object]:
    """A calendar.json with the weekends of every month, and other days where `jan`… say so."""
    months = []
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    ):
        days = (dt.date(year, number, 1) + dt.timedelta(days=n) for n in range(31))
        weekends = ",".join(str(day.day) for day in days if day.month == number and day.weekday() >= 5)
        months.append({"month": number, "days": marks.get(name, weekends)})
    return {"year": year, "months": months, "transitions": [{"from": "01.08", "to": "01.09"}]}


def test_imported_calendar_wins():
    document = xmlcalendar(2028, jan="1,2,3,4,5,6,7,8,9,10+,16,22,23,29,30", feb="5,6,12,13,19,20,22*,23,26,27")
    year, days = from_xmlcalendar(document)
    calendar = WorkingCalendar(overrides=days, imported_years=frozenset({year}))
    assert calendar.day(dt.date(2028, 2, 22)).kind is DayKind.SHORTENED
    assert not calendar.is_working(dt.date(2028, 2, 23))
    assert calendar.day(dt.date(2028, 1, 10)).why == "выходной день по переносу"
    assert calendar.is_working(dt.date(2028, 1, 15)), "a Saturday that is not listed works"
    assert not calendar.is_working(dt.date(2028, 12, 31))
    assert calendar.warning(2028) is None
    assert calendar.warning(2029) is not None


@pytest.mark.rule("AWT-2")
def test_imported_year_of_a_decreed_one_gives_the_same_deadlines():
    names = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    marks: dict[str, list[str]] = {name: [] for name in names}
    for number in range(365):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        kind = CALENDAR.day(day).kind
        if kind is not DayKind.WORKING:
            marks[names[day.month - 1]].append(f"{day.day}{'*' if kind is DayKind.SHORTENED else ''}")
    year, days = from_xmlcalendar(xmlcalendar(2026, **{name: ",".join(some) for name, some in marks.items()}))
    imported = WorkingCalendar(overrides=days, imported_years=frozenset({year}))
    start = dt.datetime(2026, 1, 1, tzinfo=MOSCOW)
    while start.year == 2026:
        assert deadline(start, 16, SCHEDULE, imported).due == deadline(start, 16, SCHEDULE, CALENDAR).due, start
        start += dt.timedelta(hours=5, minutes=11)


@pytest.mark.parametrize(
    "broken",
    [
        {}, [], {"year": 2028}, {"year": "x", "months": []}, {"year": 2028, "months": []}, {"year": 2028, "months": None},
        xmlcalendar(2028, feb="40"), xmlcalendar(2028, feb=""), xmlcalendar(2028, feb="1;2"), xmlcalendar(2027, feb="29"),
        {"year": 2028, "months": xmlcalendar(2028)["months"][:11]},
    ],
)  # fmt: skip
def test_broken_calendar_is_refused(broken):
    with pytest.raises(BadCalendar, match="двенадцать months"):
        from_xmlcalendar(broken)


def test_administrators_file_is_read_and_a_broken_one_is_named(tmp_path):
    path = tmp_path / "calendar.json"
    path.write_text("\ufeff" + json.dumps(xmlcalendar(2028, mar="1,2,3")), "utf-8")
    calendar = working_calendar(Settings(home=tmp_path, calendar_file=path))
    assert not calendar.is_working(dt.date(2028, 3, 1))
    assert calendar.warning(2028) is None
    assert not calendar.is_working(dt.date(2026, 11, 4)), "the shipped years stay"
    path.write_text("{")
    with pytest.raises(BadCalendar, match=r"calendar\.json не прочитать"):
        working_calendar(Settings(home=tmp_path, calendar_file=path))


def test_lists_of_the_decrees_stand_in_the_data():
    """Days off besides weekends and 1–8 January, working Saturdays and shortened days, as they were published."""
    told = {
        2024: ("02-23 03-08 04-29 04-30 05-01 05-09 05-10 06-12 11-04 12-30 12-31", "04-27 11-02 12-28"),
        2025: ("05-01 05-02 05-08 05-09 06-12 06-13 11-03 11-04 12-31", "11-01"),
        2026: ("01-09 02-23 03-09 05-01 05-11 06-12 11-04 12-31", ""),
        2027: ("02-22 02-23 03-08 05-03 05-10 06-14 11-04 11-05 12-31", "02-20"),
    }
    new_year = {f"01-{day:02}" for day in range(1, 9)}
    for year, lists in told.items():
        days = [day for number in range(366) if (day := dt.date(year, 1, 1) + dt.timedelta(days=number)).year == year]
        off = {f"{d:%m-%d}" for d in days if d.weekday() < 5 and not CALENDAR.is_working(d)} - new_year
        saturdays = {f"{d:%m-%d}" for d in days if d.weekday() >= 5 and CALENDAR.is_working(d)}
        shortened = {f"{d:%m-%d}" for d in days if CALENDAR.day(d).kind is DayKind.SHORTENED}
        assert (off, saturdays, shortened) == tuple(set(days.split()) for days in (*lists, SHORTENED[year])), year


HOURS = [
    Schedule(dt.time(8), dt.time(17), dt.time(12), dt.time(13)),
    Schedule(dt.time(10), dt.time(16), dt.time(13), dt.time(13)),
    Schedule(dt.time(9), dt.time(17, 30), dt.time(12, 30), dt.time(13, 15), "Asia/Vladivostok"),
    Schedule(dt.time(9), dt.time(18), dt.time(17), dt.time(18), "Europe/Kaliningrad"),
    Schedule(dt.time(14), dt.time(20), dt.time(13), dt.time(14), "Asia/Kamchatka"),
]


@pytest.mark.rule("AWT-2")
@settings(max_examples=120, deadline=None)
@given(
    schedule=st.sampled_from(HOURS),
    start=st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 11, 30)).map(
        lambda d: d.replace(second=0, microsecond=0)
    ),
    minutes=st.integers(1, 60 * 20),
)
@example(HOURS[3], dt.datetime(2026, 11, 3, 8), 60 * 9)  # a shortened day whose break would be its last hour
def test_other_hours_and_zones_agree_with_a_walk_minute_by_minute(schedule, start, minutes):
    aware = start.replace(tzinfo=ZoneInfo(schedule.zone))
    at, left = aware, minutes
    while left:
        left -= works(at, schedule)
        at += MINUTE
    assert abs(deadline(aware, Decimal(minutes) / 60, schedule, CALENDAR).due - at) < dt.timedelta(seconds=1)


def works(at: dt.datetime, schedule: Schedule) -> bool:
    kind = CALENDAR.day(at.date()).kind
    closes = schedule.closes.replace(hour=schedule.closes.hour - (kind is DayKind.SHORTENED))
    on_break = schedule.break_from <= at.time() < schedule.break_until
    return kind is not DayKind.OFF and schedule.opens <= at.time() < closes and not on_break


@pytest.mark.parametrize("hours", [-1, -0.5, float("nan")])
def test_hours_below_nothing_are_no_deadline(hours):
    with pytest.raises(ValueError, match="negative"):
        deadline(dt.datetime(2026, 11, 23, 10, tzinfo=MOSCOW), hours, SCHEDULE, CALENDAR)


def test_reckoning_as_json_holds_moments_with_their_zone():
    told = deadline(dt.datetime(2026, 11, 20, 16, tzinfo=MOSCOW), 3, SCHEDULE, CALENDAR).as_json()
    assert told == {
        "due": "2026-11-23T10:00:00+03:00",
        "counted": [
            {"from": "2026-11-20T16:00:00+03:00", "to": "2026-11-20T18:00:00+03:00"},
            {"from": "2026-11-23T09:00:00+03:00", "to": "2026-11-23T10:00:00+03:00"},
        ],
        "skipped": [{"date": "2026-11-21", "why": "суббота"}, {"date": "2026-11-22", "why": "воскресенье"}],
        "warnings": [],
    }


def test_ten_thousand_deadlines_take_less_than_a_second_or_so():
    start = dt.datetime(2026, 1, 1, tzinfo=MOSCOW)
    before = time.process_time()
    for number in range(10_000):
        deadline(start + dt.timedelta(minutes=37 * number), 16, SCHEDULE, CALENDAR)
    assert time.process_time() - before < 2
