"""Records of the log for a pack of evidence: those about its subject in full, the others only to link them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from documents.evidence import LoggedEvent
from models.audit import Event
from models.employee import Employee

_AT_ONCE = 500  # subjects in one query


def about(work: Work, subjects: Collection[str]) -> list[Event]:
    """Every record about these subjects, oldest first."""
    wanted = sorted(subjects)
    found: list[Event] = []
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(Event).where(col(Event.subject).in_(wanted[start : start + _AT_ONCE]))
        found += work.session.execute(query).scalars()
    return sorted(found, key=lambda event: event.seq)


def logged(event: Event) -> LoggedEvent:
    """As its hash spells it."""
    stamp = event.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return LoggedEvent(
        event.seq, stamp, event.actor, event.action, event.subject, event.data, event.previous, event.hash
    )


def between(work: Work, first: int, last: int) -> Iterator[LoggedEvent]:
    """Every record from one number to another."""
    query = select(Event).where(col(Event.seq).between(first, last)).order_by(col(Event.seq))
    for event in work.session.execute(query.execution_options(yield_per=2000)).scalars():
        yield logged(event)


def only_of(
    cards: Iterable[Employee], line_ids: Collection[int], grant_ids: Collection[int]
) -> Callable[[Event], bool]:
    """Whether a record tells nothing of another person: the numbers in it are this one's or nobody's."""
    own = {"line": set(line_ids), "grant": set(grant_ids), "lines": set(line_ids)}
    for card in cards:
        own.setdefault("employee", set()).add(card.id or 0)
        own.setdefault("person", set()).add(card.person_id)  # as older records call him

    def concerns(event: Event) -> bool:
        data = json.loads(event.data)
        for name, numbers in own.items():
            told = data.get(name)
            told = told if isinstance(told, list) else [told] if name != "lines" and told is not None else []
            if not set(told) <= numbers:
                return False
        return True

    return concerns
