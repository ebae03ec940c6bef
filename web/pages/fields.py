"""The fields and attachments of a request kind, drawn from the catalogue: one page for every kind."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions import attachments, audit, requests, show
from actions.context import Work
from catalog.kinds import Attachment, KindField
from models.findings import Finding
from models.request import AccessRequest, RequestFile, Status
from states.rules.fields import is_required
from web.bodies import Form, text, uploads
from web.dossiers import dossier
from web.findings import Group, grouped
from web.installed import work_of
from web.rendering import page
from web.waiting import waiting

router = APIRouter()


@dataclass(frozen=True, slots=True)
class FieldView:
    """`control` is the HTML control that the type asks for."""

    field: KindField
    value: str
    required: bool
    control: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class AttachmentView:
    entry: Attachment
    files: tuple[RequestFile, ...]
    findings: tuple[Finding, ...]


_CONTROLS = {
    "long-text": "area", "list": "area", "record-numbers": "area", "choice": "select", "yes-no": "yes-no",
    "date": "date", "email": "email", "phone": "tel", "number": "number",
}  # fmt: skip


@router.get("/requests/{number:int}/fields")
def show_fields(request: Request, number: int) -> Response:
    with work_of(request) as work:
        return _page(request, work, requests.get(work, number))


@router.post("/requests/{number:int}/fields")
def fill_in(request: Request, number: int, form: Form) -> Response:
    """What is wrong with the values does not keep them from being saved: the page then says it beside each field."""
    with work_of(request) as work:
        found = requests.get(work, number)
        if found.status is not Status.DRAFT or text(form, "revision") != str(found.revision):
            return page(request, "stale.html", status=409, it=dossier(work, found), waiting=waiting(work))
        _save(work, found, form)
        missing = bool(_own_findings(work, found))
    return RedirectResponse(f"/requests/{number}/fields" if missing else f"/requests/{number}", status_code=303)


def _save(work: Work, found: AccessRequest, form: FormData) -> None:
    kind = work.catalog.kind(found.kind)
    typed = {field.code: text(form, f"field-{field.code}") for field in kind.fields}
    changed = {code: value for code, value in typed.items() if value != found.fields.get(code, "")}
    if changed:
        requests.fill_in(work, found, changed)
        attachments.search_again(work, found)
    for entry in kind.attachments:
        if text(form, f"drop-{entry.code}"):
            attachments.detach(work, found, entry.code)
        for place, (name, data) in enumerate(uploads(form, f"file-{entry.code}")):
            attachments.attach(work, found, entry.code, name, data, replace=place == 0)


def _own_findings(work: Work, found: AccessRequest) -> list[Finding]:
    kind = work.catalog.kind(found.kind)
    own = {field.code for field in kind.fields} | {entry.code for entry in kind.attachments}
    return [finding for finding in show.findings(work, found) if finding.field in own and finding.severity.value == "error"]


def _page(request: Request, work: Work, found: AccessRequest) -> Response:
    facts = requests.facts_of(work, found)
    kind = work.catalog.kind(found.kind)
    if any(field.holds == "patient" and facts.fields.get(field.code) for field in kind.fields):
        audit.record(work, "patients.viewed", requests.subject(found))
    findings = show.findings(work, found) if found.status is Status.DRAFT else []
    by_field: dict[str, list[Finding]] = {}
    for finding in findings:
        by_field.setdefault(finding.field or "", []).append(finding)
    fields = [
        FieldView(
            field, facts.fields.get(field.code, ""), is_required(field, facts, work.catalog),
            _CONTROLS.get(field.type, "text"), tuple(by_field.get(field.code, ())),
        )
        for field in kind.fields
    ]  # fmt: skip
    kept = requests.files_of(work, found)
    attached = [
        AttachmentView(
            entry, tuple(file for file in kept if file.purpose == entry.code), tuple(by_field.get(entry.code, ()))
        )
        for entry in kind.attachments
    ]
    shown = {view.field.code for view in fields} | {view.entry.code for view in attached}
    rest: list[Group] = grouped([finding for finding in findings if finding.field not in shown])
    return page(
        request, "fields.html", it=dossier(work, found), fields=fields, attachments=attached, rest=rest,
        editable=found.status is Status.DRAFT, waiting=waiting(work),
    )  # fmt: skip
