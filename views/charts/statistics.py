"""What managers look at over a period: how fast the desk answers, why it refuses, how many requests stood where.

All of it comes from events of steps, read by their place in the log, so erased requests count like any other. Every query
meets the request's row, by which a user sees only his organisations.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased
from sqlmodel import col

from actions.context import Conflict, Work
from actions.log.times import first_since
from catalog.refusals import OTHER, group_of
from models.audit import Event
from models.moments import MOSCOW
from models.request import AccessRequest, RequestedRole, RequestLine, Status
from states.deadlines import working_intervals
from states.lifecycle import STEPS
from states.outcomes import REFUSED

FIRST_YEAR = 2018  # of the regulation
_SUBJECT = "request:"
# Written out, not bound: PostgreSQL takes two bound values for two expressions and refuses to group by one of them.
_NUMBER_FROM = literal_column(str(len(_SUBJECT) + 1), Integer)
_SENDING = ("request.confirm", "request.hand_over")
_ANSWERS = ("request.grant", "request.reject")
_CREATED = "request.created"
ERASED = "Причина стёрта вместе с данными работников"
# A step that stays where it is moves nothing and is not counted.
_MOVING = (_CREATED, *dict.fromkeys(f"request.{step.trigger}" for step in STEPS if step.destination is not None))


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or a quarter of it; days by Moscow's clock."""

    year: int
    quarter: int | None = None

    def __post_init__(self) -> None:
        if self.quarter not in (None, 1, 2, 3, 4) or not FIRST_YEAR <= self.year <= 2100:
            raise Conflict(f"Такого периода нет. Выберите год от {FIRST_YEAR} и квартал от 1 до 4.")

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, 3 * (self.quarter or 1) - 2, 1)

    @property
    def end(self) -> dt.date:
        """The day after the last."""
        months = 3 * self.quarter if self.quarter else 12
        return dt.date(self.year + months // 12, months % 12 + 1, 1)

    def months(self) -> list[dt.date]:
        """First days of its months."""
        first = self.first.month
        return [dt.date(self.year, number, 1) for number in range(first, first + (3 if self.quarter else 12))]

    def marks(self) -> list[dt.date]:
        """Where a state is looked at: each month's first day and the end; in a quarter every Monday."""
        if self.quarter is None:
            return [*self.months(), self.end]
        monday = self.first + dt.timedelta(days=-self.first.weekday() % 7)
        days = [self.first] if monday != self.first else []
        while monday < self.end:
            days.append(monday)
            monday += dt.timedelta(days=7)
        return [*days, self.end]


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), MOSCOW)


def _request_id(event: Any) -> ColumnElement[int]:
    """The request of an event whose subject is `request:ID`."""
    return cast(func.substr(col(event.subject), _NUMBER_FROM), Integer)


def _of(query: Select[Any], organisation_id: int | None) -> Select[Any]:
    return query if organisation_id is None else query.where(col(AccessRequest.organisation_id) == organisation_id)


# Requests by state over time


@dataclass(frozen=True, slots=True)
class Standing:
    """How many requests stood in each state at the beginning of a day; of the present day, how many stand now."""

    day: dt.date
    counts: dict[Status, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def states_over_time(work: Work, period: Period, organisation_id: int | None = None) -> list[Standing]:
    """From the present counts back, move by move, for the days of the period that have begun."""
    today = work.now.astimezone(MOSCOW).date()
    marks = [day for day in period.marks() if day <= today]
    if period.first <= today < period.end and marks[-1] != today:
        marks.append(today)
    if not marks:
        return []
    counts = _counts_now(work, organisation_id)
    moments = [work.now + dt.timedelta(days=1) if day == today else midnight(day) for day in marks]
    places = [first_since(work.session, moment) for moment in moments]
    standings = []
    for day, moves in zip(reversed(marks), _moves_after(work, places, organisation_id), strict=True):
        for (source, target), number in moves.items():
            counts[target] -= number
            if source is not None:
                counts[source] += number
        standings.append(Standing(day, {status: max(counts[status], 0) for status in Status}))
    return standings[::-1]


def _counts_now(work: Work, organisation_id: int | None) -> Counter[Status]:
    query = select(col(AccessRequest.status), func.count()).group_by(col(AccessRequest.status))
    return Counter(dict(work.session.execute(_of(query, organisation_id)).tuples().all()))


_Moves = Counter[tuple[Status | None, Status]]


def _moves_after(work: Work, places: Sequence[int], organisation_id: int | None) -> Iterator[_Moves]:
    """Moves from each place to the following one, the last span first; the last is open to the present."""
    until: int | None = None
    for place in reversed(places):
        yield _moves(work, place, until, organisation_id)
        until = place


def _moves(work: Work, since: int, until: int | None, organisation_id: int | None) -> _Moves:
    source, target = (_told(work, key) for key in ("source", "target"))
    query = (
        select(col(Event.action), source, target, func.count())
        .join(AccessRequest, col(AccessRequest.id) == _request_id(Event))
        .where(col(Event.action).in_(_MOVING), col(Event.seq) >= since)
        .group_by(col(Event.action), source, target)
    )
    if until is not None:
        query = query.where(col(Event.seq) < until)
    moves: _Moves = Counter()
    for action, was, became, number in work.session.execute(_of(query, organisation_id)):
        if action == _CREATED:
            moves[None, Status.DRAFT] += number
        elif was != became:
            moves[Status(was), Status(became)] += number
    return moves


def _told(work: Work, key: str) -> ColumnElement[Any]:
    """A value of an event's data."""
    if work.session.get_bind().dialect.name == "sqlite":
        value: ColumnElement[Any] = func.json_extract(col(Event.data), f"$.{key}")
    else:
        value = cast(col(Event.data), JSONB)[key].astext
    return value


# Turnaround of the desk


@dataclass(frozen=True, slots=True)
class Turnaround:
    """How the desk answered in a month: working hours from sending to the answer, and how many kept the term."""

    month: dt.date
    answers: int
    median_hours: float | None
    in_time: int

    @property
    def share(self) -> float | None:
        return self.in_time / self.answers if self.answers else None


def turnaround(work: Work, period: Period, organisation_id: int | None = None) -> list[Turnaround]:
    """Every month of the period, by the day of the answer; requests to others than the desk are left out (AWT-2)."""
    hours: dict[dt.date, list[float]] = {month: [] for month in period.months()}
    in_time: Counter[dt.date] = Counter()
    watch = WorkingWatch(work)
    for sent, answered, term in _answered(work, period, organisation_id):
        month = answered.astimezone(MOSCOW).date().replace(day=1)
        if month not in hours:  # told by the log's order, which may differ by a second at midnight
            continue
        taken = watch.hours(sent, answered)
        hours[month].append(taken)
        in_time[month] += taken <= term
    return [
        Turnaround(month, len(taken), round(median(taken), 1) if taken else None, in_time[month])
        for month, taken in hours.items()
    ]


def _answered(
    work: Work, period: Period, organisation_id: int | None
) -> Iterator[tuple[dt.datetime, dt.datetime, int]]:
    """(sent, answered, term in working hours) of every answer of the desk within the period."""
    terms = {code: kind.desk_hours for code, kind in work.catalog.kinds.items() if kind.to_desk}
    since, until = (first_since(work.session, midnight(day)) for day in (period.first, period.end))
    sending = aliased(Event)
    sent = (
        select(func.max(col(sending.at)))
        .where(
            col(sending.subject) == col(Event.subject),
            col(sending.action).in_(_SENDING),
            col(sending.seq) < col(Event.seq),
        )
        .correlate(Event)
        .scalar_subquery()
    )
    query = (
        select(sent, col(Event.at), col(AccessRequest.kind))
        .join(AccessRequest, col(AccessRequest.id) == _request_id(Event))
        .where(col(Event.action).in_(_ANSWERS), col(Event.seq) >= since, col(Event.seq) < until)
        .where(col(AccessRequest.kind).in_(terms))
    )
    for began, answered, kind in work.session.execute(_of(query, organisation_id)):
        if began is not None:
            yield began, answered, terms[kind]


class WorkingWatch:
    """Working hours of the desk between two moments; each day is reckoned once, however many answers fall on it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._zone = ZoneInfo(work.desk_schedule.zone)
        self._days: list[dt.date] = []
        self._starts: list[float] = []  # minutes worked before each of the days
        self._parts: dict[dt.date, list[tuple[float, float]]] = {}

    def hours(self, start: dt.datetime, end: dt.datetime) -> float:
        self._reach(start.astimezone(self._zone).date(), end.astimezone(self._zone).date())
        return max(self._worked(end) - self._worked(start), 0.0) / 60

    def _reach(self, first: dt.date, last: dt.date) -> None:
        """Reckon the days from the first to the last that have not been reckoned."""
        if self._days and first >= self._days[0] and last <= self._days[-1]:
            return
        begin = min(first, self._days[0]) if self._days else first
        end = max(last, self._days[-1]) if self._days else last
        margin = dt.timedelta(days=90)  # answers come in no order: grow by steps, not by days
        total, day, stop = 0.0, begin - margin, end + margin
        self._days, self._starts = [], []
        while day <= stop:
            self._days.append(day)
            self._starts.append(total)
            total += sum(until - since for since, until in self._intervals(day))
            day += dt.timedelta(days=1)

    def _intervals(self, day: dt.date) -> list[tuple[float, float]]:
        if day not in self._parts:
            intervals = working_intervals(day, self._work.desk_schedule, self._work.calendar)
            self._parts[day] = [(_minutes(part.start), _minutes(part.end)) for part in intervals]
        return self._parts[day]

    def _worked(self, moment: dt.datetime) -> float:
        local = moment.astimezone(self._zone)
        place = bisect_right(self._days, local.date()) - 1
        now = _minutes(local)
        parts = self._intervals(self._days[place])
        return self._starts[place] + sum(max(min(now, until) - since, 0.0) for since, until in parts)


def _minutes(moment: dt.datetime) -> float:
    return moment.hour * 60 + moment.minute + moment.second / 60


# Reasons of refusals


@dataclass(frozen=True, slots=True)
class Refusals:
    """How many employees were refused for such a reason; `rule` "" where none is known."""

    label: str
    number: int
    rule: str


def refusals(work: Work, period: Period, organisation_id: int | None = None) -> list[Refusals]:
    """Most frequent first. Only groups leave this function: the desk's own words may hold names.

    A role keeps the words of its last refusal; who was refused several roles for one reason, or twice, counts once.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for reason in _reasons(work, period, organisation_id):
        group = group_of(reason) if reason else None
        counted[(group.label, group.rule) if group else (OTHER if reason else ERASED, "")] += 1
    ordered = sorted(counted.items(), key=lambda item: (item[0][0] in (OTHER, ERASED), -item[1], item[0]))
    return [Refusals(label, number, rule) for (label, rule), number in ordered]


def _reasons(work: Work, period: Period, organisation_id: int | None) -> Iterator[str]:
    """Of roles that were refused by an answer in the period: still refused, moved to a draft, or corrected since.

    "" for a refusal whose words were erased with the request's personal data.
    """
    since, until = (first_since(work.session, midnight(day)) for day in (period.first, period.end))
    answered = (
        select(_request_id(Event).label("request_id"), func.max(col(Event.action)).label("action"))
        .where(col(Event.action).in_(_ANSWERS), col(Event.seq) >= since, col(Event.seq) < until)
        .group_by(_request_id(Event))
        .subquery()
    )
    refused, reason = col(RequestedRole.state).in_(REFUSED), col(RequestedRole.reason)
    query = (
        select(col(RequestedRole.line_id), reason)
        .join(RequestLine, col(RequestLine.id) == col(RequestedRole.line_id))
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .join(answered, answered.c.request_id == col(AccessRequest.id))
        .where(refused | (reason.is_not(None) & (answered.c.action == "request.reject")))
        .distinct()
    )
    yield from (words or "" for _, words in work.session.execute(_of(query, organisation_id)))
