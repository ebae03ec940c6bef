"""Deadlines in working hours, explained: what was counted, which days were skipped and why. Rule AWT-2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from models.moments import MOSCOW
from refusals import Refusal
from states.calendar import DayKind, WorkingCalendar

_HORIZON_DAYS = 366 * 5


@dataclass(frozen=True, slots=True)
class Schedule:
    """Часы работы: one working day, a break in it, a time zone; a shortened day ends an hour earlier."""

    opens: dt.time = dt.time(9, 0)
    closes: dt.time = dt.time(18, 0)
    break_from: dt.time = dt.time(13, 0)
    break_until: dt.time = dt.time(14, 0)
    zone: str = MOSCOW.key


@dataclass(frozen=True, slots=True)
class Interval:
    """Working time without a gap; aware moments in the schedule's zone."""

    start: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day and its reason; also of a day that was counted, but is an hour shorter."""

    date: dt.date
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """`due` is the moment at which the last counted minute ends."""

    due: dt.datetime
    counted: tuple[Interval, ...]
    skipped: tuple[Skipped, ...]
    shortened: tuple[Skipped, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        return {
            "due": self.due.isoformat(),
            "counted": [{"from": part.start.isoformat(), "to": part.end.isoformat()} for part in self.counted],
            "skipped": [{"date": day.date.isoformat(), "why": day.why} for day in self.skipped],
            "warnings": list(self.warnings),
        }


_YEARS = (2000, 2100)  # before, the holidays were others; the years after are nobody's plan


class TooFar(Refusal, ValueError):
    """The deadline or its beginning lies beyond what a calendar can tell; the text is Russian."""


def working_intervals(date: dt.date, schedule: Schedule, calendar: WorkingCalendar) -> Iterator[Interval]:
    """The day's working time: before and after the break."""
    kind = calendar.day(date).kind
    if kind is DayKind.OFF:
        return
    zone = ZoneInfo(schedule.zone)
    opens, closes, break_from, break_until = (
        dt.datetime.combine(date, time, zone)
        for time in (schedule.opens, schedule.closes, schedule.break_from, schedule.break_until)
    )
    if kind is DayKind.SHORTENED:
        closes -= dt.timedelta(hours=1)
    for start, end in ((opens, min(break_from, closes)), (max(break_until, opens), closes)):
        if start < end:
            yield Interval(start, end)


def deadline(start: dt.datetime, hours: Decimal | float, schedule: Schedule, calendar: WorkingCalendar) -> Deadline:
    """`hours` working hours after `start` (aware). Raises TooFar beyond five years and where no calendar reaches, ValueError for negative hours."""
    if not _YEARS[0] <= start.year <= _YEARS[1]:
        raise TooFar(f"Рабочие дни считаются с {_YEARS[0]} по {_YEARS[1]} год: проверьте дату начала.")
    if not hours >= 0:
        raise ValueError("hours cannot be negative")
    now = start.astimezone(ZoneInfo(schedule.zone))
    left = dt.timedelta(seconds=float(Decimal(str(hours)) * 3600))
    counted: list[Interval] = []
    skipped: list[Skipped] = []
    for number in range(_HORIZON_DAYS):
        date = now.date() + dt.timedelta(days=number)
        day = calendar.day(date)
        if day.kind is DayKind.OFF:
            skipped.append(Skipped(date, day.why))
            continue
        for interval in working_intervals(date, schedule, calendar):
            begun = max(interval.start, now)
            if begun >= interval.end:
                continue
            part = Interval(begun, min(interval.end, begun + left))
            if part.length:
                counted.append(part)
            left -= part.length
            if not left:
                told = calendar.warnings(now.date(), date)
                return Deadline(part.end, tuple(counted), tuple(skipped), _shortened(counted, calendar), told)
    raise TooFar("Срок дальше пяти лет: проверьте число часов.")


def _shortened(counted: list[Interval], calendar: WorkingCalendar) -> tuple[Skipped, ...]:
    days = dict.fromkeys(part.start.date() for part in counted)
    return tuple(Skipped(date, day.why) for date in days if (day := calendar.day(date)).kind is DayKind.SHORTENED)


def working_time_between(
    start: dt.datetime, end: dt.datetime, schedule: Schedule, calendar: WorkingCalendar
) -> dt.timedelta:
    """Working time from `start` to `end`; negative when `end` is earlier."""
    if end < start:
        return -working_time_between(end, start, schedule, calendar)
    zone = ZoneInfo(schedule.zone)
    first, last = start.astimezone(zone), end.astimezone(zone)
    total = dt.timedelta()
    for number in range((last.date() - first.date()).days + 1):
        for interval in working_intervals(first.date() + dt.timedelta(days=number), schedule, calendar):
            overlap = min(interval.end, last) - max(interval.start, first)
            total += max(overlap, dt.timedelta())
    return total


def explain(reckoned: Deadline) -> list[str]:
    """The reckoning in plain words, for people."""
    lines = [f"Срок: {reckoned.due:%d.%m.%Y, %H:%M} ({reckoned.due.tzname()})."]
    lines += [f"  считали {part.start:%d.%m.%Y} с {part.start:%H:%M} до {part.end:%H:%M}" for part in reckoned.counted]
    lines += [f"  {day.date:%d.%m.%Y}: {day.why}" for day in reckoned.shortened]
    lines += [f"  пропущено {day.date:%d.%m.%Y}: {day.why}" for day in reckoned.skipped]
    return lines + [f"Внимание. {text}" for text in reckoned.warnings]
