"""What a letter of the desk does to a request by itself, or why a person has to decide. Writes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from actions.answers.matching import Matched
from actions.answers.trusting import trust_of
from actions.context import Work
from models.letters import OutboxLetter
from models.request import AccessRequest
from notifications.reading import Kind, Outcome, Reading
from notifications.reading.result import DecidedPair, Decision, Term
from states.deadlines import TooFar, deadline, working_intervals
from states.statuses import ANSWERED, AT_DESK

Move = Literal["acknowledge", "ask", "answer", "file"]
_VERDICTS = (Outcome.GRANTED, Outcome.REJECTED, Outcome.PARTIAL)
NO_REQUEST = "Не нашлось заявки, к которой относится это письмо."


@dataclass(frozen=True, slots=True)
class Proposal:
    """`move` is what the machine would take or propose; it takes it only without `doubts`.

    `file` puts the letter beside the request and changes nothing.
    """

    request: AccessRequest | None
    letter: OutboxLetter | None
    by: str | None
    move: Move
    doubts: tuple[str, ...]
    outcome: Outcome
    pairs: tuple[DecidedPair, ...] = ()
    ticket: str | None = None
    due: dt.datetime | None = None
    quote: str = ""

    @property
    def applies(self) -> bool:
        """Whether the mailbox acts on it without a person."""
        return not self.doubts and self.request is not None

    def as_json(self) -> dict[str, Any]:
        """The contract of `letter try`."""
        return {
            "matched": self.request is not None,
            "by": self.by,
            "applies": self.applies,
            "doubts": list(self.doubts),
            "outcome": self.outcome.value,
            "pairs": [
                {
                    "snils": pair.snils,
                    "subsystem": pair.subsystem,
                    "role": pair.role,
                    "outcome": pair.outcome.value,
                    "quote": pair.quote,
                    "until": pair.until or None,
                }
                for pair in self.pairs
            ],
            "ticket": self.ticket,
            "due": self.due.isoformat() if self.due else None,
            "move": self.move,
        }


def propose(work: Work, reading: Reading, found: Matched) -> Proposal:
    """Judge a letter that was read against `found.request`; rules AWT-1, SND-5."""
    decision = reading.decision or Decision(Outcome.NONE)
    if reading.kind is Kind.AUTO_REPLY:
        return Proposal(found.request, found.letter, found.how, "file", (), Outcome.NONE)
    if _says_nothing_new(reading, found.request, decision):
        return Proposal(found.request, found.letter, found.how, "file", (), Outcome.NONE)
    move, doubts = _move(reading, decision)
    doubts = [*_outside(work, reading, found), *doubts]
    due = due_of(work, decision.term) if decision.term else None
    unsure = bool(doubts) and decision.outcome is not Outcome.NONE
    return Proposal(
        found.request,
        found.letter,
        found.how,
        move,
        tuple(dict.fromkeys(doubt[:1].upper() + doubt[1:] for doubt in doubts)),
        Outcome.UNCLEAR if unsure and move != "acknowledge" else decision.outcome,
        decision.pairs,
        decision.ticket,
        due,
        " … ".join(decision.quotes)[:2000],
    )


def _says_nothing_new(reading: Reading, request: AccessRequest | None, decision: Decision) -> bool:
    """«Обращение закрыто», «оцените работу» after the outcome is known."""
    known = request is not None and request.status in ANSWERED
    return known and reading.closing and not decision.pairs and decision.outcome in (Outcome.NONE, Outcome.UNCLEAR)


def _outside(work: Work, reading: Reading, found: Matched) -> list[str]:
    """Doubts that lie in the match, the sender, the state of the request or the settings."""
    if found.request is None:
        return [found.doubt or NO_REQUEST]
    doubts = [found.doubt] if found.doubt else []
    trust = trust_of(work, reading, found)
    if trust.doubt:
        doubts.append(trust.doubt)
    if found.request.status not in AT_DESK:
        doubts.append("На эту заявку уже ответили или она не отправлена.")
    if work.policy.answers_apply != "clear" and reading.kind is not Kind.ACKNOWLEDGEMENT:
        doubts.append("По настройке каждый ответ решает человек.")
    return [*doubts, *reading.withheld]


def _move(reading: Reading, decision: Decision) -> tuple[Move, list[str]]:
    doubts = list(decision.doubts)
    if reading.decision is None:
        return "answer", ["Письмо не прочитано по отношению к этой заявке."]
    if decision.outcome in _VERDICTS or decision.pairs:
        return "answer", doubts
    if decision.outcome is Outcome.QUESTION:
        return "ask", doubts + (
            ["автоматическое извещение: ответ может быть в личном кабинете"] if reading.automatic else []
        )
    registers = reading.kind is Kind.ACKNOWLEDGEMENT
    if decision.outcome is Outcome.NONE and (registers or decision.merged or decision.term):
        return "acknowledge", doubts
    return "answer", doubts or ["письмо от СТП, смысл которого решает человек"]


def due_of(work: Work, term: Term) -> dt.datetime | None:
    """The end of the named day's working hours, or of so many working days or hours from now. Rule AWT-2."""
    zone = ZoneInfo(work.desk_schedule.zone)
    if term.working_hours:
        try:
            return deadline(work.now, term.working_hours, work.desk_schedule, work.calendar).due
        except TooFar:
            return None
    day = dt.date.fromisoformat(term.day) if term.day else work.now.astimezone(zone).date()
    day = work.calendar.shifted(day, term.working_days)
    parts = list(working_intervals(day, work.desk_schedule, work.calendar))
    return parts[-1].end if parts else dt.datetime.combine(day, work.desk_schedule.closes, zone)
