"""The employee's trouble report that is still open, so that nobody reports the same thing twice by a second click."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from actions.steps.personal import Visit
from models.request import AccessRequest, RequestLine
from states.statuses import UNANSWERED


def open_report(work: Work, seen: Visit) -> AccessRequest | None:
    query = (
        select(AccessRequest)
        .join(RequestLine, col(RequestLine.request_id) == col(AccessRequest.id))
        .where(
            col(AccessRequest.parent_id) == seen.request.id,
            col(AccessRequest.relation) == "trouble",
            col(AccessRequest.status).in_(UNANSWERED),
            col(RequestLine.person_id) == seen.line.person_id,
        )
        .order_by(col(AccessRequest.id).desc())
    )
    return work.session.execute(query.limit(1)).scalar_one_or_none()
