"""Requests in the order in which they are looked at: the first of each state, or page by page of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, select, union_all
from sqlalchemy.orm import load_only
from sqlmodel import col

from actions.cards.name_search import Condition
from actions.context import Work
from models.organisation import Organisation
from models.request import AccessRequest, Status
from states.statuses import AT_DESK, OPEN, URGENCY
from views.board.searching import Filters, conditions

SORTS = ("number", "organisation", "state", "since", "due", "version")


def columns(work: Work, filters: Filters, limits: Mapping[Status, int]) -> dict[Status, list[AccessRequest]]:
    """The first requests of several states, in two statements for all of them."""
    if not limits:
        return {}
    if filters.any:
        statement = _firsts({status: (conditions(work, filters, status), limit) for status, limit in limits.items()})
    else:
        statement = _unfiltered(tuple(limits.items()))
    found: dict[Status, list[AccessRequest]] = {status: [] for status in limits}
    for request in _loaded(work, work.session.execute(statement).scalars().all()):
        found[request.status].append(request)
    return found


@lru_cache(maxsize=64)
def _unfiltered(limits: tuple[tuple[Status, int], ...]) -> CompoundSelect[Any]:
    """What every look at the board asks; making the statement anew costs more than its answer."""
    return _firsts({status: ([col(AccessRequest.status) == status], limit) for status, limit in limits})


def _firsts(wanted: Mapping[Status, tuple[Sequence[Condition], int]]) -> CompoundSelect[Any]:
    """Each state's first ones, ordered within it: a limited part of a union has to be a subquery."""
    parts = (_in_state(status, where).limit(limit).subquery() for status, (where, limit) in wanted.items())
    return union_all(*(select(part.c.id) for part in parts))


def _in_state(status: Status, where: Sequence[Condition]) -> Select[Any]:
    """Late ones first, then those that wait longest; of the closed ones the newest first."""
    due, since, number = col(AccessRequest.due_at), col(AccessRequest.status_since), col(AccessRequest.id)
    order: tuple[ColumnElement[Any], ...]
    if status in AT_DESK:
        order = (due.asc().nulls_last(), number.asc())
    elif status in OPEN:
        order = (since.asc(), number.asc())
    else:
        order = (since.desc(), number.desc())
    return select(number).where(*where).order_by(*order)


def in_order(
    work: Work, filters: Filters, states: dict[Status, int], *, sort: str, descending: bool, limit: int, offset: int = 0
) -> list[AccessRequest]:
    """A page of the list. `sort` is one of SORTS; "" and "state" go from state to state, most urgent first."""
    if sort in ("", "state"):
        return _by_state(work, filters, states, descending=descending, limit=limit, offset=offset)
    number = col(AccessRequest.id)
    query = select(number).where(*conditions(work, filters))
    if sort == "organisation":
        query = query.join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
    column: Any = {
        "number": number,
        "organisation": col(Organisation.fold),
        "since": col(AccessRequest.status_since),
        "due": col(AccessRequest.due_at),
        "version": col(AccessRequest.version),
    }[sort]
    first = column.desc() if descending else column.asc()
    query = query.order_by(
        first.nulls_last() if sort == "due" else first, number.desc() if descending else number.asc()
    )
    return _loaded(work, _numbers(work, query, limit, offset))


def _by_state(
    work: Work, filters: Filters, states: dict[Status, int], *, descending: bool, limit: int, offset: int
) -> list[AccessRequest]:
    """What lies before the page is skipped by the numbers of the states, not by reading it."""
    numbers: list[int] = []
    for status in reversed(URGENCY) if descending else URGENCY:
        if offset >= states.get(status, 0):
            offset -= states.get(status, 0)
            continue
        numbers += _numbers(work, _in_state(status, conditions(work, filters, status)), limit - len(numbers), offset)
        offset = 0
        if len(numbers) >= limit:
            break
    return _loaded(work, numbers)


def _numbers(work: Work, query: Select[Any], limit: int, offset: int) -> Sequence[int]:
    return work.session.execute(query.limit(limit).offset(offset)).scalars().all()


def _loaded(work: Work, numbers: Sequence[int]) -> list[AccessRequest]:
    """In that order, with the columns that lists show: the others are long or many."""
    query = select(AccessRequest).where(col(AccessRequest.id).in_(numbers)).options(_SHOWN_OF_REQUEST)
    found = {request.id: request for request in work.session.execute(query).scalars()}
    return [found[number] for number in numbers if number in found]


_request: Any = AccessRequest
_SHOWN_OF_REQUEST = load_only(
    _request.id,
    _request.number,
    _request.kind,
    _request.organisation_id,
    _request.status,
    _request.version,
    _request.status_since,
    _request.due_at,
    _request.ticket,
    _request.question,
)
_organisation: Any = Organisation
_SHOWN_OF_ORGANISATION = load_only(
    _organisation.id, _organisation.inn, _organisation.short_name, _organisation.full_name
)


def pairs(work: Work, requests: Sequence[AccessRequest]) -> list[tuple[AccessRequest, Organisation]]:
    """Each with its organisation."""
    wanted = {request.organisation_id for request in requests}
    query = select(Organisation).where(col(Organisation.id).in_(wanted)).options(_SHOWN_OF_ORGANISATION)
    known = {organisation.id: organisation for organisation in work.session.execute(query).scalars()}
    return [(request, known[request.organisation_id]) for request in requests]


def with_requests(work: Work, *, limit: int) -> list[tuple[str, str]]:
    """(name, ИНН) of the organisations that have any, by name; at most so many."""
    asked = select(col(AccessRequest.id)).where(col(AccessRequest.organisation_id) == col(Organisation.id)).exists()
    columns = col(Organisation.short_name), col(Organisation.full_name), col(Organisation.inn)
    query = select(*columns).where(asked).order_by(col(Organisation.fold), col(Organisation.id)).limit(limit)
    return [(short or full or f"ИНН {inn}", inn) for short, full, inn in work.session.execute(query)]
