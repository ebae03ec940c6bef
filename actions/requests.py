"""Requests: drafting, judging, showing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from actions import audit, destinations, grants, organisations, people
from actions.context import NotFound, Work
from models.facts import (
    HeldRole,
    LineFacts,
    OrganisationFacts,
    RegistryStatus,
    RequestFacts,
    RoleRef,
    Route,
    SignatureFacts,
)
from models.findings import Finding, Severity
from models.letters import OutboxLetter, OutboxState
from models.person import Person
from models.request import AccessRequest, LineState, RequestFile, RequestLine, Status
from states.guards import Case
from states.lifecycle import Paper

_LINE_DATES = ("first_login_on",)
_NOT_TYPED = ("roles",)


def get(work: Work, request_id: int) -> AccessRequest:
    request = work.session.get(AccessRequest, request_id)
    if request is None:
        raise NotFound(f"Заявки № {request_id} нет.")
    return request


def find(work: Work, reference: str) -> AccessRequest:
    """By row number or by our number («ЕД-2026-000012»). Raises NotFound."""
    if reference.isdigit():
        return get(work, int(reference))
    query = select(AccessRequest).where(col(AccessRequest.number) == reference.strip().upper())
    request: AccessRequest | None = work.session.execute(query).scalar_one_or_none()
    if request is None:
        raise NotFound(f"Заявки «{reference}» нет.")
    return request


def paper_of(work: Work, request: AccessRequest) -> Paper:
    return "signed" if work.catalog.kind(request.kind).signature else "unsigned"


def create(
    work: Work,
    *,
    kind: str,
    organisation_id: int,
    lines: Sequence[LineFacts] = (),
    intake: Iterable[Finding] = (),
    fields: Mapping[str, str] | None = None,
    parent: AccessRequest | None = None,
    relation: str | None = None,
) -> AccessRequest:
    """A new draft. Wrong lines are kept as typed; `check` tells what is wrong with them.

    When the organisation is absent from the refbook, its add-application is drafted with it (ORG-3).
    """
    entry = work.catalog.kind(kind)
    organisation = organisations.get(work, organisation_id)
    request = AccessRequest(
        number=str(uuid.uuid4()),
        kind=kind,
        organisation_id=organisation_id,
        created_at=work.now,
        created_by=work.by,
        status_since=work.now,
        fields=dict(fields or {}),
        intake=[dict(finding.as_json()) for finding in intake],
        parent_id=parent.id if parent else None,
        relation=relation,
    )
    work.session.add(request)
    work.session.flush()
    request.number = f"{work.policy.number_prefix}-{work.now.year}-{request.id:06d}"
    put_lines(work, request, lines)
    audit.record(work, "request.created", subject(request), kind=kind, organisation=organisation_id, lines=len(lines))
    if entry.companion and _needs_companion(organisations.facts_of(work, organisation)):
        create(work, kind=entry.companion, organisation_id=organisation_id, parent=request, relation="companion")
    return request


def _needs_companion(organisation: OrganisationFacts) -> bool:
    absent = organisation.registry in (RegistryStatus.ABSENT, RegistryStatus.WRONG_KIND)
    return absent and organisation.route is not Route.GOSUSLUGI


def subject(request: AccessRequest) -> str:
    return f"request:{request.id}"


def put_lines(work: Work, request: AccessRequest, lines: Sequence[LineFacts]) -> None:
    """Replace the lines of a draft."""
    for old in lines_of(work, request):
        work.session.delete(old)
    work.session.flush()
    for position, line in enumerate(lines, 1):
        person = people.enrol(work, line)
        work.session.add(
            RequestLine(
                request_id=_id(request),
                person_id=person.id if person else None,
                position=position,
                roles=[[ref.subsystem, ref.role] for ref in line.roles],
                typed=_typed(line),
            )
        )
    work.session.flush()


def fill_in(work: Work, request: AccessRequest, values: Mapping[str, str]) -> None:
    """Answers of the kind's form; an empty one is taken away. The version grows as with new lines."""
    kept = {**request.fields, **values}
    request.fields = {name: value for name, value in kept.items() if value.strip()}
    request.version += 1
    request.revision += 1
    audit.record(work, "request.filled-in", subject(request), fields=sorted(values))


def replace_lines(work: Work, request: AccessRequest, lines: Sequence[LineFacts], intake: Iterable[Finding]) -> None:
    """A corrected roster in place of the draft's lines; what reading it found replaces what was found before.

    The version grows, so that a paper printed from the earlier lines is told apart.
    """
    put_lines(work, request, lines)
    request.version += 1
    request.intake = [dict(finding.as_json()) for finding in intake]
    request.revision += 1
    audit.record(work, "request.lines-replaced", subject(request), lines=len(lines))


def _id(request: AccessRequest) -> int:
    assert request.id is not None
    return request.id


def _typed(line: LineFacts) -> dict[str, object]:
    values = {field.name: getattr(line, field.name) for field in dataclasses.fields(line)}
    for name in _NOT_TYPED:
        del values[name]
    for name in _LINE_DATES:
        values[name] = values[name].isoformat() if values[name] else None
    return values


def line_facts(line: RequestLine, person: Person | None) -> LineFacts:
    """The line as typed, with what is on record of the person since."""
    typed: dict[str, Any] = dict(line.typed)
    for name in _LINE_DATES:
        typed[name] = dt.datetime.fromisoformat(typed[name]) if typed.get(name) else None
    if person is not None:
        typed["esia_confirmed"] = typed.get("esia_confirmed") or (person.esia_confirmed_on is not None) or None
        typed["first_login_on"] = person.first_login_on or typed["first_login_on"]
    return LineFacts(roles=tuple(RoleRef(*pair) for pair in line.roles), **typed)


def lines_of(work: Work, request: AccessRequest) -> list[RequestLine]:
    query = select(RequestLine).where(col(RequestLine.request_id) == request.id).order_by(col(RequestLine.position))
    return list(work.session.execute(query).scalars())


def persons_of(work: Work, lines: Iterable[RequestLine]) -> dict[int, Person]:
    wanted = [line.person_id for line in lines if line.person_id is not None]
    found = work.session.execute(select(Person).where(col(Person.id).in_(wanted))).scalars()
    return {person.id: person for person in found if person.id is not None}


def files_of(work: Work, request: AccessRequest) -> list[RequestFile]:
    """Files of the present version, replaced ones left out."""
    query = select(RequestFile).where(
        col(RequestFile.request_id) == request.id,
        col(RequestFile.version) == request.version,
        col(RequestFile.replaced_at).is_(None),
    )
    return list(work.session.execute(query.order_by(col(RequestFile.id))).scalars())


def child_of(work: Work, request: AccessRequest, relation: str) -> AccessRequest | None:
    """The newest request linked to this one in this way and not withdrawn."""
    query = select(AccessRequest).where(
        col(AccessRequest.parent_id) == request.id,
        col(AccessRequest.relation) == relation,
        col(AccessRequest.status) != Status.WITHDRAWN,
    )
    return work.session.execute(query.order_by(col(AccessRequest.id).desc()).limit(1)).scalar_one_or_none()


def companion_of(work: Work, request: AccessRequest) -> AccessRequest | None:
    """The add-application that travels in the same letter."""
    return child_of(work, request, "companion")


def facts_of(work: Work, request: AccessRequest) -> RequestFacts:
    """Everything the rules may ask, read in a fixed number of queries."""
    lines = lines_of(work, request)
    persons = persons_of(work, lines)
    facts = tuple(line_facts(line, persons.get(line.person_id or 0)) for line in lines)
    organisation = organisations.get(work, request.organisation_id)
    files = files_of(work, request)
    return RequestFacts(
        kind=request.kind,
        organisation=organisations.facts_of(work, organisation),
        lines=facts,
        held=tuple(_held(work, organisation.id, [line.person_id for line in lines if line.person_id])),
        emails_of_others=people.owners_of(work, [line.email for line in facts]),
        signature=signature_of(request),
        fields=dict(request.fields),
        attachments=_attached(work, request, files),
        scan_complete=any(file.purpose == "scan" and file.detail.get("complete") for file in files),
        version=request.version,
        today=work.now.date(),
    )


def _held(work: Work, organisation_id: int | None, person_ids: list[int]) -> Iterable[HeldRole]:
    for grant, person, inn in grants.in_force(work, organisation_id=organisation_id, person_ids=person_ids):
        yield HeldRole(person.snils, grant.subsystem, grant.role, inn)


def _attached(work: Work, request: AccessRequest, files: list[RequestFile]) -> frozenset[str]:
    codes = {file.purpose for file in files}
    companion = companion_of(work, request)
    if companion is not None:
        codes |= {"companion-drafted"}
        if companion.status is Status.SIGNED:
            codes |= {f"companion-{file.purpose}" for file in files_of(work, companion)}
    return frozenset(codes)


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
    signature: SignatureFacts | None = None,
    address_confirmed: bool = False,
) -> Case:
    """The request as guards see it; `signature` and `ticket` are what the step would write."""
    facts = facts_of(work, request)
    if signature is not None:
        facts = dataclasses.replace(facts, signature=signature)
    states = _package_states(work, request)
    unproven = [line for line in lines_of(work, request) if line.state in (LineState.GRANTED, LineState.TROUBLE)]
    persons = persons_of(work, unproven)
    return Case(
        facts=facts,
        catalog=work.catalog,
        kind=work.catalog.kind(request.kind),
        intake=tuple(intake_of(request)),
        letter_promised=bool(states & {OutboxState.PROMISED, *_ON_ITS_WAY}),
        letter_on_its_way=bool(states & _ON_ITS_WAY),
        question_open=request.question is not None,
        overdue=request.due_at is not None and work.now > request.due_at,
        unproven=tuple(persons[line.person_id].name for line in unproven if line.person_id in persons),
        ticket=ticket or request.ticket,
        address_confirmed=address_confirmed or destinations.is_confirmed(work),
        address=destinations.address(work),
    )


_ON_ITS_WAY = {OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.UNCERTAIN}


def _package_states(work: Work, request: AccessRequest) -> set[OutboxState]:
    query = select(col(OutboxLetter.state)).where(
        col(OutboxLetter.request_id) == request.id,
        col(OutboxLetter.purpose) == "package",
        col(OutboxLetter.version) == request.version,
    )
    return set(work.session.execute(query).scalars())
