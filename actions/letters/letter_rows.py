"""Letters of a request, in and out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from models.letters import InboxLetter, OutboxLetter
from models.request import AccessRequest


def letters_in(work: Work, request: AccessRequest) -> Sequence[InboxLetter]:
    query = select(InboxLetter).where(col(InboxLetter.request_id) == request.id).order_by(col(InboxLetter.id))
    return work.session.execute(query).scalars().all()


def letters_out(work: Work, request: AccessRequest) -> Sequence[OutboxLetter]:
    query = select(OutboxLetter).where(col(OutboxLetter.request_id) == request.id).order_by(col(OutboxLetter.id))
    return work.session.execute(query).scalars().all()
