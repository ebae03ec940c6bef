"""Requests: drafting, judging, showing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from sqlalchemy import func, select
from sqlmodel import col

from actions import (
    audit,
    destinations,
    enrolling,
    grants,
    identities,
    links,
    organisation_names,
    organisations,
    pairs,
    people,
    twins,
)
from actions.context import Conflict, NotFound, Work
from catalog.kinds import RequestKind
from catalog.layouts import load_layouts
from models.answers import Ground
from models.attachments import AttachmentFacts
from models.employee import Employee
from models.facts import (
    HeldRole,
    Known,
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
from models.organisation import Organisation
from models.request import AccessRequest, FormerVersion, RequestFile, RequestLine, Status, without_tail
from models.row_numbers import row_number
from models.text import fold
from states.guards import Case
from states.lifecycle import Trait, traits_of
from states.outcomes import UNPROVEN
from states.rules.identity import clash_of
from states.rules.roles import is_current
from states.rules.terms import last_day

_LINE_DATES = ("first_login_on",)
_NOT_TYPED = ("roles",)


def get(work: Work, request_id: int) -> AccessRequest:
    request = work.session.get(AccessRequest, request_id)
    if request is None:
        raise NotFound(f"Заявки № {request_id} нет.")
    return request


def find(work: Work, reference: str) -> AccessRequest:
    """By row number or by our number («ЕД-2026-000012»). Raises NotFound."""
    number = row_number(reference)
    if number is not None:
        return get(work, number)
    query = select(AccessRequest).where(col(AccessRequest.number) == without_tail(reference).upper())
    request: AccessRequest | None = work.session.execute(query).scalar_one_or_none()
    if request is None:
        raise NotFound(f"Заявки «{reference}» нет.")
    return request


def traits(work: Work, request: AccessRequest) -> frozenset[Trait]:
    """What decides the request's way through the states."""
    return traits_of(work.catalog.kind(request.kind))


def create(
    work: Work,
    *,
    kind: str,
    organisation_id: int,
    lines: Sequence[LineFacts] = (),
    intake: Iterable[Finding] = (),
    fields: Mapping[str, str] | None = None,
    signer: SignatureFacts | None = None,
    parent: AccessRequest | None = None,
    relation: str | None = None,
) -> AccessRequest:
    """A new draft. Wrong lines are kept as typed; `check` tells what is wrong with them.

    When the organisation is absent from the refbook, its add-application is drafted with it (ORG-3).
    Raises Conflict for a kind or a subsystem that is not in force today, UnknownField for a field that the kind has not.
    """
    entry = work.catalog.kind(kind)
    subsystems = (work.catalog.subsystems[code] for code in entry.subsystems)
    today = work.now.date()
    if not is_current(entry, today) or not all(is_current(subsystem, today) for subsystem in subsystems):
        raise Conflict(
            f"Вид заявки «{entry.title}» сейчас не действует: в каталоге у него или у подсистемы другой срок."
        )
    check_fields(entry, fields or {}, work.policy.own_catalog)
    if signer:
        check_signer(work, signer)
    organisation = organisations.get(work, organisation_id)
    request = AccessRequest(
        number=str(uuid.uuid4()),
        kind=kind,
        organisation_id=organisation_id,
        created_at=work.now,
        created_by=work.by,
        status_since=work.now,
        fields=_filled(fields or {}),
        signature=signature_values(signer) if signer else None,
        intake=[dict(finding.as_json()) for finding in intake],
        parent_id=parent.id if parent else None,
        relation=relation,
    )
    work.session.add(request)
    work.session.flush()
    request.number = f"{work.policy.number_prefix}-{work.now.year}-{request.id:06d}"
    add_lines(work, request, lines)
    audit.record(work, "request.created", subject(request), kind=kind, organisation=organisation_id, lines=len(lines))
    if entry.companion and _needs_companion(organisations.facts_of(work, organisation)):
        create(work, kind=entry.companion, organisation_id=organisation_id, parent=request, relation="companion")
    return request


def repeat(work: Work, request: AccessRequest) -> AccessRequest:
    """The same once more as a new draft, after an answer that asks for it (EXT-7); nothing reminds of the old one then."""
    lines = lines_of(work, request)
    persons = persons_of(work, lines)
    made = create(
        work,
        kind=request.kind,
        organisation_id=request.organisation_id,
        lines=[line_facts(line, persons.get(line.person_id or 0)) for line in lines],
        fields=request.fields,
        parent=request,
        relation="repeat",
    )
    dismiss(work, request)
    return made


def dismiss(work: Work, request: AccessRequest) -> None:
    """What follows from the answer is done: no more reminders of it."""
    request.next_reminder_at = None
    audit.record(work, "request.dismissed", subject(request))


class UnknownField(ValueError):
    """A field that the kind has not; the text names those that it has."""

    for_people = True


def check_fields(kind: RequestKind, values: Mapping[str, str], own: Path | None) -> None:
    """Raises UnknownField. Forms of add-applications have lines of their own beside the kind's fields."""
    known = {field.code for field in kind.fields} | {
        line.answer for layout in load_layouts(own).values() for line in layout.fields if line.answer
    }
    strange = sorted(set(values) - known)
    if strange:
        codes = ", ".join(field.code for field in kind.fields) or "нет ни одного"
        raise UnknownField(f"Поля «{strange[0]}» у вида «{kind.code}» нет. Поля вида: {codes}.")


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value.strip()}


def _needs_companion(organisation: OrganisationFacts) -> bool:
    absent = organisation.registry in (RegistryStatus.ABSENT, RegistryStatus.WRONG_KIND)
    return absent and organisation.route is not Route.GOSUSLUGI


def subject(request: AccessRequest) -> str:
    return f"request:{request.id}"


def add_lines(work: Work, request: AccessRequest, lines: Sequence[LineFacts]) -> None:
    """The first lines of a request; those of a draft are changed by `actions.drafting`."""
    cards = enrolling.enrol(work, request.organisation_id, lines)
    for position, (line, card) in enumerate(zip(lines, cards, strict=True), 1):
        row = RequestLine(
            request_id=_id(request),
            person_id=card.person_id if card else None,
            position=position,
            typed=typed_values(line),
        )
        pairs.ask(work, row, line.roles, last_day(line))
        work.session.add(row)
    work.session.flush()


def remove_line(work: Work, request: AccessRequest, line: RequestLine) -> None:
    """The row goes, with its links and what roles remember of it."""
    links.forget(work, request, line)
    grants.forget_line(work, line.id or 0)
    work.session.delete(line)


def check_signer(work: Work, signer: SignatureFacts) -> None:
    """Raises CatalogError, which names the codes that there are; an empty one may be said later."""
    if signer.capacity:
        work.catalog.capacity(signer.capacity)
    for code in (signer.body, signer.seal_of):
        work.catalog.check_body(code)


def confirm(work: Work, request: AccessRequest, code: str, *, snils: Collection[str] = ()) -> int:
    """The officer confirms something of the persons (DSP-6, GEN-2); empty `snils` means of all. Returns how many.

    `code` is one of the kind's confirmations, `esia-email`, or `snils-checked` (the number was held against a document).
    Raises Conflict for another one or when nobody is meant.
    """
    known = [entry.code for entry in work.catalog.kind(request.kind).confirmations] + [ESIA_EMAIL, SNILS_CHECKED]
    if code not in known:
        raise Conflict(f"Подтверждения «{code}» у этой заявки нет. Есть: {', '.join(known)}.")
    meant = [line for line in lines_of(work, request) if not snils or line.typed.get("snils") in snils]
    if not meant:
        raise Conflict("Таких работников в заявке нет.")
    for line in meant:
        if code == ESIA_EMAIL:
            line.typed = {**line.typed, "email_is_esia": True}
        elif code == SNILS_CHECKED:
            line.typed = {**line.typed, "snils_checked": line_facts(line, None).identity}
        else:
            already = cast("list[str]", line.typed.get("confirmed") or [])
            line.typed = {**line.typed, "confirmed": sorted({*already, code})}
        work.session.add(line)
    work.session.flush()
    request.revision += 1
    audit.record(work, "request.confirmed", subject(request), what=code, lines=[line.id for line in meant])
    return len(meant)


ESIA_EMAIL, SNILS_CHECKED = "esia-email", "snils-checked"


def next_version(work: Work, request: AccessRequest) -> None:
    """The version grows, so that a paper printed earlier is told apart; what was attached goes along."""
    attached = files_of(work, request)
    used = select(func.max(col(FormerVersion.last_number))).where(col(FormerVersion.request_id) == request.id)
    request.version = max(request.version, work.session.execute(used).scalar() or 0) + 1
    carried = {entry.code for entry in work.catalog.kind(request.kind).attachments} | {"licence-draft"}
    for file in attached:
        if file.purpose in carried:
            work.session.add(RequestFile(**{**file.model_dump(exclude={"id", "version"}), "version": request.version}))
    work.session.flush()


def _id(request: AccessRequest) -> int:
    assert request.id is not None
    return request.id


def typed_values(line: LineFacts) -> dict[str, object]:
    """A line as its JSON column keeps it; its roles stand in a table of their own."""
    values = {field.name: getattr(line, field.name) for field in dataclasses.fields(line)}
    for name in _NOT_TYPED:
        del values[name]
    for name in _LINE_DATES:
        values[name] = values[name].isoformat() if values[name] else None
    return values


def line_facts(line: RequestLine, person: Employee | None) -> LineFacts:
    """The line as typed, with what the organisation has on record of the employee since: marks, never name or address."""
    typed: dict[str, Any] = dict(line.typed)
    for name in _LINE_DATES:
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


def lines_of(work: Work, request: AccessRequest) -> list[RequestLine]:
    query = select(RequestLine).where(col(RequestLine.request_id) == request.id).order_by(col(RequestLine.position))
    return list(work.session.execute(query).scalars())


def persons_of(work: Work, lines: Iterable[RequestLine]) -> dict[int, Employee]:
    """The cards of one organisation's lines, by `person_id`."""
    meant = [line for line in lines if line.person_id is not None]
    if not meant:
        return {}
    places = select(col(AccessRequest.organisation_id)).where(
        col(AccessRequest.id).in_({line.request_id for line in meant})
    )
    query = select(Employee).where(
        col(Employee.person_id).in_([line.person_id for line in meant]), col(Employee.organisation_id).in_(places)
    )
    return {card.person_id: card for card in work.session.execute(query).scalars()}


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


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """What belongs to a request: its lines in order, their people by number, the files of every version."""

    lines: list[RequestLine]
    persons: dict[int, Employee]
    files: list[RequestFile]

    def files_of(self, request: AccessRequest) -> list[RequestFile]:
        return [file for file in self.files if file.version == request.version and file.replaced_at is None]


def rows_of(work: Work, request: AccessRequest) -> Rows:
    """Three queries, for a page that shows the rows and judges them too."""
    lines = lines_of(work, request)
    query = select(RequestFile).where(col(RequestFile.request_id) == request.id).order_by(col(RequestFile.id))
    return Rows(lines, persons_of(work, lines), list(work.session.execute(query).scalars()))


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
        letter_promised=bool(states & {OutboxState.PROMISED, *_ON_ITS_WAY}),
        letter_on_its_way=bool(states & _ON_ITS_WAY),
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


_ON_ITS_WAY = {OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.UNCERTAIN}


def _package_states(work: Work, request: AccessRequest) -> set[OutboxState]:
    query = select(col(OutboxLetter.state)).where(
        col(OutboxLetter.request_id) == request.id,
        col(OutboxLetter.purpose) == "package",
        col(OutboxLetter.version) == request.version,
    )
    return set(work.session.execute(query).scalars())
