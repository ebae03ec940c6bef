"""Drafts begun: new ones, repetitions, next versions; and the rows that a draft consists of."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

from sqlalchemy import func, select
from sqlmodel import col

from actions.cards import enrolling, organisations
from actions.context import Conflict, Work
from actions.log import audit
from actions.post import links
from actions.requests import pairs
from actions.requests.cases import LINE_DATES, line_facts, signature_values
from actions.requests.lookup import files_of, id_of, lines_of, persons_of, subject
from actions.roles import grants
from catalog.kinds import RequestKind
from catalog.layouts import load_layouts
from models.facts import LineFacts, OrganisationFacts, RegistryStatus, Route, SignatureFacts
from models.findings import Finding
from models.numbering import number
from models.request import AccessRequest, FormerVersion, RequestFile, RequestLine
from refusals import Refusal
from states.rules.roles import is_current
from states.rules.terms import last_day

_NOT_TYPED = ("roles",)


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


class UnknownField(Refusal, ValueError):
    """A field that the kind has not; the text names those that it has."""


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


def add_lines(work: Work, request: AccessRequest, lines: Sequence[LineFacts]) -> None:
    """The first lines of a request; those of a draft are changed by `actions.requests.drafting`."""
    cards, rows = enrolling.enrol(work, request.organisation_id, lines), []
    for position, (line, card) in enumerate(zip(lines, cards, strict=True), 1):
        row = RequestLine(
            request_id=id_of(request),
            person_id=card.person_id if card else None,
            position=position,
            typed=typed_values(line),
        )
        pairs.ask(work, row, line.roles, last_day(line))
        rows.append(row)
    number_lines(work, rows)
    work.session.flush()


def number_lines(work: Work, lines: Sequence[RequestLine]) -> None:
    """New ones and their roles, so that they are written together."""
    number(work.session, lines)
    number(work.session, list(pairs.of(lines)))


def remove_lines(work: Work, request: AccessRequest, lines: Sequence[RequestLine]) -> None:
    """The rows go, with their links and what roles remember of them."""
    if not lines:
        return
    links.forget(work, request, lines)
    grants.forget_lines(work, [line.id or 0 for line in lines])
    for line in lines:
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


def typed_values(line: LineFacts) -> dict[str, object]:
    """A line as its JSON column keeps it; its roles stand in a table of their own."""
    values = {field.name: getattr(line, field.name) for field in dataclasses.fields(line)}
    for name in _NOT_TYPED:
        del values[name]
    for name in LINE_DATES:
        values[name] = values[name].isoformat() if values[name] else None
    return values
