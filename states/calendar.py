"""Working days of Russia: which day works, which is shorter, which is off, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from catalog.calendar import CalendarTable, calendar_table
from refusals import Refusal


class DayKind(StrEnum):
    WORKING = "working"
    SHORTENED = "shortened"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Day:
    """One day and the reason for what it is, in Russian."""

    kind: DayKind
    why: str = ""


class BadCalendar(Refusal, ValueError):
    """An imported calendar.json is not one; the text is Russian."""


@dataclass(frozen=True)
class WorkingCalendar:
    """Производственный календарь. `overrides` are the administrator's own days and win over the table."""

    table: CalendarTable = field(default_factory=calendar_table)
    overrides: Mapping[dt.date, Day] = field(default_factory=dict)
    imported_years: frozenset[int] = frozenset()

    @cached_property
    def _off(self) -> frozenset[dt.date]:
        return frozenset(self.table.off)

    @cached_property
    def _working(self) -> dict[dt.date, dt.date]:
        return {moved.day: moved.instead_of for moved in self.table.working}

    @cached_property
    def _known(self) -> dict[dt.date, Day]:
        """Days that were asked for already: a board asks for the same ones a thousand times."""
        return {}

    def day(self, date: dt.date) -> Day:
        if date not in self._known:
            self._known[date] = self._day(date)
        return self._known[date]

    def _day(self, date: dt.date) -> Day:
        if date in self.overrides:
            return self.overrides[date]
        if date in self._working:
            return self._moved(date, self._working[date])
        if self._is_holiday(date):
            return Day(DayKind.OFF, "нерабочий праздничный день")
        if date.weekday() >= 5:
            return Day(DayKind.OFF, "суббота" if date.weekday() == 5 else "воскресенье")
        if date in self._off:
            return Day(DayKind.OFF, "выходной день по переносу")
        return Day(DayKind.SHORTENED, "короче на час: канун праздника") if self._is_eve(date) else Day(DayKind.WORKING)

    def _moved(self, date: dt.date, instead_of: dt.date) -> Day:
        """As long as the day that it replaces: an hour shorter only if that one would have been."""
        name = f"{'рабочая суббота' if date.weekday() == 5 else 'рабочее воскресенье'} вместо {instead_of:%d.%m.%Y}"
        return (
            Day(DayKind.SHORTENED, f"{name}, короче на час") if self._is_eve(instead_of) else Day(DayKind.WORKING, name)
        )

    def _is_eve(self, date: dt.date) -> bool:
        """Right before a holiday itself; a day off that was only moved there shortens nothing (Labour Code, article 95)."""
        return self._is_holiday(date + dt.timedelta(days=1))

    def _is_holiday(self, date: dt.date) -> bool:
        return f"{date:%m-%d}" in self.table.fixed

    def is_working(self, date: dt.date) -> bool:
        return self.day(date).kind is not DayKind.OFF

    def shifted(self, start: dt.date, days: int) -> dt.date:
        """The day that lies `days` working days after `start`, before it where `days` is negative."""
        day, left, step = start, abs(days), dt.timedelta(days=1 if days > 0 else -1)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and with `end`."""
        days = (start + dt.timedelta(days=number) for number in range(1, (end - start).days + 1))
        return sum(1 for day in days if self.is_working(day))

    def is_decreed(self, year: int) -> bool:
        return year in self.table.decreed or year in self.imported_years

    def warning(self, year: int) -> str | None:
        """A year without a decree is counted by weekends and fixed holidays, and that is said."""
        if self.is_decreed(year):
            return None
        return (
            f"Производственного календаря на {year} год нет: учтены только выходные, постоянные праздники и короткие дни "
            "перед ними, без переносов. Когда выйдет постановление, загрузите календарь."
        )

    def warnings(self, first: dt.date, last: dt.date) -> tuple[str, ...]:
        """Of every year from the first day to the last."""
        years = range(first.year, last.year + 1)
        return tuple(text for year in years if (text := self.warning(year)))


def from_xmlcalendar(document: Mapping[str, Any]) -> tuple[int, dict[dt.date, Day]]:
    """The year and its days out of a calendar.json of xmlcalendar («1,2,3*,4+»). Raises BadCalendar."""
    try:
        year, months = int(document["year"]), {int(month["month"]): str(month["days"]) for month in document["months"]}
        if sorted(months) != list(range(1, 13)):  # a month left out would become one without days off
            raise ValueError("not twelve months")
        days = {
            dt.date(year, number, 1) + dt.timedelta(days=offset): Day(DayKind.WORKING)
            for number in range(1, 13)
            for offset in range(_length(year, number))
        }
        for number, marks in months.items():
            for mark in marks.split(","):
                date = dt.date(year, number, int(mark.strip().rstrip("*+")))
                days[date] = _marked(mark.strip())
    except (KeyError, TypeError, ValueError) as error:
        raise BadCalendar(
            "Файл не похож на calendar.json: нужны year и двенадцать months с днями вида «1,2,3*,4+»."
        ) from error
    return year, days


def _length(year: int, month: int) -> int:
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return (following - dt.date(year, month, 1)).days


def _marked(mark: str) -> Day:
    if mark.endswith("*"):
        return Day(DayKind.SHORTENED, "короче на час")
    return Day(DayKind.OFF, "выходной день по переносу" if mark.endswith("+") else "выходной день")
