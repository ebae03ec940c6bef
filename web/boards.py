"""The board's cards: a few queries for any number of requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from actions import requests, show
from actions.context import Work
from models.letters import OutboxLetter, OutboxState
from models.organisation import Organisation
from models.person import Person
from models.request import AccessRequest, LineState, RequestLine, Status
from states.guards import status_label
from web.movers import Mover, Standing, next_mover
from web.terms import Term, term_of

SHOWN = 100  # cards of one state
# What needs somebody comes first, what is over comes last.
ORDER = (
    Status.AWAITING, Status.REJECTED, Status.GRANTED, Status.SIGNED, Status.VALIDATED, Status.DRAFT, Status.SENT,
    Status.VERIFIED, Status.WITHDRAWN,
)
_AT_DESK = (Status.SENT, Status.AWAITING)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for."""

    status: Status | None = None
    inn: str = ""
    overdue: bool = False
    text: str = ""

    @property
    def any(self) -> bool:
        return bool(self.status or self.inn or self.overdue or self.text)


@dataclass(frozen=True, slots=True)
class Card:
    request: AccessRequest
    organisation: Organisation
    title: str
    people: int
    mover: Mover
    term: Term | None


@dataclass(frozen=True, slots=True)
class Column:
    """Requests of one state; `more` when not all of them are shown."""

    status: Status
    label: str
    cards: tuple[Card, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Board:
    columns: tuple[Column, ...]
    counts: dict[Status, int]
    overdue: int
    organisations: tuple[Organisation, ...]


def board(work: Work, filters: Filters) -> Board:
    """Columns that hold something, overdue requests first in each."""
    wanted = [filters.status] if filters.status else ORDER
    columns = [_column(work, status, filters) for status in wanted]
    overdue = show.listed(work, overdue=True, limit=SHOWN)
    return Board(
        tuple(column for column in columns if column.cards), _counts(work), len(overdue), tuple(_organisations(work))
    )


def _column(work: Work, status: Status, filters: Filters) -> Column:
    found = show.listed(
        work, status=status, inn=filters.inn or None, overdue=filters.overdue, text=filters.text, limit=SHOWN + 1
    )
    return Column(status, status_label(status), tuple(cards(work, found[:SHOWN])), len(found) > SHOWN)


def _counts(work: Work) -> dict[Status, int]:
    query = select(col(AccessRequest.status), func.count()).group_by(col(AccessRequest.status))
    return dict(work.session.execute(query).tuples().all())


def _organisations(work: Work) -> Sequence[Organisation]:
    """Those that have requests, for the filter; a regional centre searches instead of scrolling past 500."""
    with_requests = select(col(AccessRequest.organisation_id))
    query = select(Organisation).where(col(Organisation.id).in_(with_requests)).order_by(col(Organisation.fold))
    return work.session.execute(query.limit(500)).scalars().all()


def cards(work: Work, found: Sequence[tuple[AccessRequest, Organisation]]) -> list[Card]:
    ids = [request.id for request, _ in found if request.id is not None]
    lines, owed, letters = _lines(work, ids), _first_logins_owed(work, ids), _letters(work, ids)
    return [
        _card(work, request, organisation, lines[request.id or 0], owed[request.id or 0], letters)
        for request, organisation in found
    ]


def _card(
    work: Work,
    request: AccessRequest,
    organisation: Organisation,
    lines: Counter[LineState],
    owed: int,
    letters: dict[tuple[int, int], OutboxState],
) -> Card:
    kind = work.catalog.kind(request.kind)
    term = term_of(work, request.due_at) if request.status in _AT_DESK else None
    standing = Standing(
        status=request.status,
        traits=requests.traits(work, request),
        lines=lines,
        first_logins_owed=owed if kind.first_login else 0,
        letter=letters.get((request.id or 0, request.version)),
        question=request.question is not None,
        overdue=term is not None and term.overdue,
        recipient="Получатель" if not kind.to_desk else "",
    )
    people = sum(lines.values()) if kind.people else 0
    return Card(request, organisation, kind.short_title, people, next_mover(standing), term)


def _lines(work: Work, ids: Sequence[int]) -> defaultdict[int, Counter[LineState]]:
    query = (
        select(col(RequestLine.request_id), col(RequestLine.state), func.count())
        .where(col(RequestLine.request_id).in_(ids))
        .group_by(col(RequestLine.request_id), col(RequestLine.state))
    )
    counted: defaultdict[int, Counter[LineState]] = defaultdict(Counter)
    for request_id, state, number in work.session.execute(query):
        counted[request_id][state] = number
    return counted


def _first_logins_owed(work: Work, ids: Sequence[int]) -> Counter[int]:
    query = (
        select(col(RequestLine.request_id), func.count())
        .join(Person, col(Person.id) == col(RequestLine.person_id))
        .where(col(RequestLine.request_id).in_(ids), col(Person.first_login_on).is_(None))
        .group_by(col(RequestLine.request_id))
    )
    return Counter(dict(work.session.execute(query).tuples().all()))


def _letters(work: Work, ids: Sequence[int]) -> dict[tuple[int, int], OutboxState]:
    """State of the newest application letter by request and version."""
    query = (
        select(col(OutboxLetter.request_id), col(OutboxLetter.version), col(OutboxLetter.state))
        .where(col(OutboxLetter.request_id).in_(ids), col(OutboxLetter.purpose) == "package")
        .order_by(col(OutboxLetter.id))
    )
    return {(request_id, version): state for request_id, version, state in work.session.execute(query)}
