"""A day as pages ask for it: «who held which role on that day» means until its end by Moscow's clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from actions.roles.beliefs import Belief
from models.identifiers import BadIdentifier
from models.moments import MOSCOW


@dataclass(frozen=True, slots=True)
class Day:
    """`start` and `moment` bound it; `moment` is its last one, for today the present one.

    `known`: by what was on record at that moment; None means now.
    """

    date: dt.date
    start: dt.datetime
    moment: dt.datetime
    known: dt.datetime | None = None

    @property
    def belief(self) -> Belief:
        return Belief(self.known)

    @property
    def known_on(self) -> dt.date | None:
        return local_date(self.known) if self.known else None


def date_of(typed: str, wrong: str = "Дату пишут так: 2026-11-23.") -> dt.date:
    """Raises BadIdentifier, which says `wrong`, for what is no date or one that no paper of ours can bear."""
    try:
        date = dt.date.fromisoformat(typed.strip())
    except ValueError:
        raise BadIdentifier(wrong) from None
    if not 1900 <= date.year <= 2100:
        raise BadIdentifier("Такого года здесь быть не может. Проверьте дату.")
    return date


def day_of(typed: str, now: dt.datetime, known_on: str = "") -> Day:
    """Today when nothing is typed. Raises BadIdentifier for what is no date or has not come yet.

    `known_on`: the day whose knowledge counts; today's when nothing is typed. Alone it is the day too.
    """
    if known_on.strip():
        return replace(_day(typed.strip() or known_on, now), known=_day(known_on, now).moment)
    return _day(typed, now)


def _day(typed: str, now: dt.datetime) -> Day:
    today = local_date(now)
    date = date_of(typed) if typed.strip() else today
    if date > today:
        raise BadIdentifier(f"Этот день ещё не наступил. Выберите день не позже {today:%d.%m.%Y}.")
    if date.year < 2000:
        raise BadIdentifier("Так рано ролей ещё не было. Проверьте год.")
    end = midnight(date + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)
    return Day(date, midnight(date), min(end, now).astimezone(dt.UTC))


def local_date(at: dt.datetime) -> dt.date:
    return at.astimezone(MOSCOW).date()


def midnight(date: dt.date) -> dt.datetime:
    """Its beginning by Moscow's clock."""
    return dt.datetime.combine(date, dt.time(), MOSCOW).astimezone(dt.UTC)


def shortcuts(now: dt.datetime) -> list[tuple[str, dt.date]]:
    """(name, date) of the days that reports are made for."""
    today = local_date(now)
    month = today.replace(day=1)
    quarter = month.replace(month=(today.month - 1) // 3 * 3 + 1)
    before = dt.timedelta(days=1)
    return [
        ("сегодня", today),
        ("конец прошлого месяца", month - before),
        ("конец прошлого квартала", quarter - before),
        ("конец прошлого года", today.replace(month=1, day=1) - before),
    ]
