"""A letter that was understood wrongly goes back to be decided again, and what it did is taken back with it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.context import Conflict, Work
from actions.corrections import corrected_versions, corrections
from actions.corrections.corrections import Kind
from actions.corrections.standing import differences, standing
from actions.log import audit
from actions.post import outbox
from actions.requests import lookup, pairs, versions
from actions.steps import taking
from actions.steps.answer import Answer
from models.audit import Event
from models.correction import Correction
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from models.request import AccessRequest, FormerVersion, Status
from states.deadlines import deadline
from states.lifecycle import Actor
from states.statuses import BEFORE_SENDING, DECIDED, GIVEN, LEFT_HOUSE, UNANSWERED

_OURS = "request.confirm"  # its letter is one of those that left


def back_to_triage(work: Work, letter: InboxLetter, *, why: str) -> Correction:
    """Raises Conflict for a letter that waits anyway, and where something was built on it since."""
    corrections.reasoned(why)
    if letter.state not in DECIDED:
        raise Conflict(f"Письмо № {letter.id} и так ждёт решения.")
    if letter.request_id is None:
        before: dict[str, object] = {f"inbox:{letter.id}.state": letter.state.value}
        _open(work, letter)
        after: dict[str, object] = {f"inbox:{letter.id}.state": letter.state.value}
        return corrections.enter(work, Kind.LETTER, f"inbox:{letter.id}", None, why, before, after)
    request = lookup.get(work, letter.request_id)
    stood = standing(work, request)
    left = _undo(work, letter, request)
    _open(work, letter)
    return corrections.enter(
        work,
        Kind.LETTER,
        lookup.subject(request),
        request.organisation_id,
        why,
        *differences(stood, standing(work, request)),
        letters=left,
    )


def _open(work: Work, letter: InboxLetter) -> None:
    letter.state, letter.settled_at, letter.settled_by = InboxState.TRIAGE, None, None
    letter.problem = "Прежнее решение исправлено. Решите заново."
    work.session.flush()
    audit.record(work, "letter.reopened", f"inbox:{letter.id}", request=letter.request_id)


def _undo(work: Work, letter: InboxLetter, request: AccessRequest) -> Sequence[int]:
    """Returns the letters that had left because of it."""
    companion = lookup.companion_of(work, request)
    taken = _taken(work, letter, request)
    left: Sequence[int] = ()
    if taken and taken[-1].trigger in ("grant", "reject"):
        left = _undo_answer(work, letter, request)
    elif taken and taken[-1].trigger == "ask" and request.question is not None:
        left = corrections.left(work, request, taken[-1].at, col(OutboxLetter.purpose) == "reply")
        taking.take(
            work, request, "correct_question", Answer(ticket=_earlier(work, request, taken[0])), actor=Actor.CORRECTOR
        )
    elif taken and taken[-1].trigger == "bounce":
        _undo_bounce(work, request, taken[-1])
        if companion is not None and companion.status in BEFORE_SENDING:
            _undo_bounce(work, companion, taken[-1])
    for each in (request, companion):
        if each is not None:
            _undo_acknowledgement(work, each, _taken(work, letter, each))
    return left


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that the letter made a request take."""

    trigger: str
    source: str
    ticket: str | None
    seq: int
    at: dt.datetime


def _taken(work: Work, letter: InboxLetter, request: AccessRequest) -> list[_Taken]:
    """In order; those that were corrected are not among them."""
    found: list[_Taken] = []
    for event in _events(work, request):
        data = json.loads(event.data)
        if event.action == "correction.recorded" and f"inbox:{letter.id}.state" in data["before"]:
            found = []
        elif data.get("letter") == letter.id and "target" in data and event.action != _OURS:
            trigger = event.action.removeprefix("request.")
            found.append(_Taken(trigger, data["source"], data.get("ticket"), event.seq, event.at))
    return found


def _events(work: Work, request: AccessRequest) -> Iterator[Event]:
    query = select(Event).where(col(Event.subject) == lookup.subject(request)).order_by(col(Event.seq))
    yield from work.session.execute(query).scalars()


def _undo_answer(work: Work, letter: InboxLetter, request: AccessRequest) -> Sequence[int]:
    """Where the next version was begun for this refusal, the refused one stands again first."""
    left: list[int] = []
    former = next((row for row in versions.former(work, request) if _rests_on(row, letter)), None)
    if former is not None:
        if request.status in GIVEN:
            return ()  # what the next version was granted it was granted: nothing of it rests on this letter
        left += corrected_versions.letters_since(work, request, former)
        taking.take(work, request, "correct_version", Answer(back_to=former.version), actor=Actor.CORRECTOR)
    lines = lookup.lines_of(work, request)
    standing_now = [pair for pair in pairs.of(lines) if pairs.stands(pair)]
    wrong = [pair for pair in standing_now if pair.letter_id == letter.id]
    if request.status in UNANSWERED or len(wrong) != len(standing_now):
        raise Conflict(
            f"Ответ по заявке {request.number} уже исправлен и держится не только на этом письме. "
            "Исправьте его на странице заявки: «Исправить записанное неверно»."
        )
    left += corrections.letters_of_answer(work, request, lines, wrong)
    corrections.take_back(work, request, lines, wrong, with_companion=True)
    return left


def _rests_on(row: FormerVersion, letter: InboxLetter) -> bool:
    return any(pair.letter_id == letter.id for _, pair in versions.answers_in(row))


def _undo_bounce(work: Work, request: AccessRequest, taken: _Taken) -> None:
    """The letter had arrived after all: it counts as sent when it left."""
    query = (
        select(OutboxLetter)
        .where(
            col(OutboxLetter.request_id) == (request.parent_id if request.relation == "companion" else request.id),
            col(OutboxLetter.purpose) == "package",
        )
        .order_by(col(OutboxLetter.id).desc())
        .limit(1)
    )
    package = work.session.execute(query).scalar_one_or_none()
    if request.status not in BEFORE_SENDING or package is None or package.promised_at > taken.at:
        raise Conflict(f"Заявку {request.number} с тех пор отправили снова: возвращать нечего.")
    if package.state is OutboxState.FAILED:
        package.state, package.error = OutboxState.SENT, None
        work.session.flush()
    sent_at = package.confirmed_at or package.promised_at
    taking.take(work, request, "correct_bounce", Answer(sent_at=sent_at), actor=Actor.CORRECTOR)
    outbox.cancel(work, request_id=request.id or 0)


def _undo_acknowledgement(work: Work, request: AccessRequest, taken: Sequence[_Taken]) -> None:
    """The ticket, the term and, where nothing else came since, the state are what they were before the letter."""
    registered = next((each for each in taken if each.trigger == "acknowledge"), None)
    told = next((each for each in reversed(taken) if each.ticket), None)
    if request.status not in LEFT_HOUSE or not taken or (registered is None and told is None):
        return
    before = _earlier(work, request, taken[0])
    mine = told is not None and request.ticket == told.ticket and before != request.ticket
    ticket = before if mine else request.ticket
    term = _term(work, request) if registered is not None and _moved_term(work, request, taken) else request.due_at
    last = [
        event for event in _events(work, request) if event.action.startswith("request.") and '"target":' in event.data
    ]
    if (
        registered is not None
        and registered.source == "sent"
        and request.status is Status.AWAITING
        and not [
            event for event in last if event.seq > taken[-1].seq and not event.action.startswith("request.correct")
        ]
    ):
        taking.take(
            work,
            request,
            "correct_acknowledgement",
            Answer(ticket=ticket, due=term, restores_term=True),
            actor=Actor.CORRECTOR,
        )
    elif mine or term != request.due_at:
        taking.take(
            work, request, "correct_ticket", Answer(ticket=ticket, due=term, restores_term=True), actor=Actor.CORRECTOR
        )


def _moved_term(work: Work, request: AccessRequest, taken: Sequence[_Taken]) -> bool:
    return any(event.action == "request.term-moved" and event.seq > taken[0].seq for event in _events(work, request))


def _term(work: Work, request: AccessRequest) -> dt.datetime | None:
    """The desk's usual term."""
    hours = work.catalog.kind(request.kind).desk_hours
    return deadline(request.sent_at, hours, work.desk_schedule, work.calendar).due if request.sent_at else None


def _earlier(work: Work, request: AccessRequest, taken: _Taken) -> str | None:
    """The ticket that was known before the letter."""
    known: str | None = None
    for event in _events(work, request):
        if event.seq >= taken.seq:
            break
        data = json.loads(event.data)
        if event.action.startswith("request.") and "target" in data:
            known = None if event.action in ("request.correct_ticket", "request.correct_hand_over") else known
            known = data.get("ticket") or known
    return known
