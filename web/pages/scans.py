"""The signed paper comes back: files in any number and order, the result page by page, then who signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.context import Conflict, NotFound, Work
from actions.requests import cases, files, lookup
from actions.steps import scan_drafts, taking
from actions.steps.answer import Answer
from documents.media import sniff
from documents.scans import page_picture, read_scan
from models.facts import SignatureFacts
from models.findings import Finding
from models.request import AccessRequest
from models.row_numbers import row_number
from sandbox import Killed
from sandbox import Refused as RefusedFile
from states.guards import process_finding
from states.lifecycle import Refused
from states.rules.signers import signer_rule
from views.requests import previews
from views.requests.dossier import heading
from views.requests.findings import grouped
from views.requests.history import last_event
from web.forms.staleness import stale
from web.forms.uploads import (
    MOST_OF_ONE,
    about_scan,
    before_signing,
    scan_view,
    sign_step,
    signature_from,
    usual_signature,
)
from web.shell import Form, looked, looked_on, own, page, reading, see_other, text, ticked, uploads, work_of
from web.shell.bodies import MAX_BODY
from web.shell.downloads import LOCKED_UP

router = APIRouter()


@router.get("/requests/{number:int}/steps/sign")
def where_to_sign(number: int) -> Response:
    return see_other(f"/requests/{number}/scan")


@router.get("/requests/{number:int}/scan")
def show_scan(request: Request, number: int) -> Response:
    with reading(request) as work:
        found = lookup.get(work, number)
        answer, seen = _page(request, work, found), bool(scan_drafts.of(work, found).files)
    if seen:
        record = looked_on if _is_partial(request) else looked
        record(request, "scan.viewed", f"request:{number}")
    return answer


def _is_partial(request: Request) -> bool:
    """The page of this same look, fetched again after an upload or a button."""
    return bool(request.headers.get("hx-request"))


@router.get("/requests/{number:int}/scan/files/{file_id:int}/sheets/{place:int}.png")
def show_sheet(request: Request, number: int, file_id: int, place: int, width: int = 1600, turn: int = 0) -> Response:
    """One sheet as it will be sent, drawn once. `turn` is part of the address, so a turned sheet is another picture."""
    with reading(request) as work:
        files, sha256 = work.files, scan_drafts.original(work, lookup.get(work, number), file_id).sha256
    if turn not in (0, 90, 180, 270):
        raise NotFound("Лист поворачивается только на четверть оборота.")
    wide = previews.width_of(width)
    try:
        drawn = previews.once(
            files,
            sha256,
            f"{place}.{wide}.{turn}.png",
            lambda: page_picture(files.path(sha256), place, width=wide, rotation=turn),
        )
        data = drawn.read_bytes()
    except (RefusedFile, Killed):
        raise NotFound("Этот лист не показать: он не открывается.") from None
    looked_on(request, "scan.viewed", f"request:{number}", file=file_id, page=place + 1)
    return Response(data, media_type="image/png", headers=LOCKED_UP)


@router.post("/requests/{number:int}/scan/files")
def upload(request: Request, number: int, form: Form) -> Response:
    chosen = [each for name in ("scan", "photo") for each in uploads(form, name)]
    if not chosen:
        return _again(request, number, "Файл не выбран. Выберите PDF или снимки страниц и нажмите «Загрузить».")
    _take_in(request, number, chosen)
    return _settled(request, number)


@router.post("/requests/{number:int}/scan/files/{file_id:int}/read")
def read_again(request: Request, number: int, file_id: int) -> Response:
    """A file whose reading was cut off by a restart."""
    _read(request, number, [file_id])
    return _settled(request, number)


@router.post("/requests/{number:int}/scan/files/{file_id:int}/remove")
def remove(request: Request, number: int, file_id: int) -> Response:
    with work_of(request) as work:
        scan_drafts.remove(work, _open(work, number), file_id)
    return _settled(request, number)


@router.post("/requests/{number:int}/scan/files/{file_id:int}/sheets/{place:int}/{what}")
def arrange(request: Request, number: int, file_id: int, place: int, what: str, form: Form) -> Response:
    """`what`: number, turn, drop or take."""
    with work_of(request) as work:
        found = _open(work, number)
        if what == "number":
            scan_drafts.place(work, found, file_id, place, _number(form))
        elif what == "turn":
            scan_drafts.turn(work, found, file_id, place)
        elif what in ("drop", "take"):
            scan_drafts.drop(work, found, file_id, place, back=what == "take")
        else:
            raise NotFound("Такого действия с листом нет.")
    return _settled(request, number)


def _number(form: FormData) -> int | None:
    return row_number(text(form, "number", 5))


@router.post("/requests/{number:int}/scan/in-order")
def in_order(request: Request, number: int) -> Response:
    """Sheets without a readable code are the missing pages as they came: the user vouches."""
    with work_of(request) as work:
        scan_drafts.place_in_order(work, _open(work, number))
    return _settled(request, number)


@router.post("/requests/{number:int}/scan/check")
def check(request: Request, number: int, form: Form) -> Response:
    """What the rules say of the signature typed so far; nothing is written."""
    with reading(request) as work:
        return _page(request, work, lookup.get(work, number), typed=form)


@router.post("/requests/{number:int}/scan")
@router.post("/requests/{number:int}/steps/sign")
def sign(request: Request, number: int, form: Form) -> Response:
    """Take the step. Files in the same form are taken in first: it works as one form too."""
    chosen = uploads(form, "scan")
    if chosen:
        _take_in(request, number, chosen)
    if ticked(form, "by_hand"):
        with work_of(request) as work:
            scan_drafts.place_in_order(work, _open(work, number))
    try:
        _put_together(request, number)
    except (RefusedFile, Killed) as refusal:
        return _again(request, number, about_scan(refusal), form)
    with work_of(request) as work:
        found = lookup.get(work, number)
        step = sign_step(work, found)
        if step is None or text(form, "revision") != str(found.revision):
            return stale(request, work, found, form)
        try:
            _keep_attorney(work, found, form)
            shown = text(form, "mark")
            if not chosen and shown and shown != scan_drafts.mark(work, found):
                raise Refused(
                    "sign", found.status, [process_finding("Скан тем временем изменили. Посмотрите его ещё раз.")]
                )
            with work.session.begin_nested():
                taking.take(work, found, "sign", Answer(signature=signature_from(form)), revision=found.revision)
        except Refused as refusal:
            return _page(request, work, found, typed=form, findings=refusal.findings, status=422)
        except taking.StaleRequest:
            return stale(request, work, found, form)
    return see_other(f"/requests/{number}")


def _keep_attorney(work: Work, found: AccessRequest, form: FormData) -> None:
    for name, data in uploads(form, "attorney")[:1]:
        files.replace(work, found, ("attorney",))
        files.add(work, found, purpose="attorney", name=name, data=data, media_type=sniff(data))


def _take_in(request: Request, number: int, chosen: Sequence[tuple[str, bytes]]) -> None:
    """Kept first, read afterwards: a file that kills its reader is lost no more than the others."""
    with work_of(request) as work:
        found = _open(work, number)
        added = [scan_drafts.add(work, found, name, data).id or 0 for name, data in chosen]
    _read(request, number, added)


def _read(request: Request, number: int, file_ids: Sequence[int]) -> None:
    """In the sandbox and outside of any transaction: others write meanwhile."""
    with reading(request) as work:
        found = lookup.get(work, number)
        paths = [work.files.path(scan_drafts.original(work, found, file_id).sha256) for file_id in file_ids]
    result = read_scan(paths)
    with work_of(request) as work:
        found = _open(work, number)
        scan_drafts.note(work, found, [scan_drafts.original(work, found, file_id) for file_id in file_ids], result)


def _put_together(request: Request, number: int) -> None:
    """Make the PDF for the desk once all pages are there. Raises sandbox.Refused or Killed."""
    with reading(request) as work:
        found = lookup.get(work, number)
        plan = scan_drafts.plan(work, found) if sign_step(work, found) else None
    if plan is None:
        return
    data = plan.put_together()
    with work_of(request) as work:
        scan_drafts.keep(work, _open(work, number), plan, data)


def _settled(request: Request, number: int) -> Response:
    """Back to the page after a change; a scan that cannot be put together is said there."""
    try:
        _put_together(request, number)
    except (RefusedFile, Killed) as refusal:
        return _again(request, number, about_scan(refusal))
    return see_other(f"/requests/{number}/scan")


def _open(work: Work, number: int) -> AccessRequest:
    """The request while it takes a scan. Raises Conflict afterwards."""
    found = lookup.get(work, number)
    if sign_step(work, found) is None:
        raise Conflict(
            f"Заявка {found.number} в состоянии «{lookup.state_label(work, found)}»: скан сейчас не меняется."
        )
    return found


def _again(request: Request, number: int, problem: str, typed: Mapping[str, object] | None = None) -> Response:
    with reading(request) as work:
        return _page(request, work, lookup.get(work, number), typed=typed, problem=problem, status=422)


def _page(
    request: Request,
    work: Work,
    found: AccessRequest,
    *,
    typed: Mapping[str, object] | None = None,
    findings: Sequence[Finding] = (),
    problem: str = "",
    status: int = 200,
) -> Response:
    """`typed` is what the form held: nobody types it twice."""
    step = sign_step(work, found) if own(request).acts else None
    facts = cases.facts_of(work, found)
    rule = signer_rule(facts, work.catalog)
    usual = usual_signature(work, found)
    groups = grouped(findings) or (before_signing(work, found, step, _as_typed(typed, usual)) if step else [])
    return page(
        request,
        "requests/scan.html",
        status=status,
        it=heading(work, found),
        step=step,
        scan=scan_view(work, found),
        groups=groups,
        problem=problem,
        typed=typed if typed is not None else _shown(usual),
        capacities=work.catalog.organisations.capacities,
        bodies=work.catalog.organisations.bodies,
        signer=rule.label if rule else "",
        attorney="attorney" in facts.attachments,
        seen=last_event(work, found),
        most=MAX_BODY,
        most_of_one=MOST_OF_ONE,
    )


def _as_typed(typed: Mapping[str, object] | None, usual: SignatureFacts) -> SignatureFacts:
    """Half a date is no date yet while a person types."""
    if not isinstance(typed, FormData):
        return usual
    try:
        return signature_from(typed)
    except Refused:
        return usual


def _shown(signature: SignatureFacts) -> dict[str, object]:
    """A signature as the fields of the form hold it."""
    dates = {
        name: value.isoformat() if value else ""
        for name, value in (
            ("signed_on", signature.signed_on),
            ("attorney_date", signature.attorney_date),
            ("attorney_until", signature.attorney_until),
        )
    }
    return {
        "capacity": signature.capacity, "body": signature.body, "name": signature.name, "post": signature.post,
        "attorney_number": signature.attorney_number, **dates,
    }  # fmt: skip
