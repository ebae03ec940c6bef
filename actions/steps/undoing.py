"""Effects of corrections: what a step did is taken back as if it had never been taken."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlmodel import col

from actions.checklists import checklists
from actions.context import Work
from actions.post import links, outbox
from actions.requests import lookup, pairs, versions
from actions.reviews import reorganising
from actions.roles import grants
from actions.steps.answer import Answer
from models.grant import EndedFor, Grant
from models.letters import OutboxLetter
from models.request import AccessRequest, LineState, RequestedRole, RequestLine
from states.deadlines import deadline
from states.outcomes import ACCESS, UNPROVEN


def undo_answer(work: Work, request: AccessRequest, answer: Answer) -> None:
    """`wrong`: row numbers of the roles whose answer is taken back. Grants, links, letters and lists follow."""
    wrong = answer.wrong or ()
    for line in lookup.lines_of(work, request):
        mine = [pair for pair in line.asked if pair.id in wrong]
        for pair in mine:
            if pair.state in ACCESS:
                _take_back(work, request, line, pair)
            pairs.forget(pair)
        pairs.sum_up(line)
        if mine:
            _ask_no_more(work, request, line)
    request.outcome, request.next_reminder_at, request.note = None, None, ""
    work.session.flush()
    checklists.close_unfounded(work, request)


def _take_back(work: Work, request: AccessRequest, line: RequestLine, pair: RequestedRole) -> None:
    """The role that it gave was never held; the one that it ended is held on."""
    here = col(Grant.organisation_id) == request.organisation_id
    same = (
        col(Grant.person_id) == line.person_id,
        or_(here, col(Grant.line_id) == line.id),  # where it went over to another organisation since
        col(Grant.subsystem) == pair.subsystem,
        col(Grant.role) == pair.role,
    )
    rows = list(work.session.execute(select(Grant).where(*same).order_by(col(Grant.since))).scalars())
    if not work.catalog.kind(request.kind).revokes:
        for row in rows:
            if row.line_id == line.id and not row.never:
                grants.retract(work, row)
            elif row.until is None and pair.decided_at is not None:
                grants.end_as_before(work, row, pair.decided_at)
        return
    for row in rows:
        if row.until is not None and row.until == pair.decided_at and not row.never:
            later = [other.since for other in rows if other.since > row.since and not other.never]
            grants.restore(work, row, until=min(later, default=None))
            reorganising.follow(work, [row], pair.decided_at)


def _ask_no_more(work: Work, request: AccessRequest, line: RequestLine) -> None:
    """Whoever has nothing to prove gets no letter about it, and his link proves nothing."""
    if not any(pair.state is LineState.VERIFIED for pair in line.asked):
        line.verified_at = None
    if line.state in UNPROVEN:
        return
    links.end_of_lines(work, EndedFor.CORRECTED, col(RequestLine.id) == line.id, purpose=links.LOGIN_CHECK)
    outbox.cancel(
        work,
        request_id=request.id or 0,
        only=(
            col(OutboxLetter.person_id) == line.person_id,
            col(OutboxLetter.purpose).in_((links.LOGIN_CHECK, "nudge")),
        ),
    )


def undo_logins(work: Work, request: AccessRequest, answer: Answer) -> None:
    """`lines`: row numbers of those who did not log in after all, or whose result was not checked."""
    wrong = answer.lines or ()
    for line in lookup.lines_of(work, request):
        if line.id in wrong:
            pairs.put(line, LineState.GRANTED, (LineState.VERIFIED,))
            line.verified_at = None
            grants.unprove(work, line_id=line.id or 0)
    work.session.flush()
    checklists.close_unfounded(work, request)


def undo_sending(work: Work, request: AccessRequest, answer: Answer) -> None:
    """Nobody handed the papers over: no clock runs, and the letter is the usual way again."""
    request.sent_at = request.due_at = request.next_reminder_at = request.question = None
    request.channel = "mail"


def undo_bounce(work: Work, request: AccessRequest, answer: Answer) -> None:
    """The letter had arrived: `sent_at` is when it left."""
    assert answer.sent_at is not None
    request.sent_at, request.note = answer.sent_at, ""
    hours = work.catalog.kind(request.kind).desk_hours
    request.due_at = deadline(answer.sent_at, hours, work.desk_schedule, work.calendar).due


def undo_question(work: Work, request: AccessRequest, answer: Answer) -> None:
    request.question = None


def change_ticket(work: Work, request: AccessRequest, answer: Answer) -> None:
    """`ticket` None: there is none, or none any more."""
    request.ticket = answer.ticket
    if answer.restores_term:
        request.due_at = answer.due


def put_version_back(work: Work, request: AccessRequest, answer: Answer) -> None:
    assert answer.back_to is not None
    versions.put_back(work, request, answer.back_to)


def give_earlier(work: Work, request: AccessRequest, answer: Answer) -> None:
    versions.give_earlier(work, request, answer.earlier)
