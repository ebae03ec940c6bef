"""Dates as letters write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = ("янв", "фев", "мар", "апр", "ма[йя]", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_MONTH = "|".join(f"(?P<m{number}>{stem})" for number, stem in enumerate(_MONTHS, 1))
_DATE = re.compile(
    r"(?<![\d.])(?:(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d{2})"
    r"|(?P<iso>20\d{2}-\d{2}-\d{2})"
    rf"|(?P<dayword>\d{{1,2}}) (?:{_MONTH})[а-я]{{0,6}}\.?(?: (?P<yearword>20\d{{2}}))?"
    r"|(?P<short>\d{1,2})\.(?P<shortmonth>\d{2}))(?![\d]|\.\d)(?:\s?(?:г\.?|гг\.?|года|году)(?!\w))?"
)
TIME = re.compile(
    r"(?:\bв )?(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?: ?\(?(?:мск|msk|по московскому времени|по москве)\b\)?)?"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date with its place; `day` None for one that cannot be."""

    start: int
    end: int
    day: dt.date | None


def days_in(text: str, today: dt.date | None) -> Iterator[Day]:
    """Every date of the text in order; one without a year is of the year that brings it nearest to `today`."""
    for found in _DATE.finditer(text):
        yield Day(found.start(), found.end(), _day(found, today))


def _day(found: re.Match[str], today: dt.date | None) -> dt.date | None:
    groups = found.groupdict()
    try:
        if groups["iso"]:
            return dt.date.fromisoformat(groups["iso"])
        if groups["day"]:
            year = int(groups["year"])
            return dt.date(year if year > 99 else 2000 + year, int(groups["month"]), int(groups["day"]))
        if groups["short"]:
            return _nearest(int(groups["short"]), int(groups["shortmonth"]), today)
        month = next(number for number in range(1, 13) if groups[f"m{number}"])
        if groups["yearword"]:
            return dt.date(int(groups["yearword"]), month, int(groups["dayword"]))
        return _nearest(int(groups["dayword"]), month, today)
    except ValueError:
        return None


def _nearest(day: int, month: int, today: dt.date | None) -> dt.date | None:
    if today is None:
        return None
    return min(
        (dt.date(year, month, day) for year in (today.year - 1, today.year, today.year + 1)),
        key=lambda one: abs((one - today).days),
    )
