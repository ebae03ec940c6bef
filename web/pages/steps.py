"""Taking a step of a request: GET asks or explains, POST acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions import destinations, packages, requests, steps
from actions.context import Work
from models.findings import Finding
from models.request import AccessRequest
from sandbox import Killed
from sandbox import Refused as RefusedFile
from states.lifecycle import Refused, Step
from states.rules.signers import signer_rule
from web.bodies import Form, text
from web.dossiers import dossier, line_views
from web.findings import grouped
from web.installed import work_of
from web.pages.files import download
from web.rendering import page
from web.stepping import asked, problem, take
from web.waiting import waiting

router = APIRouter()


@router.get("/requests/{number:int}/package")
def download_package(request: Request, number: int) -> Response:
    """What to upload to the web channel by hand (SND-4)."""
    with work_of(request) as work:
        found = requests.get(work, number)
        data = packages.zipped(work, found)
        return download(data, f"Комплект {found.number} вер. {found.version}.zip", "application/zip")


@router.get("/requests/{number:int}/steps/{trigger}")
def ask(request: Request, number: int, trigger: str) -> Response:
    """What the step does and what it needs; nothing is written."""
    with work_of(request) as work:
        found = requests.get(work, number)
        step = _step(work, found, trigger)
        return _form(request, work, found, step) if step else _stale(request, work, found)


@router.post("/requests/{number:int}/steps/{trigger}")
def act(request: Request, number: int, trigger: str, form: Form) -> Response:
    """Take the step as the form says. A click on an old page is a conflict and writes nothing."""
    with work_of(request) as work:
        found = requests.get(work, number)
        step = _step(work, found, trigger)
        if step is None or text(form, "revision") != str(found.revision):
            return _stale(request, work, found)
        try:
            take(work, found, step, form)
        except Refused as refusal:
            return _form(request, work, found, step, refusal.findings, typed=dict(form))
        except (RefusedFile, Killed) as refusal:
            return _form(request, work, found, step, [problem(_about_file(refusal))], typed=dict(form))
        except steps.StaleRequest:
            return _stale(request, work, found)
    return RedirectResponse(f"/requests/{number}", status_code=303)


def _step(work: Work, request: AccessRequest, trigger: str) -> Step | None:
    return next((step for step in steps.allowed(work, request) if step.trigger == trigger), None)


def _form(
    request: Request,
    work: Work,
    found: AccessRequest,
    step: Step,
    findings: Sequence[Finding] = (),
    typed: Mapping[str, object] | None = None,
) -> Response:
    """`typed` is what the refused form held: nobody types it twice."""
    status = 200 if typed is None else 422
    needs = asked(work, work.catalog.kind(found.kind), step)
    if not findings and needs.nothing:
        findings = steps.reasons_against(work, found, step, {"confirm_address": True})
    return page(
        request, "step.html", status=status, typed=typed or {}, it=dossier(work, found), step=step, needs=needs,
        groups=grouped(findings), lines=line_views(work, found), capacities=work.catalog.organisations.capacities,
        bodies=work.catalog.organisations.bodies, **_signer(work, found),
        sender=work.policy.sender, address=destinations.address(work), waiting=waiting(work),
    )


def _signer(work: Work, found: AccessRequest) -> dict[str, str]:
    """Who has to sign, and whose representative the draft already names."""
    rule = signer_rule(requests.facts_of(work, found), work.catalog)
    planned = requests.signature_of(found)
    usual = rule.body if rule and work.catalog.body(rule.body) else ""
    return {"signer": rule.label if rule else "", "planned_body": planned.body if planned and planned.body else usual}


def _stale(request: Request, work: Work, found: AccessRequest) -> Response:
    """The present state instead of what the click was meant for."""
    return page(request, "stale.html", status=409, it=dossier(work, found), waiting=waiting(work))


def _about_file(refusal: RefusedFile | Killed) -> str:
    if isinstance(refusal, RefusedFile):
        return refusal.detail or "Файл не подходит."
    return "Файл слишком сложный или повреждён: открыть его не удалось. Отсканируйте лист ещё раз."
