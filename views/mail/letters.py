"""Letters as the triage page shows them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import col

from actions.answers import inbox
from actions.answers.matching import match
from actions.answers.trusting import REFUTED, STRANGER, UNPROVEN, trust_of
from actions.context import Work
from models.audit import Event
from models.letters import InboxLetter, OutboxLetter, OutboxState
from models.moments import MOSCOW
from models.organisation import Organisation
from models.request import AccessRequest, without_tail
from models.text import fold
from states.deadlines import deadline
from states.statuses import AT_DESK, BEFORE_SENDING, STRANDED, TO_READ
from states.words.letters import DECISIONS, LETTERS, OUTCOMES, READ_AS
from views.accounts import person_called
from views.log.log_search import latest

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
    brought_by: str = ""


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
        waits=letter.state in TO_READ,
        brought_by=person_called(work, letter.brought_by) if letter.brought_by else "",
    )


def addresses_of(work: Work, sent: Collection[int]) -> dict[int, str]:
    """Where the page shows these letters of ours."""
    query = select(col(OutboxLetter.id), col(OutboxLetter.request_id)).where(col(OutboxLetter.id).in_(sent))
    found = work.session.execute(query).tuples() if sent else ()
    return {number or 0: f"/requests/{request}/letters/out/{number}" for number, request in found}


@dataclass(frozen=True, slots=True)
class Settled:
    """Who decided about a letter, when and what."""

    by: str
    at: dt.datetime
    decision: str


def settled(work: Work, letter: InboxLetter) -> Settled | None:
    """None while it waits, and when a machine applied it."""
    if letter.settled_at is None:
        return None
    event = latest(work, "letter.settled", subject=f"inbox:{letter.id}")
    code = str(json.loads(event.data).get("decision") or "") if event else ""
    return Settled(person_called(work, letter.settled_by or ""), letter.settled_at, DECISIONS.get(code, code))


def doubted_author(work: Work, letter: InboxLetter) -> str:
    """In a few words, why the letter need not be the desk's; "" when that is proven."""
    reading = inbox.reading_of(letter)
    if reading is None or letter.brought_by is not None:
        return ""
    return _DOUBTED.get(trust_of(work, reading, match(work, reading)).doubt, "")


_DOUBTED = {
    STRANGER: "Отправитель не из доменов СТП",
    REFUTED: "Похоже на подделку",
    UNPROVEN: "Не доказано, что пишет СТП",
}


def candidates(work: Work, typed: str, limit: int = 10) -> list[tuple[AccessRequest, Organisation]]:
    """Requests by number, ticket, ИНН or organisation; open ones first. Never by people: the words stand in the address."""
    wanted = without_tail(typed)
    if not wanted:
        return []
    query = (
        select(AccessRequest, Organisation)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(
            or_(
                col(AccessRequest.number).contains(wanted.upper(), autoescape=True),
                col(AccessRequest.ticket) == wanted,
                col(Organisation.inn) == wanted,
                col(Organisation.fold).contains(fold(wanted), autoescape=True),
            )
        )
        .order_by(col(AccessRequest.status).not_in(AT_DESK), col(AccessRequest.id).desc())
    )
    return [(request, organisation) for request, organisation in work.session.execute(query.limit(limit))]


@dataclass(frozen=True, slots=True)
class StuckLetter:
    """`since`: when it got stuck. What each choice means is told before it is taken; `arrived` is "" where nobody may say so."""

    letter: OutboxLetter
    request: AccessRequest | None
    purpose: str
    uncertain: bool
    since: dt.datetime | None
    arrived: str
    resend: str
    give_up: str


def stuck_letters(work: Work) -> list[StuckLetter]:
    """Sent letters that no machine may touch any more, oldest first."""
    query = select(OutboxLetter).where(col(OutboxLetter.state).in_(STRANDED)).order_by(col(OutboxLetter.id))
    letters = work.session.execute(query).scalars().all()
    since = _stuck_since(work, [letter.id or 0 for letter in letters])
    return [_stuck(work, letter, since.get(f"letter:{letter.id}")) for letter in letters]


def _stuck_since(work: Work, ids: list[int]) -> dict[str, dt.datetime]:
    query = (
        select(col(Event.subject), func.max(col(Event.at)))
        .where(
            col(Event.subject).in_([f"letter:{number}" for number in ids]),
            col(Event.action).in_(("letter.uncertain", "letter.failed")),
        )
        .group_by(col(Event.subject))
    )
    return dict(work.session.execute(query).tuples().all())


def _stuck(work: Work, letter: OutboxLetter, since: dt.datetime | None) -> StuckLetter:
    request = work.session.get(AccessRequest, letter.request_id) if letter.request_id else None
    uncertain = letter.state is OutboxState.UNCERTAIN
    return StuckLetter(
        letter,
        request,
        LETTERS.get(letter.purpose, "Письмо"),
        uncertain,
        since,
        arrived=_arrived(work, letter, request) if uncertain else "",
        resend=_resend(letter, uncertain=uncertain),
        give_up="" if uncertain else _give_up(letter),
    )


def _arrived(work: Work, letter: OutboxLetter, request: AccessRequest | None) -> str:
    if letter.purpose != "package" or request is None:
        return "Письмо отметится отправленным, больше ничего не изменится."
    if request.status not in BEFORE_SENDING:
        return "Письмо отметится отправленным. Заявка уже ушла дальше, её состояние не изменится."
    kind = work.catalog.kind(request.kind)
    due = deadline(work.now, kind.desk_hours, work.desk_schedule, work.calendar).due
    start, end = (at.astimezone(MOSCOW).strftime("%d.%m.%Y %H:%M") for at in (work.now, due))
    return f"Заявка станет «отправлена», срок ответа пойдёт с этой минуты ({start}) до {end} МСК."


def _resend(letter: OutboxLetter, *, uncertain: bool) -> str:
    if uncertain:
        return f"Если первое всё же дошло, {'СТП' if letter.purpose in _TO_DESK else 'адресат'} получит два одинаковых письма."
    return f"То же письмо уйдёт на тот же адрес: {letter.recipient}. Сначала устраните причину."


_TO_DESK = ("package", "reply", "follow-up")


def _give_up(letter: OutboxLetter) -> str:
    if letter.purpose == "package":
        return (
            "Письмо уйдёт из этого списка. Заявка останется готовой к отправке, её можно исправить и отправить заново."
        )
    return "Письмо уйдёт из этого списка и больше не повторится. Если адрес неверен, исправьте его в заявке."
