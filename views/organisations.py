"""Organisations that the user sees: their list, and those that a page offers to choose from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from actions.context import Work
from models.grant import Grant
from models.organisation import Organisation
from models.request import AccessRequest
from models.text import fold
from states.statuses import OPEN

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


def listed(work: Work, text: str = "", *, limit: int = 50, offset: int = 0) -> tuple[int, Sequence[Organisation]]:
    """How many fit, and a page of them by name. Words of the name in any order, or the beginning of an ИНН or ОГРН."""
    where: list[ColumnElement[bool]] = []
    for word in fold(text).split():
        numbers = (col(Organisation.inn), col(Organisation.ogrn)) if word.isdigit() else ()
        where.append(or_(_named(word), *(number.startswith(word) for number in numbers)))
    count = work.session.execute(select(func.count()).select_from(Organisation).where(*where)).scalar_one()
    query = select(Organisation).where(*where).order_by(*_BY_NAME)
    return count, work.session.execute(query.limit(limit).offset(offset)).scalars().all()


def listed_after(work: Work, after: int, *, inn: str = "", text: str = "", limit: int) -> Sequence[Organisation]:
    """In the order of their numbers, behind number `after`: programs go through all of them page by page."""
    query = select(Organisation).where(col(Organisation.id) > after, *map(_named, fold(text).split()))
    if inn:
        query = query.where(col(Organisation.inn) == inn)
    return work.session.execute(query.order_by(col(Organisation.id)).limit(limit)).scalars().all()


def _named(word: str) -> ColumnElement[bool]:
    return col(Organisation.fold).contains(word, autoescape=True)


def open_requests(work: Work, numbers: Collection[int]) -> Mapping[int, int]:
    """How many requests of each are still on their way."""
    query = (
        select(col(AccessRequest.organisation_id), func.count())
        .where(col(AccessRequest.organisation_id).in_(numbers), col(AccessRequest.status).in_(OPEN))
        .group_by(col(AccessRequest.organisation_id))
    )
    return dict(work.session.execute(query).tuples().all())
