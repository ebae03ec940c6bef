"""How long is left until an answer is due, in the desk's working hours (AWT-2)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from actions.context import Work
from states.deadlines import working_time_between


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
