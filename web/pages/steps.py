"""Taking a step of a request: GET asks or explains, POST acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response

from actions.answers.entering import enter, problem
from actions.cards import organisations
from actions.context import Work
from actions.letters import letter_rows
from actions.post import destinations
from actions.requests import cases, lookup
from actions.steps import packages, taking
from actions.steps.answer import Answer
from models.findings import Finding
from models.request import AccessRequest
from sandbox import Killed
from sandbox import Refused as RefusedFile
from states.lifecycle import Refused, Step
from views.requests.dossier import heading
from views.requests.findings import grouped
from views.requests.history import last_event
from views.requests.places import Places, positions_of
from web.forms.choices import choices
from web.forms.staleness import stale
from web.forms.stepping import answer_from, asked
from web.forms.uploads import about_scan
from web.shell import Form, looked, page, reading, see_other, text, work_of
from web.shell.downloads import download

router = APIRouter()


@router.get("/requests/{number:int}/package")
def download_package(request: Request, number: int) -> Response:
    """What to upload to the web channel by hand (SND-4)."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        data = packages.zipped(work, found)
        return download(data, f"Комплект {found.number} вер. {found.version}.zip", "application/zip")


@router.get("/requests/{number:int}/steps/{trigger}")
def ask(request: Request, number: int, trigger: str) -> Response:
    """What the step does and what it needs; nothing is written but that the people in it were looked at."""
    with reading(request) as work:
        found = lookup.get(work, number)
        step = _step(work, found, trigger)
        answer = _form(request, work, found, step) if step else stale(request, work, found)
    looked(request, "request.viewed", lookup.subject(found), part="step")
    return answer


@router.post("/requests/{number:int}/steps/{trigger}")
def act(request: Request, number: int, trigger: str, form: Form) -> Response:
    """Take the step as the form says. A click on an old page is a conflict and writes nothing."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        step = _step(work, found, trigger)
        if step is None or text(form, "revision") != str(found.revision):
            return stale(request, work, found, form)
        try:
            enter(work, found, trigger, answer_from(work, found, step, form))
        except Refused as refusal:
            return _form(request, work, found, step, refusal.findings, typed=dict(form))
        except (RefusedFile, Killed) as refusal:
            return _form(request, work, found, step, [problem(about_scan(refusal))], typed=dict(form))
        except taking.StaleRequest:
            return stale(request, work, found, form)
    return see_other(f"/requests/{number}")


def _step(work: Work, request: AccessRequest, trigger: str) -> Step | None:
    return next((step for step in taking.allowed(work, request) if step.trigger == trigger), None)


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
        findings = taking.reasons_against(work, found, step, Answer(confirm_address=True))
    return page(
        request,
        "requests/step.html",
        status=status,
        typed=typed or {},
        it=heading(work, found),
        step=step,
        needs=needs,
        groups=grouped(findings, _places(work, found).of),
        grid=choices(work, found, typed or {}) if needs.outcomes else None,
        letters=letter_rows.letters_in(work, found) if needs.ground else (),
        seen=last_event(work, found),
        sender=work.policy.sender,
        address=destinations.address(work),
    )


def _places(work: Work, found: AccessRequest) -> Places:
    organisation = organisations.get(work, found.organisation_id)
    companion = lookup.companion_of(work, found)
    lines = [cases.line_facts(line, None) for line in lookup.lines_of(work, found)]
    return Places(
        found,
        work.catalog.kind(found.kind),
        organisation.seal is not None,
        companion=companion.id if companion else None,
        positions=positions_of(lines),
    )
