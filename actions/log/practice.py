"""Whether a database was made for practice: the first line of its log says so, wherever a copy of it travels."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from actions.context import Work
from actions.log import audit
from models.audit import Event

BEGUN = "practice.begun"
_FIRST = select(col(Event.action)).where(col(Event.seq) == 1)


def is_begun(session: Session) -> bool:
    return session.execute(_FIRST).scalar_one_or_none() == BEGUN


def is_empty(session: Session) -> bool:
    """Whether nobody has ever done anything here: whatever is done is in the log."""
    return session.execute(_FIRST).first() is None


def begin(work: Work) -> None:
    audit.record(work, "practice.begun", "installation")
