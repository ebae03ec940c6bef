"""The board's columns, its list and their cards: a few queries for any number of requests."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from actions.cards.people import OF_LINE
from actions.context import Work
from actions.requests import lookup
from models.employee import Employee
from models.letters import OutboxLetter, OutboxState
from models.organisation import Organisation
from models.request import AccessRequest, LineState, RequestLine, Status
from states.statuses import AT_DESK, CLOSED, ORDER
from states.turn import Standing
from states.words.requests import status_label
from views.board import order as boards
from views.board.addresses import Look
from views.board.counts import Tally, tally
from views.board.searching import Filters, resolved
from views.board.time_left import Term, term_of
from views.board.turn_words import Mover, next_mover

SHOWN, SHOWN_CLOSED, ON_PAGE = 10, 3, 50  # cards of a column, of one that is over, rows of a page
OFFERED = 1000  # organisations that the filter proposes; of more a part of the name is typed


@dataclass(frozen=True, slots=True)
class Card:
    """`title` and `label` are what the kind and the state are called in this kind of request."""

    request: AccessRequest
    organisation: Organisation
    title: str
    label: str
    people: int
    mover: Mover
    term: Term | None


@dataclass(frozen=True, slots=True)
class Column:
    """Requests of one state; `number` counts all of them, not only those shown."""

    status: Status
    label: str
    cards: tuple[Card, ...]
    number: int

    @property
    def more(self) -> int:
        return self.number - len(self.cards)


@dataclass(frozen=True, slots=True)
class Board:
    tally: Tally
    columns: tuple[Column, ...] = ()
    rows: tuple[Card, ...] = ()
    first: int = 0  # of the rows, counted from one
    pages: int = 1


def board(work: Work, look: Look) -> Board:
    """As columns or as one page of the list."""
    filters = resolved(work, look.filters)
    counted = tally(work, filters)
    if look.as_list:
        return _list(work, look, filters, counted)
    return Board(counted, tuple(_columns(work, filters, counted.states)))


def _columns(work: Work, filters: Filters, states: dict[Status, int]) -> list[Column]:
    shown = [status for status in ORDER if status in states]
    found = boards.columns(work, filters, {status: SHOWN_CLOSED if status in CLOSED else SHOWN for status in shown})
    made: dict[Status, list[Card]] = {status: [] for status in shown}
    for card in cards(work, boards.pairs(work, [request for column in found.values() for request in column])):
        made[card.request.status].append(card)
    return [Column(status, status_label(status), tuple(made[status]), states[status]) for status in shown]


def _list(work: Work, look: Look, filters: Filters, counted: Tally) -> Board:
    pages = max(1, -(-counted.total // ON_PAGE))
    offset = (min(look.page, pages) - 1) * ON_PAGE
    found = boards.in_order(
        work, filters, counted.states, sort=look.order, descending=look.descending, limit=ON_PAGE, offset=offset
    )
    return Board(counted, rows=tuple(cards(work, boards.pairs(work, found))), first=offset + 1, pages=pages)


def cards(work: Work, found: Sequence[tuple[AccessRequest, Organisation]]) -> list[Card]:
    ids = [request.id for request, _ in found if request.id is not None]
    if not ids:
        return []
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
    kind, traits = work.catalog.kind(request.kind), lookup.traits(work, request)
    term = term_of(work, request.due_at) if request.status in AT_DESK else None
    standing = Standing(
        status=request.status,
        traits=traits,
        lines=lines,
        first_logins_owed=owed,
        letter=letters.get((request.id or 0, request.version)),
        question=request.question is not None,
        overdue=term is not None and term.overdue,
    )
    people = sum(lines.values()) if kind.people else 0
    label = status_label(request.status, by_login="login" in traits)
    return Card(request, organisation, kind.short_title, label, people, next_mover(standing), term)


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
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .join(Employee, OF_LINE)
        .where(col(RequestLine.request_id).in_(ids), col(Employee.first_login_on).is_(None))
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
