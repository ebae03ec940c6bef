"""What a step owes, paid in the step's own transaction; letters are promised here and sent by a flow."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

from actions.cards import enrolling
from actions.checklists import checklists
from actions.context import Work
from actions.letters import correspondence, invitations
from actions.log import audit
from actions.post import destinations, outbox
from actions.requests import cases, creation, lookup, pairs, papers, versions
from actions.reviews import reorganising
from actions.roles import giving, grants
from actions.steps import undoing
from actions.steps.answer import Answer
from models.answers import Outcome, PairAnswer
from models.employee import Employee
from models.facts import LineFacts, RoleRef
from models.moments import MOSCOW
from models.request import AccessRequest, LineState, RequestedRole, RequestLine
from privacy.numbers import without_other_snils
from states.deadlines import deadline
from states.lifecycle import Effect
from states.outcomes import UNPROVEN

Handler = Callable[[Work, AccessRequest, Answer], None]


def ask_first_login(work: Work, request: AccessRequest, answer: Answer) -> None:
    _take_over(work, request)
    if answer.confirm_address:
        destinations.confirm(work)
    invitations.invite(work, request, purpose="first-login")


def make_documents(work: Work, request: AccessRequest, answer: Answer) -> None:
    _take_over(work, request)
    papers.make(work, request, answer.judged)


def _take_over(work: Work, request: AccessRequest) -> None:
    """Only judged lines fill in what is on record of their people."""
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    enrolling.take_over(
        work,
        request,
        [(persons[line.person_id], cases.line_facts(line, None)) for line in lines if line.person_id in persons],
    )


def send_package(work: Work, request: AccessRequest, answer: Answer) -> None:
    request.channel = "mail"
    if answer.confirm_address:
        destinations.confirm(work)
    correspondence.promise_package(work, request)


def cancel_letters(work: Work, request: AccessRequest, answer: Answer) -> None:
    outbox.cancel(work, request_id=_id(request))


def start_version(work: Work, request: AccessRequest, answer: Answer) -> None:
    """A new version begins clean: not signed, lines open again; the planned signer and the old files stay."""
    creation.next_version(work, request)
    if request.signature:
        request.signature = {**request.signature, "signed_on": None, "readable_confirmed": False}
    request.question = None
    request.sent_at = request.due_at = request.outcome = None
    for line in lookup.lines_of(work, request):
        pairs.open_again(line)


def record_signature(work: Work, request: AccessRequest, answer: Answer) -> None:
    assert answer.signature is not None  # the guard has judged it
    request.signature = cases.signature_values(answer.signature)


def record_sending(work: Work, request: AccessRequest, answer: Answer) -> None:
    """The clock of the answer starts when the letter has left (AWT-2)."""
    request.channel = answer.channel or request.channel
    request.sent_at = work.now
    kind = work.catalog.kind(request.kind)
    if kind.to_desk:
        request.due_at = deadline(work.now, kind.desk_hours, work.desk_schedule, work.calendar).due
        return
    request.channel = "elsewhere"
    if answer.registered_on is not None:
        request.sent_at = dt.datetime.combine(answer.registered_on, dt.time(12), dt.UTC)
    days = kind.answer_days
    request.due_at = request.sent_at + dt.timedelta(days=days) if days else None


def record_ticket(work: Work, request: AccessRequest, answer: Answer) -> None:
    request.ticket = answer.ticket or request.ticket


def record_term(work: Work, request: AccessRequest, answer: Answer) -> None:
    """The desk itself names when it will answer: from now on that is the term (AWT-2)."""
    if answer.due is not None:
        request.due_at = answer.due
        audit.record(
            work, "request.term-moved", lookup.subject(request), due=answer.due.isoformat(), letter=answer.letter
        )


def record_bounce(work: Work, request: AccessRequest, answer: Answer) -> None:
    request.sent_at = request.due_at = None
    request.note = answer.reason


def record_question(work: Work, request: AccessRequest, answer: Answer) -> None:
    request.question = answer.question or "СТП просит уточнить, см. письмо."


def send_reply(work: Work, request: AccessRequest, answer: Answer) -> None:
    correspondence.promise_reply(work, request, text=answer.reply)
    request.question = None


def send_follow_up(work: Work, request: AccessRequest, answer: Answer) -> None:
    correspondence.promise_follow_up(work, request)


def _record_answers(work: Work, request: AccessRequest, answer: Answer, outcome: Outcome, unexplained: str) -> None:
    """What was said of each role; a step without answers says the same of all."""
    otherwise = PairAnswer(outcome, answer.reason)
    pairs.record(work, lookup.lines_of(work, request), answer.pairs, answer.ground, otherwise, unexplained)


def make_grants(work: Work, request: AccessRequest, answer: Answer) -> None:
    _record_answers(work, request, answer, "granted", "СТП не предоставила доступ.")
    given = [
        giving.Given(line.person_id or 0, RoleRef(pair.subsystem, pair.role), line.id or 0, pair.until)
        for line in lookup.lines_of(work, request)
        for pair in line.asked
        if pair.state is LineState.GRANTED and pair.subsystem and _is_new(pair, answer)
    ]
    place = request.organisation_id
    if work.catalog.kind(request.kind).revokes:
        roles = {(each.person_id, each.role) for each in given}
        grants.end_roles(work, roles, organisation_id=place, reason=f"заявка {request.number}", at=answer.answered_at)
        return
    made = giving.give(work, given, organisation_id=place, request_id=_id(request), since=answer.answered_at)
    if answer.answered_at is not None:
        reorganising.follow(work, made, answer.answered_at)


def _is_new(pair: RequestedRole, answer: Answer) -> bool:
    """Of a corrected answer only what was recorded wrongly is given or ended; the rest was."""
    return answer.wrong is None or pair.id in answer.wrong


def split_refused(work: Work, request: AccessRequest, answer: Answer) -> None:
    """Refused roles go on in a linked new draft that carries the reasons."""
    lines = lookup.lines_of(work, request)
    refused = [line for line in lines if any(pair.state is LineState.REJECTED for pair in line.asked)]
    if not refused:
        return
    persons = lookup.persons_of(work, refused)
    draft = creation.create(
        work,
        kind=request.kind,
        organisation_id=request.organisation_id,
        parent=request,
        relation="refused-lines",
        lines=[_only_refused(line, persons.get(line.person_id or 0)) for line in refused],
        fields=request.fields,
    )
    draft.version = request.version + 1  # for the employee it is the application's next version
    for line, new in zip(refused, lookup.lines_of(work, draft), strict=True):
        again = {(pair.subsystem, pair.role): pair for pair in new.asked}
        for pair in line.asked:
            if pair.state is LineState.REJECTED:
                copy = again[pair.subsystem, pair.role]
                copy.reason, copy.asked_until = pair.reason, pair.asked_until
        pairs.put(line, LineState.MOVED, (LineState.REJECTED,))


def _only_refused(line: RequestLine, person: Employee | None) -> LineFacts:
    roles = tuple(
        RoleRef(pair.subsystem, pair.role) for pair in line.asked if pair.state is LineState.REJECTED and pair.subsystem
    )
    return dataclasses.replace(cases.line_facts(line, person), roles=roles)


def ask_login_check(work: Work, request: AccessRequest, answer: Answer) -> None:
    """A corrected answer asks only those whose answer was wrong."""
    again = None
    if answer.wrong is not None:
        again = {
            line.id for line in lookup.lines_of(work, request) if any(_is_new(pair, answer) for pair in line.asked)
        }
    invitations.invite(work, request, purpose="login-check", turn=1 if again is None else request.revision, only=again)


def record_outcome(work: Work, request: AccessRequest, answer: Answer) -> None:
    """What was received and, where something follows from it, when to remind of that (EXT-6, EXT-7)."""
    outcome = work.catalog.kind(request.kind).outcome(answer.outcome)
    if outcome is None:
        return
    request.outcome, request.note = outcome.code, outcome.next
    if outcome.remind_days is not None:
        today = work.now.astimezone(MOSCOW).date()
        request.next_reminder_at = work.now + (work.calendar.shifted(today, outcome.remind_days) - today)
    audit.record(work, "request.outcome", lookup.subject(request), outcome=outcome.code)


def close_lines(work: Work, request: AccessRequest, answer: Answer) -> None:
    """The officer has checked the result: nobody logs in to prove it."""
    closed = [line for line in lookup.lines_of(work, request) if line.state in UNPROVEN]
    for line in closed:
        pairs.put(line, LineState.VERIFIED, UNPROVEN)
        line.verified_at = work.now
    grants.verify(work, [line.id or 0 for line in closed])


def open_checklists(work: Work, request: AccessRequest, answer: Answer) -> None:
    """What is to be filled in now that the access is proven (FIL-1, FIL-8)."""
    checklists.open_by_request(work, request)


def record_refusal(work: Work, request: AccessRequest, answer: Answer) -> None:
    _record_answers(work, request, answer, "rejected", "СТП отказала без объяснения.")
    request.note = without_other_snils(answer.reason, "")  # it stands beside nobody in particular


def _id(request: AccessRequest) -> int:
    assert request.id is not None
    return request.id


def keep_version(work: Work, request: AccessRequest, answer: Answer) -> None:
    """The next version begins: what stood of the refused one stays on record."""
    versions.keep(work, request)


HANDLERS: dict[Effect, Handler] = {
    Effect.ASK_FIRST_LOGIN: ask_first_login,
    Effect.MAKE_DOCUMENTS: make_documents,
    Effect.SEND_PACKAGE: send_package,
    Effect.CANCEL_LETTERS: cancel_letters,
    Effect.START_VERSION: start_version,
    Effect.KEEP_VERSION: keep_version,
    Effect.RECORD_SIGNATURE: record_signature,
    Effect.RECORD_SENDING: record_sending,
    Effect.RECORD_TICKET: record_ticket,
    Effect.RECORD_TERM: record_term,
    Effect.RECORD_BOUNCE: record_bounce,
    Effect.RECORD_QUESTION: record_question,
    Effect.SEND_REPLY: send_reply,
    Effect.SEND_FOLLOW_UP: send_follow_up,
    Effect.MAKE_GRANTS: make_grants,
    Effect.SPLIT_REFUSED: split_refused,
    Effect.ASK_LOGIN_CHECK: ask_login_check,
    Effect.RECORD_REFUSAL: record_refusal,
    Effect.RECORD_OUTCOME: record_outcome,
    Effect.CLOSE_LINES: close_lines,
    Effect.OPEN_CHECKLISTS: open_checklists,
    Effect.UNDO_ANSWER: undoing.undo_answer,
    Effect.UNDO_LOGINS: undoing.undo_logins,
    Effect.UNDO_SENDING: undoing.undo_sending,
    Effect.UNDO_BOUNCE: undoing.undo_bounce,
    Effect.UNDO_QUESTION: undoing.undo_question,
    Effect.CHANGE_TICKET: undoing.change_ticket,
    Effect.PUT_VERSION_BACK: undoing.put_version_back,
    Effect.GIVE_EARLIER: undoing.give_earlier,
}
