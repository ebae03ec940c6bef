"""Letters as the triage page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from models.request import AccessRequest
from web.labels import LETTERS, OUTCOMES, READ_AS
from web.waiting import STUCK

_SUGGESTIONS = {
    ("acknowledgement", "none"): "acknowledge",
    ("answer", "granted"): "grant",
    ("answer", "rejected"): "reject",
    ("answer", "partial"): "partial",
    ("answer", "question"): "ask",
}


@dataclass(frozen=True, slots=True)
class ReadLetter:
    """`suggestion` is a decision of `inbox.settle` or "" where the reading gives no ground for one."""

    letter: InboxLetter
    request: AccessRequest | None
    read_as: str
    outcome: str
    ticket: str
    evidence: tuple[str, ...]
    suggestion: str
    waits: bool


def read_letter(work: Work, letter: InboxLetter) -> ReadLetter:
    reading: Mapping[str, Any] = letter.reading or {}
    kind, outcome = str(reading.get("kind") or ""), str(reading.get("outcome") or "none")
    return ReadLetter(
        letter=letter,
        request=work.session.get(AccessRequest, letter.request_id) if letter.request_id else None,
        read_as=READ_AS.get(kind, "не прочитано"),
        outcome=OUTCOMES.get(outcome, "") if kind == "answer" else "",
        ticket=str(reading.get("ticket") or ""),
        evidence=tuple(str(quote) for quote in reading.get("evidence") or ()),
        suggestion="bounce" if kind == "bounce" else _SUGGESTIONS.get((kind, outcome), ""),
        waits=letter.state in (InboxState.TRIAGE, InboxState.FAILED),
    )


@dataclass(frozen=True, slots=True)
class StuckLetter:
    letter: OutboxLetter
    request: AccessRequest | None
    purpose: str
    uncertain: bool


def stuck_letters(work: Work) -> list[StuckLetter]:
    """Sent letters that no machine may touch any more, oldest first."""
    query = select(OutboxLetter).where(col(OutboxLetter.state).in_(STUCK)).order_by(col(OutboxLetter.id))
    return [
        StuckLetter(
            letter,
            work.session.get(AccessRequest, letter.request_id) if letter.request_id else None,
            LETTERS.get(letter.purpose, "Письмо"),
            letter.state is OutboxState.UNCERTAIN,
        )
        for letter in work.session.execute(query).scalars()
    ]
