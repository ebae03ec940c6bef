"""Organisations that a page offers to choose from."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from models.grant import Grant
from models.organisation import Organisation

OFFERED = 500  # of more a part of the name is typed
_BY_NAME = (col(Organisation.fold), col(Organisation.id))


def by_name(work: Work, *, limit: int | None = OFFERED, but: Organisation | None = None) -> Sequence[Organisation]:
    query = select(Organisation).order_by(*_BY_NAME).limit(limit)
    if but is not None:
        query = query.where(col(Organisation.id) != but.id)
    return work.session.execute(query).scalars().all()


def with_roles(work: Work, *, now: bool = False) -> Sequence[Organisation]:
    """Those in which somebody has held a role, or with `now` holds one still."""
    given = select(col(Grant.organisation_id))
    if now:
        given = given.where(col(Grant.until).is_(None))
    query = select(Organisation).where(col(Organisation.id).in_(given)).order_by(*_BY_NAME).limit(OFFERED)
    return work.session.execute(query).scalars().all()


def among(work: Work, numbers: Collection[int]) -> set[int]:
    """Those of the numbers that are there."""
    query = select(col(Organisation.id)).where(col(Organisation.id).in_(numbers))
    return {number for number in work.session.execute(query).scalars() if number is not None}
