"""What happened to a request: by days, under people's names, what the program did by itself folded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from actions.accounts import accounts
from actions.context import Work
from actions.requests import lookup, telling
from models.audit import Event
from models.moments import MOSCOW
from models.request import AccessRequest
from states.words.requests import EMPLOYEE
from views.requests import summary

SHOWN = 60  # events of the page; the rest on demand
_BY_HAND = (EMPLOYEE, "командная строка")  # actors without an account who are people all the same


@dataclass(frozen=True, slots=True)
class Entry:
    """`machine`: nobody did it, a sweep of the program did."""

    at: dt.datetime
    what: str
    who: str
    machine: bool

    @property
    def clock(self) -> str:
        """The time of day in Moscow."""
        return f"{self.at.astimezone(MOSCOW):%H:%M}"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring entries; several of the machine's are folded under one line."""

    entries: tuple[Entry, ...]

    @property
    def folded(self) -> bool:
        return self.entries[0].machine and len(self.entries) > 1


@dataclass(frozen=True, slots=True)
class Day:
    day: dt.date
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class History:
    """Newest first. `seen` is the number of the last event: a form sends it back, so that a conflict can tell what came after."""

    days: tuple[Day, ...]
    more: bool
    seen: int


def history(work: Work, request: AccessRequest, letters: Iterable[int], *, whole: bool = False) -> History:
    """The latest events of the request and of its letters out, all of them when `whole`."""
    limit = None if whole else SHOWN + 1
    events = summary.latest_events(work, request, limit=limit, without=summary.TALK, letters=letters)
    shown = events if whole else events[:SHOWN]
    days = tuple(
        Day(day, tuple(_runs(list(entries))))
        for day, entries in groupby(told(work, request, shown), lambda entry: entry.at.astimezone(MOSCOW).date())
    )
    return History(days, len(events) > len(shown), events[0].seq if events else 0)


def last_event(work: Work, request: AccessRequest) -> int:
    """The number that a form sends back as `seen`."""
    events = summary.latest_events(work, request, limit=1, without=summary.TALK)
    return events[0].seq if events else 0


def told(work: Work, request: AccessRequest, events: Sequence[Event]) -> list[Entry]:
    """Under the names of today; a login without an account stays as it is."""
    names = accounts.names(work, {event.actor for event in events})
    traits = lookup.traits(work, request)
    return [
        Entry(
            event.at, telling.told(event, traits), names.get(event.actor, event.actor), _is_machine(event.actor, names)
        )
        for event in events
    ]


def since(work: Work, request: AccessRequest, seen: int, limit: int = 20) -> list[Entry]:
    """What came after the event that somebody saw last, newest first."""
    return told(work, request, summary.latest_events(work, request, after=seen, limit=limit, without=summary.TALK))


def _is_machine(actor: str, names: Collection[str]) -> bool:
    return actor not in names and not actor.startswith(_BY_HAND)


def _runs(entries: list[Entry]) -> list[Run]:
    return [
        run
        for machine, group in groupby(entries, lambda entry: entry.machine)
        for run in ([Run(tuple(group))] if machine else [Run((entry,)) for entry in group])
    ]
