"""A request as rules see it: its facts, and the case that guards judge."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from actions.cards import identities, organisation_names, organisations, people
from actions.context import Work
from actions.post import destinations
from actions.requests import twins
from actions.requests.lookup import Rows, companion_of, files_of, lines_of, persons_of
from actions.roles import grants
from models.answers import Ground
from models.attachments import AttachmentFacts
from models.employee import Employee
from models.facts import HeldRole, Known, LineFacts, RequestFacts, RoleRef, SignatureFacts
from models.findings import Finding, Severity
from models.letters import OutboxLetter, OutboxState
from models.organisation import Organisation
from models.request import AccessRequest, RequestFile, RequestLine, Status
from models.text import fold
from states.guards import Case
from states.outcomes import UNPROVEN
from states.rules.identity import clash_of
from states.statuses import ON_THE_WAY, OUT_OF_HAND

LINE_DATES = ("first_login_on",)  # of what is typed in a line


def line_facts(line: RequestLine, person: Employee | None) -> LineFacts:
    """The line as typed, with what the organisation has on record of the employee since: marks, never name or address."""
    typed: dict[str, Any] = dict(line.typed)
    for name in LINE_DATES:
        typed[name] = dt.datetime.fromisoformat(typed[name]) if typed.get(name) else None
    typed["confirmed"] = tuple(typed.get("confirmed") or ())
    if person is not None:
        if (
            typed.get("email_is_esia") is None
            and person.email_fold
            and person.email_fold == fold(typed.get("email", ""))
        ):
            typed["email_is_esia"] = person.email_is_esia
        typed["esia_confirmed"] = typed.get("esia_confirmed") or (person.esia_confirmed_on is not None) or None
        typed["first_login_on"] = person.first_login_on or typed["first_login_on"]
    return LineFacts(roles=tuple(RoleRef(*pair) for pair in line.roles), **typed)


def facts_of(work: Work, request: AccessRequest, rows: Rows | None = None) -> RequestFacts:
    """Everything the rules may ask, read in a fixed number of queries. `rows`: where they were read already."""
    lines = rows.lines if rows else lines_of(work, request)
    persons = rows.persons if rows else persons_of(work, lines)
    known = _known(work, request, lines)
    facts = tuple(_facts_of_line(request, line, persons, known) for line in lines)
    organisation = organisations.get(work, request.organisation_id)
    files = rows.files_of(request) if rows else files_of(work, request)
    return RequestFacts(
        kind=request.kind,
        organisation=organisations.facts_of(work, organisation),
        lines=facts,
        held=tuple(_held(work, request, organisation, persons)),
        emails_of_others=people.owners_of(work, [line.email for line in facts]),
        known=known,
        signature=signature_of(request),
        fields=dict(request.fields),
        attachments=_attached(work, request, files),
        attached=_read(work, request, files),
        scan_complete=any(file.purpose == "scan" and file.detail.get("complete") for file in files),
        name_on_papers=organisation_names.on_papers(work, request, files),
        version=request.version,
        twin=twins.twin_under_way(work, request, facts),
        today=work.now.date(),
    )


def _known(work: Work, request: AccessRequest, lines: Iterable[RequestLine]) -> dict[str, Known]:
    """What has left its draft was judged with what was known then."""
    if request.status is not Status.DRAFT:
        return {}
    numbers = {str(line.typed.get("snils") or "") for line in lines if line.person_id is not None}
    return identities.known(work, request.organisation_id, numbers, but=request.id)


def _facts_of_line(
    request: AccessRequest, line: RequestLine, persons: Mapping[int, Employee], known: Mapping[str, Known]
) -> LineFacts:
    """A stranger's marks are not the line's."""
    typed = line_facts(line, None)
    if request.status is Status.DRAFT and clash_of(typed, known.get(typed.snils)) is not None:
        return typed
    return line_facts(line, persons.get(line.person_id or 0))


def _held(
    work: Work, request: AccessRequest, organisation: Organisation, persons: Mapping[int, Employee]
) -> Iterable[HeldRole]:
    """Of these people anywhere; of the whole organisation only whether it has what its subsystems need (thousands hold)."""
    for person_id, subsystem, role, inn in grants.held_by(work, list(persons)):
        yield HeldRole(persons[person_id].snils, subsystem, role, inn)
    for code in work.catalog.kind(request.kind).subsystems:
        needs = work.catalog.subsystems[code].needs
        if needs and grants.is_held_in(work, organisation.id or 0, needs.subsystem):
            yield HeldRole("", needs.subsystem, "", organisation.inn)


def _attached(work: Work, request: AccessRequest, files: list[RequestFile]) -> frozenset[str]:
    codes = {file.purpose for file in files}
    companion = companion_of(work, request)
    if companion is not None:
        codes |= {"companion-drafted"}
        if companion.status is Status.SIGNED:
            codes |= {f"companion-{file.purpose}" for file in files_of(work, companion)}
    return frozenset(codes)


def _read(work: Work, request: AccessRequest, files: list[RequestFile]) -> tuple[AttachmentFacts, ...]:
    """The kind's own attachments as they were read when they came in."""
    codes = {entry.code for entry in work.catalog.kind(request.kind).attachments}
    return tuple(
        AttachmentFacts.from_detail(
            {"name": file.name, "media_type": file.media_type, "size": file.size, **file.detail, "code": file.purpose}
        )
        for file in files
        if file.purpose in codes
    )


def signature_of(request: AccessRequest) -> SignatureFacts | None:
    if not request.signature:
        return None
    values: dict[str, Any] = dict(request.signature)
    for name in ("signed_on", "attorney_date", "attorney_until"):
        values[name] = dt.date.fromisoformat(values[name]) if values.get(name) else None
    return SignatureFacts(**values)


def signature_values(signature: SignatureFacts) -> dict[str, object]:
    """A signature as the request's JSON column keeps it."""
    return json.loads(json.dumps(dataclasses.asdict(signature), default=str))  # type: ignore[no-any-return]


def intake_of(request: AccessRequest) -> list[Finding]:
    """What reading the roster found; it stays until the lines are put in anew."""
    return [
        Finding(**{**entry, "severity": Severity(str(entry["severity"]))})  # type: ignore[arg-type]
        for entry in request.intake
    ]


def case_of(
    work: Work,
    request: AccessRequest,
    *,
    ticket: str | None = None,
    outcome: str | None = None,
    signature: SignatureFacts | None = None,
    ground: Ground | None = None,
    address_confirmed: bool = False,
    facts: RequestFacts | None = None,
) -> Case:
    """The request as guards see it; `signature`, `ticket`, `outcome` and `ground` are what the step would write."""
    facts = facts or facts_of(work, request)
    if signature is not None:
        facts = dataclasses.replace(facts, signature=signature)
    states = _package_states(work, request)
    granted = lines_of(work, request) if request.status is Status.GRANTED else []
    unproven = [line for line in granted if line.state in UNPROVEN]
    persons = persons_of(work, unproven)
    return Case(
        facts=facts,
        catalog=work.catalog,
        kind=work.catalog.kind(request.kind),
        intake=tuple(intake_of(request)),
        letter_promised=bool(states & {*ON_THE_WAY, *OUT_OF_HAND}),
        letter_on_its_way=bool(states & {*OUT_OF_HAND}),
        question_open=request.question is not None,
        overdue=request.due_at is not None and work.now > request.due_at,
        unproven=tuple(line_facts(line, None).name for line in unproven if line.person_id in persons),
        ticket=ticket or request.ticket,
        outcome=outcome or request.outcome,
        ground=ground,
        by_hand=request.channel != "mail" and request.sent_at is not None,
        address_confirmed=address_confirmed or destinations.is_confirmed(work),
        address=destinations.address(work),
    )


def _package_states(work: Work, request: AccessRequest) -> set[OutboxState]:
    query = select(col(OutboxLetter.state)).where(
        col(OutboxLetter.request_id) == request.id,
        col(OutboxLetter.purpose) == "package",
        col(OutboxLetter.version) == request.version,
    )
    return set(work.session.execute(query).scalars())
