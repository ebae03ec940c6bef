"""The day that roles are wanted or given until."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from models.facts import LineFacts
from models.findings import Finding
from states.rules.telling import of_line
from states.rules.values import read_date


def last_day(line: LineFacts) -> dt.date | None:
    """None when no day is named, or what is named is no date."""
    value, problem = read_date(line.asked_until) if line.asked_until else ("", "")
    return dt.date.fromisoformat(value) if value and not problem else None


def check_last_day(line: LineFacts, today: dt.date, since: dt.date | None = None) -> Iterator[Finding]:
    """A date, not over, and not before the first day."""
    value, problem = read_date(line.asked_until)
    if problem:
        yield of_line("APP-11", line, "asked_until", f"До какого дня: {problem}")
        return
    last = dt.date.fromisoformat(value)
    if since and last < since:
        yield of_line(
            "APP-11",
            line,
            "asked_until",
            f"Последний день роли {last:%d.%m.%Y} раньше первого, {since:%d.%m.%Y}. Проверьте обе даты.",
        )
    elif last < today:
        yield of_line(
            "APP-11",
            line,
            "asked_until",
            f"Последний день роли {last:%d.%m.%Y} уже прошёл. Укажите день впереди или уберите дату, если срока нет.",
        )
