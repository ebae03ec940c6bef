"""The fields and attachments of a request kind, drawn from the catalogue: one page for every kind, kept as it is typed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisations
from actions.context import Work
from actions.requests import attachments, drafting, lookup, patients
from catalog.kinds import KindField
from models.findings import Finding
from models.moments import MOSCOW
from models.request import AccessRequest, RequestFile
from models.row_numbers import row_number
from models.text import masked
from states.words.patients import REASONS
from views.offers.field_questions import FieldQuestion, FileQuestion, field_question, file_question
from views.requests.drafts import clock, is_writable, lines_of_form, places_in, stages
from views.requests.findings import grouped
from views.requests.history import last_event
from web.forms.staleness import stale
from web.shell import Form, looked, own, page, reading, see_other, text, uploads, work_of

router = APIRouter()
_AT = "/requests/{number:int}/fields"
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class FieldView:
    """`control` is the HTML control that the type asks for; `shown` false hides one that is not asked for now."""

    asked: FieldQuestion
    value: str
    control: str
    findings: tuple[Finding, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class FileView:
    """`to_look`: a person has to look through it; `looked` who has and when, as text."""

    row: RequestFile
    to_look: bool
    looked: str


@dataclass(frozen=True, slots=True)
class AttachmentView:
    asked: FileQuestion
    files: tuple[FileView, ...]
    findings: tuple[Finding, ...]


def _control(field: KindField, value: str) -> str:
    """A date that was typed in words of one's own stays readable: a browser's calendar would hide it."""
    plain = field.value_type.control
    return "text" if plain == "date" and value and not _ISO.fullmatch(value) else plain


@router.get(_AT)
def show_fields(request: Request, number: int) -> Response:
    """Patients' data are open to the officer who fills the draft; to anybody else they stay masked."""
    with reading(request) as work:
        found = lookup.get(work, number)
        filling = is_writable(found) and own(request).acts
        answer = _page(request, work, found, open_for="draft" if filling else "")
        held = bool(_patients(work, found))
    if held and filling:
        looked(request, "patients.viewed", lookup.subject(found), because="draft")
    return answer


@router.post("/requests/{number:int}/patients")
def show_patients(request: Request, number: int, form: Form) -> Response:
    """For a reason that is recorded before anything is shown."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        because = text(form, "because", 20)
        if because not in REASONS:
            return _page(request, work, found, status=422)
        patients.shown(work, found, because)
        return _page(request, work, found, open_for=because)


def _patients(work: Work, found: AccessRequest) -> list[KindField]:
    """Fields that hold a patient's data here."""
    return [
        field
        for field in work.catalog.kind(found.kind).fields
        if field.holds == "patient" and found.fields.get(field.code)
    ]


@router.post(_AT)
def fill_in(request: Request, number: int, form: Form) -> Response:
    """What is wrong with the values does not keep them from being saved: the page then says it beside each field.

    Over what somebody else has changed meanwhile nothing is written: the form stays as typed, for a second look.
    """
    with reading(request) as work:
        found = lookup.get(work, number)
        for entry in work.catalog.kind(found.kind).attachments:
            attachments.look_ahead(work, found, entry.code, uploads(form, f"file-{entry.code}"))
    with work_of(request) as work:
        found = lookup.get(work, number)
        if not is_writable(found):
            return stale(request, work, found, form)
        typed = _typed(work, found, form)
        if _clashes(found, typed, text(form, "was", 20)):
            return _page(request, work, found, status=409, typed=typed)
        _save(work, found, typed, form)
        if request.headers.get("hx-request"):
            return _page(request, work, found, saved=True)
        stays = text(form, "go", 10) == "save" or bool(text(form, "look", 20))
        goes_on = text(form, "go", 10) == "next" or (not stays and not _own_errors(work, found))
    return see_other(f"/requests/{number}/check" if goes_on else f"/requests/{number}/fields")


def _typed(work: Work, found: AccessRequest, form: FormData) -> dict[str, str]:
    """Only what the form has: the one of a single file has no fields."""
    codes = [field.code for field in work.catalog.kind(found.kind).fields]
    codes += [line.answer or "" for line in lines_of_form(work, found)]
    return {code: text(form, f"field-{code}") for code in codes if f"field-{code}" in form}


def _digest(fields: Mapping[str, str]) -> str:
    """Whether the fields are still what the form was drawn from."""
    return hashlib.sha256(json.dumps(dict(fields), sort_keys=True).encode()).hexdigest()[:10]


def _clashes(found: AccessRequest, typed: Mapping[str, str], was: str) -> bool:
    return was not in ("", _digest(found.fields)) and any(
        found.fields.get(code, "") != value for code, value in typed.items()
    )


def _save(work: Work, found: AccessRequest, typed: Mapping[str, str], form: FormData) -> None:
    changed = {code: value for code, value in typed.items() if value != found.fields.get(code, "")}
    if changed:
        drafting.fill_in(work, found, changed)
        attachments.search_again(work, found)
    look = row_number(text(form, "look", 20))
    if look is not None:
        attachments.look(work, found, [look])
    for entry in work.catalog.kind(found.kind).attachments:
        if text(form, f"drop-{entry.code}"):
            attachments.detach(work, found, entry.code)
        kept = any(file.purpose == entry.code for file in lookup.files_of(work, found))
        more = kept and bool(text(form, f"more-{entry.code}"))
        for place, (name, data) in enumerate(uploads(form, f"file-{entry.code}")):
            attachments.attach(work, found, entry.code, name, data, replace=place == 0 and not more)


def _file(work: Work, found: AccessRequest, row: RequestFile) -> FileView:
    by, at = str(row.detail.get("looked_by") or ""), str(row.detail.get("looked_at") or "")
    looked = f"{by}, {dt.datetime.fromisoformat(at).astimezone(MOSCOW):%d.%m.%Y %H:%M}" if by and at else ""
    return FileView(row, attachments.to_look(work, found, row), looked)


def _field(asked: FieldQuestion, value: str, findings: Sequence[Finding]) -> FieldView:
    return FieldView(asked, value, _control(asked.field, value), tuple(findings), asked.shown or bool(value))


def _own_errors(work: Work, found: AccessRequest) -> bool:
    """Something of this page is wrong or missing."""
    kind = work.catalog.kind(found.kind)
    own_codes = {field.code for field in kind.fields} | {entry.code for entry in kind.attachments}
    findings = drafting.judged(work, found).findings
    return any(finding.field in own_codes and finding.severity.value == "error" for finding in findings)


def _page(
    request: Request,
    work: Work,
    found: AccessRequest,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    saved: bool = False,
    open_for: str = "",
) -> Response:
    """`typed` is what the form held when somebody else was faster; `open_for`, a reason, leaves patients' data unmasked."""
    kind, card = work.catalog.kind(found.kind), organisations.get(work, found.organisation_id)
    judged = drafting.judged(work, found)
    writable = is_writable(found) and own(request).acts
    findings = judged.findings if is_writable(found) else ()
    closed = [] if writable or open_for else _patients(work, found)
    hidden = {field.code for field in closed}
    findings = tuple(
        finding for finding in findings if finding.field not in hidden
    )  # a finding quotes what it is about
    by_field: dict[str, list[Finding]] = {}
    for finding in findings:
        by_field.setdefault(finding.field or "", []).append(finding)
    values = {
        **judged.facts.fields,
        **(typed or {}),
        **{field.code: masked(found.fields[field.code]) for field in closed},
    }
    fields = [
        _field(
            field_question(field, judged.facts, work.catalog), values.get(field.code, ""), by_field.get(field.code, ())
        )
        for field in kind.fields
    ]
    lines = [
        (line, values.get(line.answer or "", ""), tuple(by_field.get(line.answer or "", ())))
        for line in lines_of_form(work, found)
    ]
    kept = lookup.files_of(work, found)
    attached = [
        AttachmentView(
            file_question(entry, judged.facts, work.catalog),
            tuple(_file(work, found, file) for file in kept if file.purpose == entry.code),
            tuple(by_field.get(entry.code, ())),
        )
        for entry in kind.attachments
    ]
    of_checks = [finding for finding in findings if finding.field == "act"]
    return page(
        request,
        "requests/fields.html",
        status=status,
        draft=found,
        kind=kind,
        organisation=card,
        fields=fields,
        lines=lines,
        attachments=attached,
        rest=grouped(of_checks, places_in(work, found, judged).of),
        editable=writable,
        clash=typed is not None,
        closed=bool(closed),
        reasons=REASONS if own(request).acts else {},
        was=_digest(found.fields),
        seen=last_event(work, found),
        saved=clock(work.now) if saved else "",
        stages=stages(work, found, card, judged, "fields") if is_writable(found) else [],
    )
