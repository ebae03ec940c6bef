"""The papers of a request, made once for its version: application, add-application, trouble report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from actions import audit, destinations, files, organisations, requests
from actions.context import Work
from catalog.layouts import Layout, layout
from documents.making import MadeFile, make_documents
from documents.paging import paginate
from documents.paper import Attorney, Employee, OrganisationText, PaperFacts, Signer, compose, unanswered
from documents.trouble_report import Screenshot, TroubleReport, render_trouble_report
from models.facts import LineFacts, OrganisationFacts
from models.findings import Finding, sourced
from models.request import AccessRequest, RequestFile, Status
from states.rules.columns import columns_of


def make(work: Work, request: AccessRequest) -> list[RequestFile]:
    """Generate and keep every document of the present version; the same version gives the same bytes."""
    kind = work.catalog.kind(request.kind)
    if kind.layout == "trouble-report":
        return make_trouble_report(work, request)
    return _keep(work, request, _composed(work, request))


def current(work: Work, request: AccessRequest) -> list[tuple[str, bytes, str]]:
    """Name, bytes and SHA-256 of the version's documents; a draft's are composed afresh and not kept."""
    if request.status is Status.DRAFT:
        return [(made.name, made.data, hashlib.sha256(made.data).hexdigest()) for made in _composed(work, request)]
    wanted = ("application", "add-", "trouble")
    return [
        (file.name, work.files.read(file.sha256), file.sha256)
        for file in requests.files_of(work, request)
        if file.purpose.startswith(wanted)
    ]


def _composed(work: Work, request: AccessRequest) -> list[MadeFile]:
    return make_documents(compose(_layout(work, request), paper_facts(work, request)))


def _layout(work: Work, request: AccessRequest) -> Layout:
    organisation = organisations.facts_of(work, organisations.get(work, request.organisation_id))
    return layout(layout_code(work, request, organisation), work.policy.own_catalog)


def page_count(work: Work, request: AccessRequest) -> int:
    """How many sheets the version prints on, so that a scan with too few is noticed even without codes."""
    return len(paginate(compose(_layout(work, request), paper_facts(work, request))).pages)


def blanks(work: Work, request: AccessRequest) -> list[Finding]:
    """Lines of the form that nobody has filled in yet; they print empty and may be filled in by hand (ORG-12)."""
    return [sourced(finding) for finding in unanswered(_layout(work, request), paper_facts(work, request))]


def layout_code(work: Work, request: AccessRequest, organisation: OrganisationFacts) -> str:
    """An add-application's form goes by the organisation's kind, a branch's by its own (ORG-12)."""
    kind = work.catalog.kind(request.kind)
    if not kind.layout.startswith("add-"):
        return kind.layout
    entry = work.catalog.organisation_kind(organisation.kind)
    return entry.branch_layout if organisation.branch and entry.branch_layout else entry.add_layout


def paper_facts(work: Work, request: AccessRequest) -> PaperFacts:
    """What the forms may say of the request. The date is that of the version's last edit, not of today."""
    facts = requests.facts_of(work, request)
    kind = work.catalog.kind(request.kind)
    return PaperFacts(
        request=request.id or 0,
        number=request.number,
        version=request.version,
        made_on=request.status_since.date(),
        title=kind.title,
        organisation=_organisation(work, facts.organisation),
        signer=_signer(request, facts.organisation),
        rows=tuple(_employee(work, line, facts.organisation) for line in facts.lines) if kind.people else (),
        subsystems=tuple(work.catalog.subsystems[code].name for code in kind.subsystems),
        desk_address=destinations.address(work),
        reply_to=work.policy.sender,
        answers=dict(request.fields),
    )


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


def _signer(request: AccessRequest, organisation: OrganisationFacts) -> Signer:
    """Who is going to sign: as planned on the request, else the head."""
    planned = requests.signature_of(request)
    if planned is None or not planned.name:
        return Signer(organisation.head_post, organisation.head_name)
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


def make_trouble_report(work: Work, request: AccessRequest) -> list[RequestFile]:
    """The Word document of VER-4 out of the uploaded pictures and the employee's words."""
    facts = requests.facts_of(work, request)
    pictures = [file for file in requests.files_of(work, request) if file.purpose == "screenshot"]
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
        work,
        "documents.made",
        requests.subject(request),
        version=request.version,
        files=[file.sha256 for file in kept],
    )
    return kept
