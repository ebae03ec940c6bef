"""Letters in: stored raw, read from the stored copy, matched, and applied or left for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from actions.answers import answers, by_hand, delivery, mailbox
from actions.answers.matching import Matched, match
from actions.answers.proposals import Proposal, propose
from actions.answers.trusting import Proof, trust_of
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.post import copies
from actions.requests import lookup
from actions.requests.asked import asked_of
from actions.steps import taking
from actions.steps.answer import Answer
from models.answers import Ground, PairAnswer, PairKey
from models.answers import Outcome as Word
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from models.moments import MOSCOW
from models.request import AccessRequest
from notifications.deciding import Asked
from notifications.message_ids import is_unguessable
from notifications.reading import Kind, Outcome, Reading
from states.lifecycle import Actor, Refused
from states.statuses import AT_DESK, TO_READ

_WAITING = (*TO_READ, InboxState.STORED)


def to_read(work: Work, limit: int = 100) -> list[int]:
    """Stored letters that nobody has read yet, oldest first."""
    query = select(col(InboxLetter.id)).where(col(InboxLetter.state) == InboxState.STORED)
    return list(work.session.execute(query.order_by(col(InboxLetter.id)).limit(limit)).scalars())


def get(work: Work, letter_id: int) -> InboxLetter:
    letter = work.session.get(InboxLetter, letter_id)
    if letter is None:
        raise NotFound(f"Письма № {letter_id} нет.")
    return letter


def again(work: Work, letter: InboxLetter) -> InboxLetter:
    """As it stands now, whatever somebody else has done to it meanwhile."""
    work.session.refresh(letter)
    return letter


def request_of(work: Work, letter_id: int) -> AccessRequest | None:
    """Which request the letter is known to be about."""
    letter = get(work, letter_id)
    return lookup.get(work, letter.request_id) if letter.request_id else None


def asked_for(work: Work, reading: Reading, request: AccessRequest | None = None) -> Asked | None:
    """What the request asks for that this letter seems to answer: the letter is read once more against it.

    `request`: where a person says which one.
    """
    if reading.kind in (Kind.BOUNCE, Kind.AUTO_REPLY):
        return None
    about = request or match(work, reading).request
    return asked_of(work, about) if about else None


def sent_files(work: Work, request: AccessRequest) -> set[str]:
    """SHA-256 of what our letters about this request carried: it comes back with many an answer."""
    query = select(col(OutboxLetter.attachments)).where(col(OutboxLetter.request_id) == request.id)
    return {part["sha256"] for parts in work.session.execute(query).scalars() for part in parts}


def apply(work: Work, letter_id: int, reading: Reading) -> InboxLetter:
    """Record what was understood; act on it when all of it was, it is trusted and fits one open request."""
    letter = get(work, letter_id)
    if letter.state is not InboxState.STORED:
        return letter
    letter.sender, letter.subject = reading.sender[:320], reading.subject[:998]
    letter.reading, letter.message_id = reading.as_dict(), reading.message_id or None
    found = match(work, reading)
    chosen = letter.request_id  # by the person who brought it
    letter.request_id = chosen or (found.request.id if found.request else None)
    letter.matched_by = by_hand.BY_HAND if chosen else found.how
    letter.state = _act(work, letter, reading, found)
    proof = trust_of(work, reading, found).proof
    if proof is not Proof.NOTHING:
        by_hand.close_twins(work, letter, reading)
    action = {InboxState.TRIAGE: "letter.triage"}.get(letter.state, "letter.matched")
    about = f"request:{letter.request_id}" if letter.request_id else f"inbox:{letter.id}"
    audit.record(
        work,
        action,
        about,
        letter=letter.id,
        kind=reading.kind,
        outcome=reading.outcome,
        matched_by=letter.matched_by,
        proof=proof.value,
        head=letter.sha256,
    )
    return letter


def _act(work: Work, letter: InboxLetter, reading: Reading, found: Matched) -> InboxState:
    if letter.brought_by is not None:
        letter.problem = by_hand.why_it_waits(work, letter, found)
        return InboxState.TRIAGE
    original = reading.bounce.original_message_id if reading.bounce else None
    if copies.notice(work, [*reading.references, *([original] if original else [])]):
        letter.problem = (
            "Это ответ на письмо, которое эта база не помнит: его отправила другая копия программы или эта же до возврата из "
            "резервной копии. Решите сами."
        )
        return InboxState.TRIAGE
    before = by_hand.settled_before(work, letter, reading)
    if before is not None:
        letter.problem = f"Это же письмо уже принесли вручную и разобрали: № {before.id}."
        return InboxState.NOTED
    others = mailbox.copies_before(work, letter)
    done = next((each for each in others if each.state not in _WAITING and not _proves_more(reading, each)), None)
    if done is not None:
        letter.problem = f"Это же письмо уже принято: № {done.id}. Здесь ещё одна его копия."
        return InboxState.NOTED
    state = _understood(work, letter, reading, found)
    if others and state in _WAITING:
        letter.problem = f"Это же письмо уже ждёт решения: № {others[0].id}."
        return InboxState.NOTED
    for each in others:
        each.state, each.problem = InboxState.NOTED, f"Это же письмо принято ещё раз и разобрано: № {letter.id}."
        audit.record(work, "letter.superseded", f"inbox:{each.id}", letter=letter.id)
    return state


def _proves_more(reading: Reading, copy: InboxLetter) -> bool:
    """The real letter is not kept out by one of the same words whose author nobody vouched for."""
    return reading.trusted and not copy.reading.get("trusted") and copy.state is not InboxState.APPLIED


def _understood(work: Work, letter: InboxLetter, reading: Reading, found: Matched) -> InboxState:
    if letter.size:
        letter.problem = (
            f"Письмо слишком большое ({letter.size // 2**20} МБ), принято только его начало. "
            "Откройте его в почте целиком и решите сами."
        )
        return InboxState.TRIAGE
    if reading.kind is Kind.BOUNCE:
        return _bounced(work, letter, reading, found)
    proven = trust_of(work, reading, found).proof is not Proof.NOTHING
    if found.request is not None and proven and reading.kind is not Kind.AUTO_REPLY and not found.doubt:
        _settle_uncertain(work, found.request)
    proposal = propose(work, reading, found)
    if proposal.move == "file":
        return InboxState.NOTED
    if not proposal.applies or found.request is None:
        letter.problem = " ".join(doubt.rstrip(".") + "." for doubt in proposal.doubts)
        return InboxState.TRIAGE
    try:
        with work.session.begin_nested():
            _take(work, letter, found.request, proposal)
    except (Refused, taking.StaleRequest) as refusal:
        work.session.refresh(found.request)
        letter.problem = f"Заявка в состоянии, где этот ответ не применить: {refusal}"
        return InboxState.TRIAGE
    return InboxState.APPLIED


def _settle_uncertain(work: Work, request: AccessRequest) -> None:
    """The desk answers a letter, so it has arrived."""
    query = select(col(OutboxLetter.id)).where(
        col(OutboxLetter.request_id) == request.id,
        col(OutboxLetter.purpose) == "package",
        col(OutboxLetter.version) == request.version,
        col(OutboxLetter.state) == OutboxState.UNCERTAIN,
    )
    for number in list(work.session.execute(query).scalars()):
        delivery.settled_as_sent(work, number, "СТП ответила на это письмо")


def _take(work: Work, letter: InboxLetter, request: AccessRequest, proposal: Proposal) -> None:
    """The step that a letter without doubts takes by itself."""
    told = Answer(ticket=proposal.ticket, letter=letter.id, matched_by=letter.matched_by)
    if proposal.move == "answer":
        told = replace(told, pairs=answers.decided(work, request, proposal.pairs), ground=Ground(letter.id))
        granted = proposal.outcome is Outcome.GRANTED
        answers.give_answer(work, request, told, granted=granted, actor=Actor.DESK)
        return
    _with_companion(work, request, "acknowledge", replace(told, due=proposal.due))
    if proposal.move == "ask":
        taking.take(work, request, "ask", replace(told, question=proposal.quote), actor=Actor.DESK)


def _with_companion(work: Work, request: AccessRequest, trigger: str, told: Answer) -> None:
    companion = lookup.companion_of(work, request)
    for each in (request, companion):
        if each is not None and each.status in AT_DESK:
            taking.take(work, each, trigger, told, actor=Actor.DESK)


def _bounced(work: Work, letter: InboxLetter, reading: Reading, found: Matched) -> InboxState:
    """A permanent bounce brings the request back; a delay is only noted."""
    if reading.bounce is None or not reading.bounce.permanent:
        return InboxState.NOTED
    if found.letter is None:
        letter.problem = "Письмо вернулось, но не видно, какое."
        return InboxState.TRIAGE
    if not is_unguessable(found.letter.message_id):
        letter.problem = (
            "Похоже, письмо вернулось. Но его номер (Message-ID) можно было и угадать, так что решает человек."
        )
        return InboxState.TRIAGE
    reason = f"Письмо не доставлено: {reading.bounce.diagnostic or reading.bounce.status}"[:500]
    found.letter.state, found.letter.error = OutboxState.FAILED, reason
    work.session.add(found.letter)
    if found.letter.purpose == "package" and found.request is not None and found.request.status in AT_DESK:
        companion = lookup.companion_of(work, found.request)
        for each in (found.request, companion):
            if each is not None and each.status in AT_DESK:
                taking.take(work, each, "bounce", Answer(letter=letter.id, reason=reason), actor=Actor.POST)
        return InboxState.APPLIED
    letter.problem = reason
    return InboxState.TRIAGE


def mark_failed(work: Work, letter_id: int, problem: str) -> None:
    """A letter that could not be read is a visible row and blocks nobody."""
    letter = get(work, letter_id)
    if letter.state is InboxState.STORED:
        letter.state, letter.problem = InboxState.FAILED, problem
        audit.record(work, "letter.unreadable", f"inbox:{letter_id}")


def triage(work: Work) -> Sequence[InboxLetter]:
    """Letters that wait for a person, oldest first."""
    query = select(InboxLetter).where(col(InboxLetter.state).in_(TO_READ)).order_by(col(InboxLetter.id))
    return work.session.execute(query).scalars().all()


def _settled_already(letter: InboxLetter) -> str:
    if letter.settled_at is None:
        return f"Письмо № {letter.id} уже разобрано."
    at = letter.settled_at.astimezone(MOSCOW)
    return (
        f"Письмо № {letter.id} уже разобрано: {letter.settled_by}, {at:%d.%m.%Y %H:%M} МСК. Ваше решение не записано."
    )


DECISIONS = ("acknowledge", "grant", "reject", "partial", "ask", "bounce", "note")


def settle(
    work: Work,
    letter_id: int,
    *,
    decision: str,
    request: AccessRequest | None = None,
    ticket: str | None = None,
    said: Mapping[PairKey, PairAnswer] | None = None,
    text: str = "",
) -> InboxLetter:
    """A person decides what a letter means. `said`: what it says of every role, for `partial`.

    Raises Conflict when the letter is settled already, Refused when the request cannot take the step.
    """
    letter = get(work, letter_id)
    work.session.refresh(letter, with_for_update=True)  # of two people who decide at once the second is told
    if letter.state not in TO_READ:
        raise Conflict(_settled_already(letter))
    if decision not in DECISIONS:
        raise Conflict(f"Решения «{decision}» нет. Есть: {', '.join(DECISIONS)}.")
    if decision != "note":
        target = request or (lookup.get(work, letter.request_id) if letter.request_id else None)
        if target is None:
            raise Conflict("Укажите заявку, к которой относится письмо.")
        letter.request_id = target.id
        _decide(work, letter, target, decision, ticket, said or {}, text)
    letter.state, letter.settled_at, letter.settled_by = InboxState.SETTLED, work.now, work.by
    audit.record(work, "letter.settled", f"inbox:{letter_id}", decision=decision, request=letter.request_id)
    return letter


def _in_own_words(
    work: Work, letter: InboxLetter, request: AccessRequest, whole: Mapping[PairKey, PairAnswer]
) -> dict[PairKey, PairAnswer]:
    """Each answer beside the sentence of the letter that says the same of this role."""
    reading = reading_of(letter)
    said = answers.decided(work, request, reading.decision.pairs) if reading and reading.decision else {}
    return {
        key: replace(answer, quote=said[key].quote)
        if key in said and said[key].outcome == answer.outcome and not answer.quote
        else answer
        for key, answer in whole.items()
    }


def _ticket_of(letter: InboxLetter, request: AccessRequest) -> str | None:
    """The number that the letter settles; one among several, or beside another of ours, is a person's to enter."""
    reading = reading_of(letter)
    if reading is None:
        return None
    if reading.decision is not None:
        return reading.decision.ticket
    only = reading.tickets[0] if len(reading.tickets) == 1 else None
    return only if request.ticket in (None, only) else None


def reading_of(letter: InboxLetter) -> Reading | None:
    """What was understood of a stored letter; None for one that nobody could read."""
    return Reading.from_dict(letter.reading) if letter.reading else None


def _decide(
    work: Work,
    letter: InboxLetter,
    request: AccessRequest,
    decision: str,
    ticket: str | None,
    said: Mapping[PairKey, PairAnswer],
    text: str,
) -> None:
    told = Answer(ticket=ticket or _ticket_of(letter, request), letter=letter.id)
    words = text or " … ".join(str(quote) for quote in letter.reading.get("evidence") or [])  # type: ignore[attr-defined]
    _settle_uncertain(work, request)
    if decision in ("grant", "reject", "partial"):
        outcome: Word = "granted" if decision == "grant" else "rejected"
        whole = said if decision == "partial" else answers.the_same(work, request, outcome, reason=text)
        whole = answers.quoted(_in_own_words(work, letter, request, whole), words)
        told = replace(told, pairs=whole, ground=Ground(letter.id))
        answers.give_answer(work, request, told, granted=decision == "grant", actor=Actor.OFFICER)
    elif decision == "ask":
        taking.take(work, request, "ask", replace(told, question=words))
    else:
        taking.take(work, request, decision, replace(told, reason=text))
