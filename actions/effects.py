"""What a step owes, paid in the step's own transaction; letters are promised here and sent by a flow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import cast

from actions import (
    audit,
    checklists,
    correspondence,
    destinations,
    grants,
    invitations,
    outbox,
    papers,
    people,
    requests,
)
from actions.context import Work
from models.facts import SignatureFacts
from models.request import AccessRequest, LineState
from states.deadlines import deadline
from states.lifecycle import Effect

Data = Mapping[str, object]
Handler = Callable[[Work, AccessRequest, Data], None]


def ask_first_login(work: Work, request: AccessRequest, data: Data) -> None:
    _take_over(work, request)
    invitations.invite(work, request, purpose="first-login")


def make_documents(work: Work, request: AccessRequest, data: Data) -> None:
    _take_over(work, request)
    papers.make(work, request)


def _take_over(work: Work, request: AccessRequest) -> None:
    """Only a judged line may overwrite what is on record of its person."""
    lines = requests.lines_of(work, request)
    persons = requests.persons_of(work, lines)
    for line in lines:
        if line.person_id in persons:
            person = persons[line.person_id]
            people.update_from(work, person, requests.line_facts(line, person))


def send_package(work: Work, request: AccessRequest, data: Data) -> None:
    request.channel = "mail"
    if data.get("confirm_address"):
        destinations.confirm(work)
    correspondence.promise_package(work, request)


def cancel_letters(work: Work, request: AccessRequest, data: Data) -> None:
    outbox.cancel(work, request_id=_id(request))


def start_version(work: Work, request: AccessRequest, data: Data) -> None:
    """A new version begins clean: not signed, lines open again; the planned signer and the old files stay."""
    requests.next_version(work, request)
    if request.signature:
        request.signature = {**request.signature, "signed_on": None, "readable_confirmed": False}
    request.question = None
    request.sent_at = request.due_at = request.outcome = None
    for line in requests.lines_of(work, request):
        line.state, line.evidence = LineState.OPEN, None


def record_signature(work: Work, request: AccessRequest, data: Data) -> None:
    signature = data["signature"]
    assert isinstance(signature, SignatureFacts)
    request.signature = requests.signature_values(signature)


def record_sending(work: Work, request: AccessRequest, data: Data) -> None:
    """The clock of the answer starts when the letter has left (AWT-2)."""
    request.channel = str(data.get("channel") or request.channel)
    request.sent_at = work.now
    kind = work.catalog.kind(request.kind)
    if kind.to_desk:
        request.due_at = deadline(work.now, kind.desk_hours, work.desk_schedule, work.calendar).due
        return
    request.channel = "elsewhere"
    registered = data.get("registered_on")
    if isinstance(registered, dt.date):
        request.sent_at = dt.datetime.combine(registered, dt.time(12), dt.UTC)
    days = kind.answer_days
    request.due_at = request.sent_at + dt.timedelta(days=days) if days else None


def record_ticket(work: Work, request: AccessRequest, data: Data) -> None:
    if data.get("ticket"):
        request.ticket = str(data["ticket"])


def record_bounce(work: Work, request: AccessRequest, data: Data) -> None:
    request.sent_at = request.due_at = None
    request.note = str(data.get("reason") or "")


def record_question(work: Work, request: AccessRequest, data: Data) -> None:
    request.question = str(data.get("question") or "СТП просит уточнить, см. письмо.")


def send_reply(work: Work, request: AccessRequest, data: Data) -> None:
    correspondence.promise_reply(work, request, text=str(data["text"]))
    request.question = None


def send_follow_up(work: Work, request: AccessRequest, data: Data) -> None:
    correspondence.promise_follow_up(work, request)


def _answers(data: Data) -> dict[int, dict[str, str]]:
    """Per line: {"outcome", "reason", "evidence"}; an empty mapping means the same for every line."""
    return data.get("answers") or {}  # type: ignore[return-value]


def make_grants(work: Work, request: AccessRequest, data: Data) -> None:
    answers = _answers(data)
    for line in requests.lines_of(work, request):
        answer = answers.get(line.id or 0, {"outcome": "granted"} if not answers else {"outcome": "rejected"})
        line.evidence = answer.get("evidence") or str(data.get("evidence") or "") or None
        if answer["outcome"] != "granted":
            line.state, line.reason = LineState.REJECTED, answer.get("reason") or "СТП не предоставила доступ."
            continue
        line.state = LineState.GRANTED
        if work.catalog.kind(request.kind).revokes:
            grants.end_roles(work, line=line, organisation_id=request.organisation_id, reason=f"заявка {request.number}")
            continue
        for subsystem, role in line.roles:
            grants.grant(
                work,
                person_id=line.person_id or 0,
                organisation_id=request.organisation_id,
                subsystem=subsystem,
                role=role,
                request_id=_id(request),
                line_id=line.id or 0,
            )


def split_refused(work: Work, request: AccessRequest, data: Data) -> None:
    """Refused lines go on in a linked new draft that carries the reasons."""
    refused = [line for line in requests.lines_of(work, request) if line.state is LineState.REJECTED]
    if not refused:
        return
    persons = requests.persons_of(work, refused)
    draft = requests.create(
        work,
        kind=request.kind,
        organisation_id=request.organisation_id,
        parent=request,
        relation="refused-lines",
        lines=[requests.line_facts(line, persons.get(line.person_id or 0)) for line in refused],
        fields=request.fields,
    )
    draft.version = request.version + 1  # for the employee it is the application's next version
    new_lines = {line.person_id: line for line in requests.lines_of(work, draft)}
    for line in refused:
        new_lines[line.person_id].reason = line.reason
        line.state = LineState.MOVED


def ask_login_check(work: Work, request: AccessRequest, data: Data) -> None:
    invitations.invite(work, request, purpose="login-check")


def record_outcome(work: Work, request: AccessRequest, data: Data) -> None:
    """What was received and, where something follows from it, when to remind of that (EXT-6, EXT-7)."""
    outcome = work.catalog.kind(request.kind).outcome(cast("str | None", data.get("outcome")))
    if outcome is None:
        return
    request.outcome, request.note = outcome.code, outcome.next
    if outcome.remind_days is not None:
        request.next_reminder_at = work.now + working_days(work, outcome.remind_days)
    audit.record(work, "request.outcome", requests.subject(request), outcome=outcome.code)


def working_days(work: Work, count: int) -> dt.timedelta:
    """From now to the same time so many working days later."""
    day, left = work.now.date(), count
    while left:
        day += dt.timedelta(days=1)
        left -= work.calendar.is_working(day)
    return dt.timedelta(days=(day - work.now.date()).days)


def close_lines(work: Work, request: AccessRequest, data: Data) -> None:
    """The officer has checked the result: nobody logs in to prove it."""
    for line in requests.lines_of(work, request):
        if line.state in (LineState.GRANTED, LineState.TROUBLE):
            line.state, line.verified_at = LineState.VERIFIED, work.now
            grants.verify(work, line_id=line.id or 0)


def open_checklists(work: Work, request: AccessRequest, data: Data) -> None:
    """What is to be filled in now that the access is proven (FIL-1, FIL-8)."""
    checklists.open_by_request(work, request)


def record_refusal(work: Work, request: AccessRequest, data: Data) -> None:
    answers = _answers(data)
    for line in requests.lines_of(work, request):
        answer = answers.get(line.id or 0, {})
        line.state = LineState.REJECTED
        line.reason = answer.get("reason") or str(data.get("reason") or "") or "СТП отказала без объяснения."
        line.evidence = answer.get("evidence") or str(data.get("evidence") or "") or None
    request.note = str(data.get("reason") or "")


def _id(request: AccessRequest) -> int:
    assert request.id is not None
    return request.id


HANDLERS: dict[Effect, Handler] = {effect: globals()[effect.value] for effect in Effect}
