"""Putting right what was recorded wrongly: each correction is an entry of its own, by whose word and why; nothing is rewritten.

What follows from the mistake – states, roles held, terms, reminders, lists, linked drafts – becomes what it would be had it
been right. Raises Conflict in words where something stands on the mistake that a person has to clear away first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import col

from actions.answers import answers
from actions.context import Conflict, Work
from actions.corrections import linked_drafts
from actions.corrections.standing import differences, standing, without_words
from actions.letters import invitations
from actions.log import audit
from actions.post import links, outbox
from actions.requests import cases, lookup, pairs, versions
from actions.steps import taking
from actions.steps.answer import Answer
from models.answers import LEAST_GROUND, Ground, PairAnswer, PairKey, Said
from models.correction import Correction
from models.lengths import within
from models.letters import OutboxLetter
from models.moments import MOSCOW
from models.request import AccessRequest, LineState, RequestedRole, RequestLine, Status
from models.text import tidy
from states.guards import ungrounded
from states.lifecycle import Actor, Refused, steps_from
from states.outcomes import UNPROVEN
from states.statuses import ANSWERED, GIVEN, LEFT, LEFT_HOUSE


class Kind(StrEnum):
    """What was recorded wrongly."""

    ANSWER = "answer"  # the answer to some roles was another
    NO_ANSWER = "no-answer"  # there was no answer
    TICKET = "ticket"
    LOGIN = "login"
    HAND_OVER = "hand-over"
    SIGNATURE_DATE = "signature-date"
    LETTER = "letter"
    NAME = "name"
    FIRST_LOGIN = "first-login"
    REORGANISATION = "reorganisation"
    VERSION = "version"  # the next version was begun for a refusal that was none
    SINCE = "since"  # what was granted at last had been granted to the version before


_STEPS = {
    Kind.ANSWER: "reopen",
    Kind.NO_ANSWER: "reopen",
    Kind.TICKET: "correct_ticket",
    Kind.LOGIN: "correct_login",
    Kind.HAND_OVER: "correct_hand_over",
    Kind.SIGNATURE_DATE: "correct_signature",
    Kind.VERSION: "correct_version",
    Kind.SINCE: "correct_since",
}


def possible(work: Work, request: AccessRequest) -> list[Kind]:
    """What of this request can be put right now."""
    drawn = {
        step.trigger for step in steps_from(request.status, lookup.traits(work, request)) if Actor.CORRECTOR in step.by
    }
    drawn |= {"correct_hand_over"} if request.status in ANSWERED else set()  # the answer is taken back with it
    lines, signature = lookup.lines_of(work, request), cases.signature_of(request)
    answered = any(pairs.stands(pair) for pair in pairs.of(lines))
    refused_before = bool(versions.former(work, request))
    fits = {
        Kind.SIGNATURE_DATE: signature is not None and signature.signed_on is not None,
        Kind.ANSWER: answered,
        Kind.NO_ANSWER: answered or request.status in ANSWERED,
        Kind.TICKET: bool(request.ticket) or request.status in LEFT_HOUSE,
        Kind.LOGIN: any(line.verified_at for line in lines),
        Kind.HAND_OVER: cases.case_of(work, request).by_hand,
        Kind.VERSION: refused_before,
        Kind.SINCE: refused_before,
    }
    return [kind for kind, trigger in _STEPS.items() if trigger in drawn and fits[kind]]


def of(work: Work, subject: str) -> Sequence[Correction]:
    """What was put right, the newest first."""
    query = select(Correction).where(col(Correction.subject) == subject)
    return work.session.execute(query.order_by(col(Correction.id).desc())).scalars().all()


def foreseen(work: Work, act: Callable[[], Correction]) -> Correction:
    """What the correction would change; nothing of it is kept. Raises what the correction itself would."""
    later = len(work.after_commit)
    part = work.session.begin_nested()
    try:
        told = act()
        return Correction(**told.model_dump())
    finally:
        part.rollback()
        del work.after_commit[later:]
        work.session.expire_all()


def correct_answer(
    work: Work,
    request: AccessRequest,
    said: Iterable[Said],
    *,
    why: str,
    ground: Ground,
    reason: str = "",
    until: dt.date | None = None,
    outcome: str | None = None,
) -> Correction:
    """The answer was another: `said` names what was recorded wrongly, the rest stays as it is.

    Raises Unclear, Refused without ground, Conflict where nothing differs.
    """
    lines, known = lookup.lines_of(work, request), on_record(work, request)
    meant = answers.understood(work, request, said, reason=reason, until=until, otherwise=known)
    wrong = [pair for pair in pairs.of(lines) if pairs.stands(pair) != meant[pairs.key_of(pair)].outcome]
    if not wrong:
        raise Conflict("Так и записано: ни один ответ не отличается. Отметьте роль, ответ о которой был другим.")
    _refuse_unanswered(request, [pair for pair in pairs.of(lines) if pairs.stands(pair)])
    missing = ungrounded(ground)
    if missing:
        raise Refused("reopen", request.status, missing)
    granted = any(answer.outcome == "granted" for answer in meant.values())
    if not granted:  # a wholly refused request goes on by itself, not in a linked draft
        wrong += [pair for pair in pairs.of(lines) if pair not in wrong and pair.state is LineState.MOVED]
    meant = {key: _from_now(answer, key, known) for key, answer in meant.items()}
    return recorded(
        work,
        request,
        Kind.ANSWER,
        why,
        lambda: _answer_again(work, request, lines, wrong, meant, ground, outcome, granted),
        letters_of_answer(work, request, lines, wrong),
    )


def on_record(work: Work, request: AccessRequest) -> dict[PairKey, PairAnswer]:
    """The answer to every role as it is recorded now."""
    asked = pairs.of(lookup.lines_of(work, request))
    return {pairs.key_of(pair): answer for pair in asked if (answer := _known(pair))}


def _known(pair: RequestedRole) -> PairAnswer | None:
    outcome = pairs.stands(pair)
    return PairAnswer(outcome, pair.reason or "", pair.quote or "", pair.until) if outcome else None


def _from_now(answer: PairAnswer, key: PairKey, known: dict[PairKey, PairAnswer]) -> PairAnswer:
    """Words of an answer that was right stay beside it."""
    before = known.get(key)
    if before is None or before.outcome != answer.outcome:
        return answer
    return replace(
        answer, reason=answer.reason or before.reason, quote=before.quote, until=answer.until or before.until
    )


def _answer_again(
    work: Work,
    request: AccessRequest,
    lines: Sequence[RequestLine],
    wrong: Sequence[RequestedRole],
    meant: dict[PairKey, PairAnswer],
    ground: Ground,
    outcome: str | None,
    granted: bool,
) -> None:
    """Taken back as far as it was wrong, and given as it was, from the moment of the first answer on."""
    was_verified, was_granted = request.status is Status.VERIFIED, request.status in GIVEN
    told = Answer(
        wrong=tuple(pair.id or 0 for pair in wrong),
        answered_at=min((pair.decided_at for pair in wrong if pair.decided_at), default=request.status_since),
        outcome=outcome or request.outcome,
        pairs=meant,
        ground=ground,
    )
    take_back(work, request, lines, wrong, with_companion=granted is not was_granted)
    answers.give_answer(work, request, told, actor=Actor.OFFICER)
    if was_verified and request.status is Status.GRANTED and not any(line.state in UNPROVEN for line in lines):
        taking.take(work, request, "verify", actor=Actor.OFFICER)


def no_answer(work: Work, request: AccessRequest, *, why: str) -> Correction:
    """Nothing was answered: the request waits on, with the term that it had."""
    lines = lookup.lines_of(work, request)
    wrong = [pair for pair in pairs.of(lines) if pairs.stands(pair)]
    _refuse_unanswered(request, wrong)
    return recorded(
        work,
        request,
        Kind.NO_ANSWER,
        why,
        lambda: take_back(work, request, lines, wrong, with_companion=True),
        letters_of_answer(work, request, lines, wrong),
    )


def _refuse_unanswered(request: AccessRequest, wrong: Collection[RequestedRole]) -> None:
    """A withdrawn request may have had no answer at all."""
    if request.status is Status.WITHDRAWN and not wrong:
        raise Conflict("Ответа по этой заявке не записано: исправлять нечего.")


def letters_of_answer(
    work: Work, request: AccessRequest, lines: Sequence[RequestLine], wrong: Collection[RequestedRole]
) -> list[int]:
    """Letters that left because of this answer: to the people, and of the linked drafts."""
    return sorted({*personal_letters(work, request, wrong), *linked_drafts.letters_left(work, request, lines, wrong)})


def take_back(
    work: Work,
    request: AccessRequest,
    lines: Sequence[RequestLine],
    wrong: Sequence[RequestedRole],
    *,
    with_companion: bool,
) -> None:
    """What was recorded of these roles did not happen; the request waits again. Linked drafts and the add-application follow."""
    linked_drafts.take_back(work, request, lines, wrong)
    companion = lookup.companion_of(work, request)
    taking.take(work, request, "reopen", Answer(wrong=tuple(pair.id or 0 for pair in wrong)), actor=Actor.CORRECTOR)
    if with_companion and companion is not None and companion.status in ANSWERED:
        of_companion = [pair.id or 0 for pair in pairs.of(lookup.lines_of(work, companion))]
        taking.take(work, companion, "reopen", Answer(wrong=tuple(of_companion)), actor=Actor.CORRECTOR)


def personal_letters(work: Work, request: AccessRequest, wrong: Collection[RequestedRole]) -> list[int]:
    """Letters that asked people to prove what was not given."""
    numbers = {pair.line_id for pair in wrong if pairs.stands(pair) == "granted"}
    people = {line.person_id for line in lookup.lines_of(work, request) if line.id in numbers}
    since = min((pair.decided_at for pair in wrong if pair.decided_at), default=request.status_since)
    purposes = (links.LOGIN_CHECK, "nudge")
    return left(work, request, since, col(OutboxLetter.person_id).in_(people), col(OutboxLetter.purpose).in_(purposes))


def left(work: Work, request: AccessRequest, since: dt.datetime | None, *where: object) -> list[int]:
    """Row numbers of the request's letters that left, or may have left, since that moment."""
    query = select(col(OutboxLetter.id)).where(
        col(OutboxLetter.request_id) == request.id,
        col(OutboxLetter.state).in_(LEFT),
        *where,  # type: ignore[arg-type]
    )
    if since is not None:
        query = query.where(col(OutboxLetter.promised_at) >= since)
    return [number or 0 for number in work.session.execute(query.order_by(col(OutboxLetter.id))).scalars()]


_TO_DESK = ("reply", "follow-up")


def change_ticket(work: Work, request: AccessRequest, ticket: str, *, why: str) -> Correction:
    """The number was another, or with "" there is none; the add-application shares it."""
    wanted = within(tidy(ticket), 120, "Номер обращения") or None
    if wanted == request.ticket:
        raise Conflict("Этот номер обращения и записан. Укажите правильный.")
    letters = left(work, request, None, col(OutboxLetter.purpose).in_(_TO_DESK)) if request.ticket else []
    return recorded(work, request, Kind.TICKET, why, lambda: _with_ticket(work, request, wanted), letters)


def _with_ticket(work: Work, request: AccessRequest, ticket: str | None) -> None:
    companion = lookup.companion_of(work, request)
    before = request.ticket
    taking.take(work, request, "correct_ticket", Answer(ticket=ticket), actor=Actor.CORRECTOR)
    if companion is not None and companion.ticket == before and (before or companion.status in LEFT_HOUSE):
        taking.take(work, companion, "correct_ticket", Answer(ticket=ticket), actor=Actor.CORRECTOR)


def no_login(work: Work, request: AccessRequest, *, why: str, snils: Collection[str] = ()) -> Correction:
    """These employees, or all with empty `snils`, did not log in after all; it is asked of them again."""
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    wrong = [
        line.id or 0
        for line in lines
        if line.verified_at
        and (not snils or ((card := persons.get(line.person_id or 0)) is not None and card.snils in snils))
    ]
    if not wrong:
        raise Conflict("Таких подтверждений в заявке нет: исправлять нечего.")

    def act() -> None:
        taking.take(work, request, "correct_login", Answer(lines=tuple(wrong)), actor=Actor.CORRECTOR)
        if "login" in lookup.traits(work, request):
            invitations.invite(work, request, purpose=links.LOGIN_CHECK, turn=request.revision, only=wrong)

    return recorded(work, request, Kind.LOGIN, why, act)


def not_handed_over(work: Work, request: AccessRequest, *, why: str) -> Correction:
    """Nobody handed the papers over: they wait to be sent, and no term runs."""
    letters = left(work, request, request.sent_at, col(OutboxLetter.purpose).in_(_TO_DESK))

    def act() -> None:
        if request.status in ANSWERED:
            lines = lookup.lines_of(work, request)
            take_back(
                work, request, lines, [pair for pair in pairs.of(lines) if pairs.stands(pair)], with_companion=True
            )
        taking.take(work, request, "correct_hand_over", actor=Actor.CORRECTOR)
        outbox.cancel(work, request_id=request.id or 0, only=(col(OutboxLetter.purpose).in_(_TO_DESK),))

    return recorded(work, request, Kind.HAND_OVER, why, act, letters)


def signed_on(work: Work, request: AccessRequest, day: dt.date, *, why: str) -> Correction:
    """The paper was signed on another day; the rules judge it anew. Raises Refused with what they say."""
    signature = cases.signature_of(request)
    if signature is None or signature.signed_on is None:
        raise Conflict("Даты подписи в заявке нет: исправлять нечего.")
    if signature.signed_on == day:
        raise Conflict("Эта дата подписи и записана. Укажите правильную.")
    latest = (request.sent_at or work.now).astimezone(MOSCOW).date()
    if day > latest:
        what = "заявка ушла" if request.sent_at else "сегодня"
        raise Conflict(f"Подписать {day:%d.%m.%Y} не могли: {what} {latest:%d.%m.%Y}. Сверьте дату с бумагой.")
    letters = left(
        work, request, None, col(OutboxLetter.purpose) == "package", col(OutboxLetter.version) == request.version
    )

    def act() -> None:
        taking.take(
            work,
            request,
            "correct_signature",
            Answer(signature=replace(signature, signed_on=day)),
            actor=Actor.CORRECTOR,
        )

    return recorded(work, request, Kind.SIGNATURE_DATE, why, act, letters)


def recorded(
    work: Work, request: AccessRequest, kind: Kind, why: str, act: Callable[[], object], letters: Sequence[int] = ()
) -> Correction:
    """The act, with the entry of what stood before and after it."""
    reasoned(why)
    before = standing(work, request)
    act()
    return enter(
        work,
        kind,
        lookup.subject(request),
        request.organisation_id,
        why,
        *differences(before, standing(work, request)),
        letters=letters,
    )


def reasoned(why: str) -> None:
    """Raises Conflict for a reason that says nothing."""
    if len(tidy(why)) < LEAST_GROUND:
        raise Conflict(
            f"Напишите, почему исправляете, не короче {LEAST_GROUND} знаков: например, «ответ был о другой заявке, "
            "сверено с письмом СТП»."
        )


def enter(
    work: Work,
    kind: Kind,
    subject: str,
    organisation_id: int | None,
    why: str,
    before: dict[str, object],
    after: dict[str, object],
    *,
    letters: Sequence[int] = (),
) -> Correction:
    """The entry and its record in the log, which holds no words."""
    row = Correction(
        at=work.now,
        by=work.by,
        kind=kind.value,
        subject=subject,
        organisation_id=organisation_id,
        why=tidy(why),
        before=before,
        after=after,
        letters=list(letters),
    )
    work.session.add(row)
    work.session.flush()
    audit.record(
        work,
        "correction.recorded",
        subject,
        correction=row.id,
        kind=kind.value,
        before=without_words(before),
        after=without_words(after),
        letters=list(letters),
    )
    return row
