"""Search in the audit log: newest first, a page at a time, by what its indexes find fast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, func, literal, or_, select
from sqlmodel import Session, col

from actions.context import Work
from models.account import Account
from models.audit import Event
from models.employee import Employee
from models.letters import InboxLetter, OutboxLetter
from models.organisation import Organisation
from models.request import AccessRequest

PAGE = 50
# Whoever acted has no index: so many events are looked through for one page, then the reader says whether to go on.
LOOKED_THROUGH = 1_000_000
_CHUNK = 2000
_SLACK = dt.timedelta(hours=1)  # events of transactions side by side are numbered a little out of time
MACHINE = "-"  # `actor` of a search for what nobody did on the page: schedules, commands, personal links


@dataclass(frozen=True, slots=True)
class Search:
    """`until` is exclusive; `actor` is a login, MACHINE or ""; `accounts` False hides what is about accounts.

    `scoped` True leaves only what is about requests and organisations that the session sees.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    actor: str = ""
    actions: tuple[str, ...] = ()
    subject: str = ""
    scoped: bool = False
    accounts: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """`older`: where the next page begins, None at the end. `unfinished`: so far nothing more was found, but it may be."""

    events: tuple[Event, ...]
    older: int | None
    unfinished: bool = False


def find(work: Work, search: Search, before: int | None = None) -> Found:
    """The newest events that fit, or those before event number `before`."""
    low, high = _span(work.session, search)
    high = min(high, before) if before is not None else high
    floor = max(low, high - LOOKED_THROUGH) if search.actor else low
    where = [*_conditions(search), col(Event.seq) >= floor, col(Event.seq) < high]
    if search.actions and not search.subject and not search.scoped:
        numbers = _newest(work.session, search.actions, where)
        query = select(Event).where(col(Event.seq).in_(numbers))
    else:
        if search.actions:
            where.append(col(Event.action).in_(search.actions))
        query = select(Event).where(*where)
    events = work.session.execute(query.order_by(col(Event.seq).desc()).limit(PAGE + 1)).scalars().all()
    if len(events) > PAGE:
        return Found(tuple(events[:PAGE]), events[PAGE - 1].seq)
    if floor > low:
        return Found(tuple(events), floor, unfinished=True)
    return Found(tuple(events), None)


def _newest(session: Session, actions: Iterable[str], where: Sequence[ColumnElement[bool]]) -> list[int]:
    """Each action by its own index: an IN would sort all that ever happened of them."""
    numbers: list[int] = []
    for action in actions:
        query = select(col(Event.seq)).where(col(Event.action) == action, *where)
        numbers += session.execute(query.order_by(col(Event.seq).desc()).limit(PAGE + 1)).scalars()
    return sorted(numbers, reverse=True)[: PAGE + 1]


def every(work: Work, search: Search) -> Iterator[Event]:
    """All that fit, oldest first, few in memory at a time."""
    low, high = _span(work.session, search)
    where = [*_conditions(search), col(Event.seq) < high]
    if search.actions:
        where.append(col(Event.action).in_(search.actions))
    last = low - 1
    while True:
        query = select(Event).where(*where, col(Event.seq) > last).order_by(col(Event.seq)).limit(_CHUNK)
        events = work.session.execute(query).scalars().all()
        yield from events
        if len(events) < _CHUNK:
            return
        last = events[-1].seq
        work.session.expunge_all()


def after(
    work: Work, seq: int, *, action: str = "", subject: str = "", limit: int, narrowed: bool
) -> tuple[list[Event], int | None]:
    """Events behind number `seq`, oldest first, and where the next page begins. `narrowed`: only of requests that are seen."""
    query = select(Event).where(col(Event.seq) > seq).order_by(col(Event.seq)).limit(limit + 1)
    if action:
        query = query.where(col(Event.action) == action)
    if subject:
        query = query.where(col(Event.subject) == subject)
    if narrowed:
        query = query.where(col(Event.subject).startswith("request:"))
    found = work.session.execute(query).scalars().all()
    shown, last = list(found[:limit]), found[limit - 1].seq if len(found) > limit else None
    if narrowed:
        seen = _seen_requests(work, {event.subject for event in shown})
        shown = [event for event in shown if event.subject in seen]
    return shown, last


def latest(work: Work, *actions: str, subject: str = "") -> Event | None:
    """The newest event of these, about that subject where one is named."""
    query = select(Event).where(col(Event.action).in_(actions)).order_by(col(Event.seq).desc()).limit(1)
    if subject:
        query = query.where(col(Event.subject) == subject)
    return work.session.execute(query).scalar_one_or_none()


def _seen_requests(work: Work, subjects: Iterable[str]) -> set[str]:
    ids = [int(subject.partition(":")[2]) for subject in subjects]
    query = select(col(AccessRequest.id)).where(col(AccessRequest.id).in_(ids))
    return {f"request:{number}" for number in work.session.execute(query).scalars()}


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if search.since:
        where.append(col(Event.at) >= search.since)
    if search.until:
        where.append(col(Event.at) < search.until)
    if search.actor == MACHINE:
        where.append(col(Event.actor).not_in(select(col(Account.login))))
    elif search.actor:
        where.append(col(Event.actor) == search.actor)
    if search.subject:
        where.append(col(Event.subject) == search.subject)
    if search.scoped:
        where.append(or_(*_seen(), *([col(Event.subject).startswith("account:")] if search.accounts else [])))
    elif not search.accounts:
        where.append(~col(Event.subject).startswith("account:"))
    return where


def _seen() -> list[ColumnElement[bool]]:
    """Subjects of what the session's own narrowing lets through.

    Old records of a person, from before each organisation had its own card of him, may be of others' doing.
    """
    rows = (
        ("employee:", Employee.id),
        ("request:", AccessRequest.id), ("organisation:", Organisation.id), ("letter:", OutboxLetter.id),
        ("inbox:", InboxLetter.id),
    )  # fmt: skip
    return [col(Event.subject).in_(each) for each in (select(_named(kind, number)) for kind, number in rows)]


def _named(kind: str, number: int | None) -> ColumnElement[str]:
    return literal(kind) + cast(col(number), String)


def _span(session: Session, search: Search) -> tuple[int, int]:
    """Numbers between which the period lies: events are numbered in the order of time, so a few looks find them."""
    head = session.execute(select(func.max(col(Event.seq)))).scalar_one_or_none() or 0
    low = _first_from(session, search.since - _SLACK, head) if search.since else 1
    high = _first_from(session, search.until + _SLACK, head) if search.until else head + 1
    return low, high


def _first_from(session: Session, moment: dt.datetime, head: int) -> int:
    """The number of the first event that is not before the moment."""
    low, high = 1, head + 1
    while low < high:
        middle = (low + high) // 2
        query = select(col(Event.at)).where(col(Event.seq) >= middle).order_by(col(Event.seq)).limit(1)
        at = session.execute(query).scalar_one_or_none()
        if at is not None and at < moment:
            low = middle + 1
        else:
            high = middle
    return low
