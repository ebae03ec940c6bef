"""The papers of a request, made once for its version: application, add-application, trouble report."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable

from actions.context import Work
from actions.log import audit
from actions.post import destinations
from actions.requests import cases, files, lookup
from catalog import Catalog
from catalog.kinds import RequestKind
from catalog.layouts import Layout, layout
from documents.paper.making import MadeFile, make_documents
from documents.paper.paging import paginate
from documents.paper.paper import Attorney, Employee, OrganisationText, PaperFacts, Signer, compose, unanswered
from documents.paper.paper_facts import AskedField
from documents.russian import long_date
from models.facts import LineFacts, OrganisationFacts, RequestFacts
from models.findings import Finding, sourced
from models.identifiers import format_snils, valid_snils
from models.request import AccessRequest, RequestFile, Status
from states.rules.attachments import certificate_of
from states.rules.columns import columns_of
from states.rules.conditions import holds
from states.rules.fields import act_of
from states.rules.fields import printed as printed_fields
from states.rules.signers import signer_rule, signs_elsewhere


def make(work: Work, request: AccessRequest, facts: RequestFacts | None = None) -> list[RequestFile]:
    """Generate and keep every document of the present version; the same version gives the same bytes.

    `facts`: where they were read already, as for each function here.
    """
    facts = facts or cases.facts_of(work, request)
    if _is_report(work, request):
        return _make_trouble_report(work, request, facts)
    return _keep(work, request, _composed(work, request, facts))


def current(work: Work, request: AccessRequest) -> list[tuple[str, bytes, str]]:
    """Name, bytes and SHA-256 of the version's documents; a draft's are composed afresh and not kept."""
    if request.status is Status.DRAFT and not _is_report(work, request):
        return [
            (made.name, made.data, hashlib.sha256(made.data).hexdigest())
            for made in _composed(work, request, cases.facts_of(work, request))
        ]
    wanted = ("application", "add-", "trouble", "authority-letter")
    return [
        (file.name, work.files.read(file.sha256), file.sha256)
        for file in lookup.files_of(work, request)
        if file.purpose.startswith(wanted)
    ]


def _composed(work: Work, request: AccessRequest, facts: RequestFacts) -> list[MadeFile]:
    paper = paper_facts(work, request, facts)
    return [*make_documents(compose(_layout(work, request, facts), paper)), *_letter(work, request, facts, paper)]


def _is_report(work: Work, request: AccessRequest) -> bool:
    """Pictures pasted into a document with a comment under each (VER-4)."""
    return layout(work.catalog.kind(request.kind).layout, work.policy.own_catalog).purpose == "trouble-report"


def _letter(work: Work, request: AccessRequest, facts: RequestFacts, paper: PaperFacts) -> list[MadeFile]:
    """A letter that asks the body which has to sign; only where that is somebody else."""
    code = work.catalog.kind(request.kind).letter
    if code is None:
        return []
    if work.catalog.kind(request.kind).to_desk and signs_elsewhere(facts, work.catalog) is None:
        return []
    own_head = Signer(facts.organisation.head_post, facts.organisation.head_name)
    made = dataclasses.replace(paper, signer=own_head, seal_of="")
    return make_documents(compose(layout(code, work.policy.own_catalog), made))


def _layout(work: Work, request: AccessRequest, facts: RequestFacts) -> Layout:
    code = layout_code(work.catalog.kind(request.kind), facts.organisation, work.catalog)
    return layout(code, work.policy.own_catalog)


def page_count(work: Work, request: AccessRequest) -> int:
    """How many sheets the version prints on, so that a scan with too few is noticed even without codes."""
    facts = cases.facts_of(work, request)
    return len(paginate(compose(_layout(work, request, facts), paper_facts(work, request, facts))).pages)


def blanks(work: Work, request: AccessRequest, facts: RequestFacts | None = None) -> list[Finding]:
    """Lines of the form that nobody has filled in yet; they print empty and may be filled in by hand (ORG-12)."""
    facts = facts or cases.facts_of(work, request)
    form, paper = _layout(work, request, facts), paper_facts(work, request, facts)
    return [sourced(finding) for finding in unanswered(form, paper)]


def layout_code(kind: RequestKind, organisation: OrganisationFacts, catalog: Catalog) -> str:
    """An add-application's form goes by the organisation's kind, a branch's by its own (ORG-12)."""
    if not kind.layout.startswith("add-"):
        return kind.layout
    entry = catalog.organisation_kind(organisation.kind)
    return entry.branch_layout if organisation.branch and entry.branch_layout else entry.add_layout


def paper_facts(work: Work, request: AccessRequest, facts: RequestFacts | None = None) -> PaperFacts:
    """What the forms may say of the request. The date is that of the version's last edit, not of today."""
    facts = facts or cases.facts_of(work, request)
    kind = work.catalog.kind(request.kind)
    printed = printed_fields(facts, work.catalog)
    return PaperFacts(
        request=request.id or 0,
        number=request.number,
        version=request.version,
        made_on=request.status_since.date(),
        title=kind.title,
        organisation=_organisation(work, facts.organisation),
        signer=_signer(request, facts, work.catalog),
        rows=tuple(_employee(work, line, facts.organisation) for line in facts.lines) if kind.people else (),
        subsystems=tuple(work.catalog.subsystems[code].name for code in kind.subsystems),
        desk_address=destinations.address(work),
        reply_to=work.policy.sender,
        answers={**request.fields, **{field.code: value for field, value, _ in printed}},
        asked=tuple(AskedField(field.code, field.label, value, needed, field.rule) for field, value, needed in printed),
        words=_words(work, request, facts),
        seal_of=_seal_of(facts, work.catalog),
        practice=work.policy.practice,
    )


def _words(work: Work, request: AccessRequest, facts: RequestFacts) -> dict[str, str]:
    """Placeholders that come from the kind: the year's act, the certificate's numbers, who signs, where it goes."""
    kind = work.catalog.kind(request.kind)
    rule, certificate = signer_rule(facts, work.catalog), certificate_of(facts)
    body = work.catalog.body(rule.body) if rule else None
    recipient = next((entry for entry in kind.recipients if holds(entry.when, facts, work.catalog)), None)
    person = facts.lines[0] if facts.lines else None
    return {
        "act": act_of(kind, request.status_since.date(), work.catalog) or "______",
        "certificate_serial": certificate.serial if certificate else "",
        "certificate_algorithm": certificate.algorithm_label if certificate else "",
        "certificate_until": long_date(certificate.not_after.date()) if certificate else "",
        "signer_label": rule.label if rule else "",
        "signer_body": body.label if body else "",
        "recipient": recipient.name if recipient else "",
        "recipient_address": recipient.address if recipient else "",
        "person": person.name if person else "",
        "person_snils": format_snils(person.snils) if person and valid_snils(person.snils) else "",
        "person_email": person.email if person else "",
        "purpose_title": kind.short_title,
    }


def _seal_of(facts: RequestFacts, catalog: Catalog) -> str:
    rule = signs_elsewhere(facts, catalog)
    body = catalog.body(rule.body) if rule else None
    return body.label if body else ""


def _organisation(work: Work, facts: OrganisationFacts) -> OrganisationText:
    return OrganisationText(
        full_name=facts.full_name,
        short_name=facts.short_name,
        kind=work.catalog.organisation_kind(facts.kind).label,
        inn=facts.inn,
        kpp=facts.kpp or "",
        ogrn=facts.ogrn or "",
        oid=facts.oid or "",
        subject=facts.subject_name,
        address=facts.address,
        head_post=facts.head_post,
        head_name=facts.head_name,
        seal=facts.seal,
    )


def _signer(request: AccessRequest, facts: RequestFacts, catalog: Catalog) -> Signer:
    """Who is going to sign: as planned on the request, else the head of the body that has to."""
    planned, organisation = cases.signature_of(request), facts.organisation
    elsewhere = signs_elsewhere(facts, catalog)
    if planned is None or not planned.name:
        body = catalog.body(elsewhere.body) if elsewhere else None
        return Signer(body.head, "") if body else Signer(organisation.head_post, organisation.head_name)
    attorney = None
    if planned.attorney_number and planned.attorney_date:
        attorney = Attorney(planned.attorney_number, planned.attorney_date)
    return Signer(planned.post, planned.name, attorney)


def _employee(work: Work, line: LineFacts, organisation: OrganisationFacts) -> Employee:
    columns = columns_of(line, organisation, work.catalog)
    return Employee(
        surname=line.surname,
        given=line.given,
        patronymic=line.patronymic,
        snils=columns.snils,
        email=line.email,
        subject=columns.subject,
        organisation=columns.organisation,
        inn=columns.inn,
        subsystem=columns.subsystem,
        role=columns.role,
        post=line.post,
    )


def _make_trouble_report(work: Work, request: AccessRequest, facts: RequestFacts) -> list[RequestFile]:
    """The Word document of VER-4 out of the uploaded pictures and the employee's words."""
    from documents.paper.trouble_report import (  # python-docx is long to load
        Screenshot,
        TroubleReport,
        render_trouble_report,
    )

    pictures = [file for file in lookup.files_of(work, request) if file.purpose == "screenshot"]
    report = TroubleReport(
        request=request.id or 0,
        number=request.number,
        version=request.version,
        made_on=work.now.date(),
        system=request.fields.get("system", ""),
        organisation=_organisation(work, facts.organisation),
        person=facts.lines[0].name if facts.lines else "",
        description=request.fields.get("steps", ""),
        desk_address=destinations.address(work),
        reply_to=work.policy.sender,
        practice=work.policy.practice,
        screenshots=tuple(Screenshot(file.name, work.files.path(file.sha256)) for file in pictures),
    )
    return _keep(work, request, render_trouble_report(report, own_catalog=work.policy.own_catalog))


def _keep(work: Work, request: AccessRequest, made: Iterable[MadeFile]) -> list[RequestFile]:
    documents = list(made)
    files.replace(work, request, tuple(document.purpose for document in documents))
    kept = [
        files.add(
            work,
            request,
            purpose=document.purpose,
            name=document.name,
            data=document.data,
            media_type=document.media_type,
        )
        for document in documents
    ]
    audit.record(
        work, "documents.made", lookup.subject(request), version=request.version, files=[file.sha256 for file in kept]
    )
    return kept
