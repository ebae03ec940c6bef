"""From a moment to a place in the log: events stand in order of time, so a score of look-ups finds any moment."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlmodel import Session, col

from models.audit import ChainHead, Event


def first_since(session: Session, moment: dt.datetime) -> int:
    """The number of the first event at or after the moment; one past the last when there is none.

    The log has an index on what was done and its number, none on time: a span of numbers is read from it alone.
    Events of one second may stand the other way round, which no month or day notices.
    """
    head = session.execute(select(col(ChainHead.seq)).where(col(ChainHead.id) == 1)).scalar_one_or_none() or 0
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        at = session.execute(select(col(Event.at)).where(col(Event.seq) == middle)).scalar_one_or_none()
        if at is not None and at < moment:
            low = middle + 1
        else:
            high = middle
    return low
