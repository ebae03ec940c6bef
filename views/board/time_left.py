"""How long is left until an answer is due, in the desk's working hours (AWT-2), and how that was counted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from actions.context import Work
from models.request import AccessRequest
from states.deadlines import Deadline, Skipped, deadline, working_time_between


@dataclass(frozen=True, slots=True)
class Term:
    """`left` is a phrase: «осталось 5 раб. ч», «просрочено на 20 мин»."""

    due: dt.datetime
    overdue: bool
    left: str


def term_of(work: Work, due: dt.datetime | None) -> Term | None:
    """None while no answer is awaited."""
    if due is None:
        return None
    overdue = work.now > due
    left = working_time_between(work.now, due, work.desk_schedule, work.calendar)
    return Term(due, overdue, f"{'просрочено на' if overdue else 'осталось'} {_spoken(abs(left))}")


def _spoken(length: dt.timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60}\u00a0раб.\u00a0ч" if minutes >= 60 else f"{minutes}\u00a0мин"


@dataclass(frozen=True, slots=True)
class CountedDay:
    """Working time of one day: «9:00–13:00, 14:00–18:00»; `why` it is shorter than others, if it is."""

    date: dt.date
    hours: str
    length: str
    why: str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Why an answer is due then. Of another recipient days are counted, not hours: `calendar_days`."""

    since: dt.datetime
    term: Term
    hours: int | None
    calendar_days: int | None
    counted: tuple[CountedDay, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    now_due: dt.datetime | None  # by today's calendar, when it differs from what was promised


def reckoning_of(work: Work, request: AccessRequest) -> Reckoning | None:
    """None while no answer is awaited. The moment that was written down at the sending stays the one that counts."""
    term, since = term_of(work, request.due_at), request.sent_at
    if term is None or since is None:
        return None
    kind = work.catalog.kind(request.kind)
    if not kind.to_desk:
        return Reckoning(since, term, None, kind.answer_days, (), (), (), None)
    again = deadline(since, kind.desk_hours, work.desk_schedule, work.calendar)
    differs = abs(again.due - term.due) >= dt.timedelta(minutes=1)
    return Reckoning(
        since,
        term,
        kind.desk_hours,
        None,
        tuple(_days(again)),
        again.skipped,
        again.warnings,
        again.due if differs else None,
    )


def _days(reckoned: Deadline) -> list[CountedDay]:
    days, why = [], {day.date: day.why for day in reckoned.shortened}
    for date, parts in groupby(reckoned.counted, key=lambda part: part.start.date()):
        intervals = list(parts)
        told = ", ".join(f"{part.start:%H:%M}–{part.end:%H:%M}" for part in intervals)
        length = _length(sum((part.length for part in intervals), dt.timedelta()))
        days.append(CountedDay(date, told, length, why.get(date, "")))
    return days


def _length(length: dt.timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds() // 60), 60)
    return (
        " ".join(
            part for part in (f"{hours}\u00a0ч" if hours else "", f"{minutes}\u00a0мин" if minutes else "") if part
        )
        or "0\u00a0мин"
    )
