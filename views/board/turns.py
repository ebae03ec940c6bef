"""The table of turns (`states.turn`) as a question to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
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
from states.lifecycle import Trait, traits_of
from states.statuses import AT_DESK
from states.turn import Turn, rows_of

Kinds = tuple[tuple[str, frozenset[Trait]], ...]
"""Codes of the catalogue's kinds, each with what decides its way."""


def whose(work: Work, status: Status, turn: Turn) -> Condition:
    """The condition under which a request of this status waits for this one."""
    return _whose(status, turn, kinds_of(work))


def is_late(work: Work) -> Condition:
    """An answer was due before now (AWT-2)."""
    return and_(col(AccessRequest.status).in_(AT_DESK), col(AccessRequest.due_at) < work.now)


def is_asked() -> Condition:
    """The desk has put a question that nobody has answered."""
    return and_(col(AccessRequest.question).is_not(None), col(AccessRequest.status).in_(AT_DESK))


def kinds(work: Work, wanted: Callable[[RequestKind], bool]) -> Condition:
    """The request's kind is one of those in the catalogue for which that holds."""
    return _of_kind(tuple(code for code, kind in work.catalog.kinds.items() if wanted(kind)))


def kinds_of(work: Work) -> Kinds:
    return tuple((code, traits_of(kind)) for code, kind in work.catalog.kinds.items())


def any_of(known: Kinds, turn: Turn, statuses: Iterable[Status]) -> Condition:
    """Requests of these states that wait for this one. With «0 = 1 OR …» SQLite reads the whole table: what never holds is left out."""
    meant = {status: _whose(status, turn, known) for status in statuses}
    never = false()
    return or_(
        never, *(and_(col(AccessRequest.status) == status, each) for status, each in meant.items() if each is not never)
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of the table's rows the database is asked: of neighbours that differ in words only there is one."""

    turn: Turn
    traits: frozenset[Trait] = frozenset()
    logins: bool = False
    asked: bool = False
    letters: tuple[OutboxState, ...] = ()

    @property
    def of_kind_only(self) -> bool:
        return not (self.logins or self.asked or self.letters)


def _asked(status: Status) -> list[_Asked]:
    found: list[_Asked] = []
    for row in rows_of(status):
        one = _Asked(row.turn, row.traits, row.logins, row.asked, row.letters)
        if (
            found
            and replace(found[-1], letters=()) == replace(one, letters=())
            and bool(found[-1].letters) == bool(one.letters)
        ):
            found[-1] = replace(one, letters=(*found[-1].letters, *one.letters))
        else:
            found.append(one)
    return found


# Conditions are values without a session: making one costs more than a small query, so each is made once.
@lru_cache(maxsize=200)
def _whose(status: Status, turn: Turn, known: Kinds) -> Condition:
    """The last row of a status holds whenever no other does, so its turn has what the others have not."""
    rows = _asked(status)
    turns = {row.turn for row in rows}
    if turn not in turns:
        return false()
    if turn is rows[-1].turn:
        return not_(or_(false(), *(_whose(status, other, known) for other in Turn if other in turns - {turn})))
    return or_(*(_holds(row, rows[:place], known) for place, row in enumerate(rows) if row.turn is turn))


def _holds(row: _Asked, earlier: Sequence[_Asked], known: Kinds) -> Condition:
    """This row, and none of another turn before it."""
    before = [each for each in earlier if each.turn is not row.turn]
    settled = [each.traits for each in before if each.of_kind_only]
    codes = [code for code in _codes(row, known) if not any(those <= dict(known)[code] for those in settled)]
    excluded = [_facts(each, _codes(each, known), known) for each in _letters_at_once(before) if not each.of_kind_only]
    return and_(_facts(row, codes, known), *map(not_, excluded)) if codes else false()


def _codes(row: _Asked, known: Kinds) -> list[str]:
    return [code for code, traits in known if row.traits <= traits]


def _letters_at_once(rows: Sequence[_Asked]) -> list[_Asked]:
    """The letter is asked about once, whoever would have to move."""
    of_letters = [row for row in rows if row == _Asked(row.turn, letters=row.letters) and row.letters]
    states = tuple(state for row in of_letters for state in row.letters)
    return [*(row for row in rows if row not in of_letters), *(replace(row, letters=states) for row in of_letters[:1])]


def _facts(row: _Asked, codes: Sequence[str], known: Kinds) -> Condition:
    parts: list[Condition] = [] if len(codes) == len(known) else [_of_kind(tuple(codes))]
    parts += [_logins_owed()] if row.logins else []
    parts += [col(AccessRequest.question).is_not(None)] if row.asked else []
    parts += [_newest_letter_is(row.letters)] if row.letters else []
    return and_(true(), *parts)


@lru_cache(maxsize=200)
def _of_kind(codes: tuple[str, ...]) -> Condition:
    return col(AccessRequest.kind).in_(codes) if codes else false()


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


def _logins_owed() -> Condition:
    return exists(
        select(col(RequestLine.id))
        .join(Employee, OF_LINE)
        .where(col(RequestLine.request_id) == col(AccessRequest.id), col(Employee.first_login_on).is_(None))
        .correlate(AccessRequest)
    )
