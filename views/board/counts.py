"""How many requests there are: by state, by whose turn it is, late ones, those with a question of the desk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, String, bindparam, func, literal, select, type_coerce, union_all
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from actions.cards.name_search import Condition
from actions.context import Work
from actions.log.audit import anchor
from models.request import AccessRequest, Status
from states.lifecycle import traits_of
from states.statuses import AT_DESK, BEFORE_SENDING, CLOSED, OPEN
from states.turn import Standing, Turn, turn_of
from views.board.searching import Filters, conditions
from views.board.turns import Kinds, any_of, kinds_of

_OF_LETTERS = (Turn.POST, Turn.STAFF)  # before the sending, state and kind do not tell whose turn it is
_MOST, *_FEWER = CLOSED
_Counts = defaultdict[str, Counter[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Tally:
    """By state as filtered; by turn, late and asked without those choices, so that another one can be made."""

    states: dict[Status, int]
    turns: dict[Turn, int]
    overdue: int
    asked: int

    @property
    def total(self) -> int:
        return sum(self.states.values())


def tally(work: Work, filters: Filters) -> Tally:
    """Where very many are open, an unfiltered count is kept until the log grows: whoever changes anything leaves an event."""
    if filters.any:
        return _counted(work, filters)
    key = (
        str(work.session.get_bind().engine.url),
        work.by,
        work.now.replace(second=0, microsecond=0),
        str(anchor(work.session)),
    )
    if key in _KEPT:
        return _KEPT[key]
    found = _counted(work, filters)
    if sum(number for status, number in found.states.items() if status in OPEN) >= KEPT_FROM:
        if len(_KEPT) >= _MANY:
            _KEPT.clear()
        _KEPT[key] = found
    return found


KEPT_FROM = 5_000  # open requests, of which counting takes a third of the page
_MANY = 200
_KEPT: dict[
    tuple[object, ...], Tally
] = {}  # by who looks: he sees his organisations, and changing those is an event too


def _counted(work: Work, filters: Filters) -> Tally:
    """Everything is counted in one statement. Of closed requests only the number is asked: they are the many."""
    plain, known = filters == filters.wider, kinds_of(work)
    if filters.any:
        statement = _statement(known, conditions(work, filters.wider), plain=plain)
    else:
        statement = _unfiltered(known)
    counted: _Counts = defaultdict(Counter)
    for part, in_status, of_kind, number in work.session.execute(statement, {"now": work.now}):
        counted[part][in_status, of_kind] = number
    states = _states(counted) if plain else _chosen(work, filters)
    return Tally(
        states={status: states[status] for status in Status if states[status]},
        turns=_turns(work, counted),
        overdue=counted["late"].total(),
        asked=sum(number for (status, _), number in counted["asked"].items() if status in AT_DESK),
    )


@lru_cache(maxsize=8)
def _unfiltered(known: Kinds) -> CompoundSelect[Any]:
    """What every look at the board asks; making the statement anew costs more than its answer."""
    return _statement(known, (), plain=True)


def _statement(known: Kinds, wider: Sequence[Condition], *, plain: bool) -> CompoundSelect[Any]:
    """Rows of (what is counted, state, kind, number). The most frequent state is what remains of all."""
    state, due = col(AccessRequest.status), col(AccessRequest.due_at)
    parts = [
        _grouped("open", [state.in_(OPEN), *wider]),
        _grouped("asked", [col(AccessRequest.question).is_not(None), *wider]),
        _total("late", [state.in_(AT_DESK), due < bindparam("now", type_=UTCDateTime()), *wider]),
        *(_total(turn.value, [any_of(known, turn, BEFORE_SENDING), *wider]) for turn in _OF_LETTERS),
    ]
    if plain:
        parts += [_total("every", wider), *(_total(status.value, [state == status, *wider]) for status in _FEWER)]
    return union_all(*parts)


def _grouped(part: str, where: Sequence[Condition]) -> Select[Any]:
    columns: tuple[Any, ...] = (type_coerce(col(AccessRequest.status), String), col(AccessRequest.kind))
    return select(literal(part), *columns, func.count()).select_from(AccessRequest).where(*where).group_by(*columns)


def _total(part: str, where: Sequence[Condition]) -> Select[Any]:
    return select(literal(part), literal(""), literal(""), func.count()).select_from(AccessRequest).where(*where)


def _states(counted: _Counts) -> Counter[Status]:
    states: Counter[Status] = Counter({status: counted[status.value].total() for status in _FEWER})
    for (status, _), number in counted["open"].items():
        states[Status(status)] += number
    states[_MOST] = counted["every"].total() - states.total()
    return states


def _chosen(work: Work, filters: Filters) -> Counter[Status]:
    """What the filters leave of each state."""
    if filters.turn is None:
        where = conditions(work, filters)
        query = select(col(AccessRequest.status), func.count()).where(*where).group_by(col(AccessRequest.status))
        return Counter(dict(work.session.execute(query).tuples().all()))
    meant = [status for status in OPEN if filters.status in (status, None)]
    parts = [_total(status.value, conditions(work, filters, status)) for status in meant]
    if not parts:
        return Counter()
    return Counter({Status(status): number for status, _, _, number in work.session.execute(union_all(*parts))})


def _turns(work: Work, counted: _Counts) -> dict[Turn, int]:
    turns: Counter[Turn] = Counter()
    for (status, code), number in counted["open"].items():
        traits, asked = traits_of(work.catalog.kind(code)), counted["asked"][status, code]
        for question, many in ((True, asked), (False, number - asked)):
            turn = turn_of(Standing(Status(status), traits, question=question))
            if turn is not None:
                turns[turn] += many
    for turn in _OF_LETTERS:
        moved = counted[turn.value].total()
        turns[turn] += moved
        turns[Turn.OFFICER] -= moved
    return {turn: turns[turn] for turn in Turn if turns[turn]}
