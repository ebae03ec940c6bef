"""How many letters wait for a person: the number beside the menu's entry."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlmodel import col

from actions.context import Work
from models.letters import InboxLetter, OutboxLetter
from states.statuses import STRANDED, TO_READ


def waiting(work: Work) -> int:
    letters_in = select(func.count()).select_from(InboxLetter).where(col(InboxLetter.state).in_(TO_READ))
    letters_out = select(func.count()).select_from(OutboxLetter).where(col(OutboxLetter.state).in_(STRANDED))
    return int(work.session.execute(letters_in).scalar_one() + work.session.execute(letters_out).scalar_one())
