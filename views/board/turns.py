"""Whose turn it is on a request, as a question to the database; `views.board.turn_words` answers it for one request in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import String, and_, exists, false, func, not_, or_, select, true, type_coerce
from sqlmodel import col

from actions.cards.name_search import Condition
from actions.cards.people import OF_LINE
from actions.context import Work
from catalog.kinds import RequestKind
from models.employee import Employee
from models.letters import OutboxLetter, OutboxState
from models.request import AccessRequest, RequestLine, Status


class Turn(StrEnum):
    """The one without whom nothing goes on; a closed request is nobody's."""

    OFFICER = "officer"
    STAFF = "staff"
    DESK = "desk"
    RECIPIENT = "recipient"
    POST = "post"


OPEN = (Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED, Status.REJECTED)
AT_DESK = (Status.SENT, Status.AWAITING)
BEFORE_SENDING = (Status.VALIDATED, Status.SIGNED)
ON_THE_WAY = (OutboxState.PROMISED, OutboxState.CLAIMED, OutboxState.SENDING)
STRANDED = (OutboxState.FAILED, OutboxState.UNCERTAIN)


def whose(work: Work, status: Status, turn: Turn) -> Condition:
    """The condition under which a request of this status waits for this one."""
    if status in (Status.DRAFT, Status.REJECTED):
        return true() if turn is Turn.OFFICER else false()
    if status in AT_DESK:
        return _at_desk(turn, _codes(work, lambda kind: kind.to_desk))
    if status is Status.GRANTED:
        return _granted(turn, _codes(work, lambda kind: kind.verified == "login"))
    if status in BEFORE_SENDING:
        return _before_sending(turn, _awaiting_logins(work, status))
    return false()


def is_late(work: Work) -> Condition:
    """An answer was due before now (AWT-2)."""
    return and_(col(AccessRequest.status).in_(AT_DESK), col(AccessRequest.due_at) < work.now)


def is_asked() -> Condition:
    """The desk has put a question that nobody has answered."""
    return and_(col(AccessRequest.question).is_not(None), col(AccessRequest.status).in_(AT_DESK))


def kinds(work: Work, wanted: Callable[[RequestKind], bool]) -> Condition:
    """The request's kind is one of those in the catalogue for which that holds."""
    return _of_kind(_codes(work, wanted))


LoginsByState = tuple[tuple[Status, tuple[str, ...]], ...]


def logins_by_state(work: Work) -> LoginsByState:
    """Which kinds wait for first logins before the sending: signed ones, and those that need no signature."""
    return tuple((status, _awaiting_logins(work, status)) for status in BEFORE_SENDING)


def ready_for(turn: Turn, logins: LoginsByState) -> Condition:
    """What is about to leave and waits for this one."""
    return _by_status({status: _before_sending(turn, awaiting) for status, awaiting in logins})


def _awaiting_logins(work: Work, status: Status) -> tuple[str, ...]:
    return _codes(work, lambda kind: kind.first_login and (status is Status.SIGNED or not kind.signature))


def _codes(work: Work, wanted: Callable[[RequestKind], bool]) -> tuple[str, ...]:
    return tuple(code for code, kind in work.catalog.kinds.items() if wanted(kind))


# Conditions are values without a session: making one costs more than a small query, so each is made once.
@lru_cache(maxsize=200)
def _of_kind(codes: tuple[str, ...]) -> Condition:
    return col(AccessRequest.kind).in_(codes) if codes else false()


@lru_cache(maxsize=50)
def _at_desk(turn: Turn, desk: tuple[str, ...]) -> Condition:
    asked = col(AccessRequest.question).is_not(None)
    return {
        Turn.OFFICER: asked,
        Turn.DESK: and_(not_(asked), _of_kind(desk)),
        Turn.RECIPIENT: and_(not_(asked), not_(_of_kind(desk))),
    }.get(turn, false())


@lru_cache(maxsize=50)
def _granted(turn: Turn, by_login: tuple[str, ...]) -> Condition:
    return {Turn.OFFICER: not_(_of_kind(by_login)), Turn.STAFF: _of_kind(by_login)}.get(turn, false())


@lru_cache(maxsize=50)
def _before_sending(turn: Turn, awaiting: tuple[str, ...]) -> Condition:
    """A letter that leaves, else one that did not, else a signature, else first logins (USR-3), else the sending."""
    leaving = _newest_letter_is(ON_THE_WAY)
    staff = and_(_logins_owed(awaiting), not_(_newest_letter_is((*ON_THE_WAY, *STRANDED)))) if awaiting else false()
    return {Turn.POST: leaving, Turn.STAFF: staff, Turn.OFFICER: and_(not_(leaving), not_(staff))}.get(turn, false())


def _newest_letter_is(states: Iterable[OutboxState]) -> Condition:
    """Few letters are on their way at any moment: their index is asked before the letters of each request."""
    candidates = select(col(OutboxLetter.request_id)).where(
        col(OutboxLetter.state).in_(states),
        col(OutboxLetter.purpose) == "package",
        col(OutboxLetter.request_id).is_not(None),
    )
    newest = (
        select(col(OutboxLetter.state))
        .where(
            col(OutboxLetter.request_id) == col(AccessRequest.id),
            col(OutboxLetter.purpose) == "package",
            col(OutboxLetter.version) == col(AccessRequest.version),
        )
        .order_by(col(OutboxLetter.id).desc())
        .limit(1)
        .correlate(AccessRequest)
        .scalar_subquery()
    )
    # A letter of another version makes a candidate without a newest one: no NULL may come out, it would survive a NOT.
    return and_(
        col(AccessRequest.id).in_(candidates),
        func.coalesce(type_coerce(newest, String), "").in_([state.value for state in states]),
    )


def _logins_owed(awaiting: tuple[str, ...]) -> Condition:
    owed = exists(
        select(col(RequestLine.id))
        .join(Employee, OF_LINE)
        .where(col(RequestLine.request_id) == col(AccessRequest.id), col(Employee.first_login_on).is_(None))
        .correlate(AccessRequest)
    )
    return and_(_of_kind(awaiting), owed)


def any_of(work: Work, turn: Turn, statuses: Iterable[Status]) -> Condition:
    """Requests of these states that wait for this one."""
    return _by_status({status: whose(work, status, turn) for status in statuses})


def _by_status(meant: Mapping[Status, Condition]) -> Condition:
    """States in which nothing is meant are left out: with «0 = 1 OR …» SQLite reads the whole table."""
    never = false()
    return or_(
        never, *(and_(col(AccessRequest.status) == status, each) for status, each in meant.items() if each is not never)
    )
