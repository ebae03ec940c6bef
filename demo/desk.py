"""The demo's support desk: registers each letter, answers by its plan, and remembers on disk where it was."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from demo.desk_letters import ADDRESS, Occasion, acknowledgement, answer, bounce
from demo.desk_plan import DeskPlan, Outcome
from demo.desk_reading import Seen, look_at
from documents.atomic import write

__all__ = ["ADDRESS", "Desk", "DeskPlan", "Outcome", "keep_answering"]

_LOG = logging.getLogger(__name__)
_ACKNOWLEDGE = "acknowledge"
_QUOTED_LINES = 12


class Mail(Protocol):
    """Where the desk's letters come from and go to."""

    def letters(self, login: str) -> list[Path]: ...

    def deliver(self, addresses: Sequence[str], raw: bytes, sender: str = "") -> list[Path]: ...


@dataclass(slots=True)
class Ticket:
    number: str
    to: str
    subject: str
    people: list[str]
    thread: list[str]
    quoted: str


@dataclass(slots=True)
class Promise:
    """A letter that the desk owes; `at` in ISO with offset."""

    at: str
    what: str
    ticket: str
    answers: str
    headers: str = ""


@dataclass(slots=True)
class Memory:
    """All that survives a restart. `letters` counts how often each Message-ID came."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    threads: dict[str, str] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)
    last_file: str = ""
    written: int = 0


class Desk:
    """`tick` does all that is due; killed between two letters, it goes on where it was."""

    def __init__(self, mail: Mail, state: Path, plan: DeskPlan | None = None, *, login: str = "desk") -> None:
        self._mail = mail
        self._state = state
        self._login = login
        self.plan = plan or DeskPlan()
        self.memory = _recall(state)

    def tick(self, now: datetime) -> int:
        """Take in new letters, send what is due; how many letters went out."""
        for path in self._mail.letters(self._login):
            if path.name > self.memory.last_file:
                self._open(path, now)
                self.memory.last_file = path.name
                self._remember()
        due = sorted((one for one in self.memory.promises if _moment(one.at) <= now), key=lambda one: one.at)
        for promise in due:
            self._keep(promise, now)
            self.memory.promises.remove(promise)
            self._remember()
        return len(due)

    def _open(self, path: Path, now: datetime) -> None:
        try:
            seen = look_at(path.read_bytes())
        except (ValueError, LookupError, OSError) as error:
            # A letter that no programme can read must not stop the answers to the others.
            _LOG.warning("the desk cannot read %s: %s", path.name, type(error).__name__)
            return
        self._take_in(seen, now)

    def _take_in(self, seen: Seen, now: datetime) -> None:
        memory = self.memory
        memory.letters[seen.message_id] = memory.letters.get(seen.message_id, 0) + 1
        if memory.letters[seen.message_id] > 1:
            return
        known = self._known_ticket(seen)
        ticket = known or self._new_ticket(seen)
        ticket.thread.append(seen.message_id)
        ticket.people = list(seen.people) or ticket.people
        memory.threads[seen.message_id] = ticket.number
        self._promise(seen, ticket, now, acknowledged=known is not None)

    def _promise(self, seen: Seen, ticket: Ticket, now: datetime, *, acknowledged: bool) -> None:
        plan, turns = self.plan, self.memory.turns
        key = plan.key_for((*seen.inns, seen.sender))
        outcome = plan.outcome(key, turns.get(key, 0))
        turns[key] = turns.get(key, 0) + 1
        soon, later = (now + timedelta(seconds=wait) for wait in (plan.acknowledge_after, plan.answer_after))
        owed = self.memory.promises
        if outcome is Outcome.BOUNCE:
            owed.append(Promise(soon.isoformat(), outcome, ticket.number, seen.message_id, seen.headers))
            return
        if not acknowledged:
            owed.append(Promise(soon.isoformat(), _ACKNOWLEDGE, ticket.number, seen.message_id))
        if outcome is not Outcome.SILENT:
            owed.append(Promise(later.isoformat(), outcome, ticket.number, seen.message_id))

    def _known_ticket(self, seen: Seen) -> Ticket | None:
        for reference in reversed(seen.thread):
            if reference in self.memory.threads:
                return self.memory.tickets[self.memory.threads[reference]]
        return self.memory.tickets.get(seen.ticket)

    def _new_ticket(self, seen: Seen) -> Ticket:
        count = len(self.memory.tickets) + 1
        letters = "".join(chr(ord("A") + count * step % 26) for step in (7, 11, 17))
        number = f"{letters}-{count * 137 % 1000:03d}-{10_000 + count * 7919 % 90_000}"
        quoted = "\n".join(seen.text.splitlines()[:_QUOTED_LINES])
        ticket = Ticket(number, seen.envelope_sender or seen.sender, seen.subject, list(seen.people), [], quoted)
        self.memory.tickets[number] = ticket
        return ticket

    def _keep(self, promise: Promise, now: datetime) -> None:
        ticket = self.memory.tickets[promise.ticket]
        occasion = self._occasion(promise, ticket, now)
        if promise.what == Outcome.BOUNCE:
            self._mail.deliver([ticket.to], bounce(occasion, promise.headers))
            return
        if promise.what == _ACKNOWLEDGE:
            raw = acknowledgement(occasion)
        else:
            raw = answer(occasion, Outcome(promise.what), self._refused(ticket))
        self._mail.deliver([ticket.to], raw, ADDRESS)
        self.memory.threads[f"<{ticket.number}.{occasion.number}@stp-egisz.ru>"] = ticket.number

    def _occasion(self, promise: Promise, ticket: Ticket, now: datetime) -> Occasion:
        self.memory.written += 1
        return Occasion(
            ticket=ticket.number,
            number=self.memory.written,
            to=ticket.to,
            subject=ticket.subject,
            answers=promise.answers,
            thread=tuple(ticket.thread),
            people=tuple(ticket.people),
            quoted=ticket.quoted,
            now=now,
        )

    def _refused(self, ticket: Ticket) -> list[str]:
        named = [one for one in ticket.people if one in self.plan.refused]
        return named or ticket.people[-1:]

    def _remember(self) -> None:
        write(self._state, json.dumps(asdict(self.memory), ensure_ascii=False), synced=False)


def keep_answering(
    desk: Desk, over: threading.Event, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), every: float = 0.2
) -> None:
    """Tick until the event is set; `every` in seconds."""
    while not over.wait(every):
        desk.tick(clock())


def _recall(state: Path) -> Memory:
    if not state.exists():
        return Memory()
    told = json.loads(state.read_text(encoding="utf-8"))
    told["tickets"] = {number: Ticket(**one) for number, one in told["tickets"].items()}
    told["promises"] = [Promise(**one) for one in told["promises"]]
    return Memory(**told)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
