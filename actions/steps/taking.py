"""Taking a step: every reason against it at once, or new status, event and owed effects in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlmodel import col

from actions.context import Conflict, Work
from actions.log import audit
from actions.requests import cases, lookup, papers
from actions.steps.answer import NOTHING, Answer
from actions.steps.effects import HANDLERS
from models.facts import RequestFacts
from models.findings import Finding, has_errors
from models.request import AccessRequest, Status
from refusals import Refusal
from states.lifecycle import Actor, Effect, Refused, Step, step_for, steps_from
from states.machine import move


class StaleRequest(Conflict):
    """Somebody moved the request meanwhile; nothing was written."""


class NotAllowed(Refusal):
    """The step is not this actor's to take."""

    http_status = 403


def take(
    work: Work,
    request: AccessRequest,
    trigger: str,
    answer: Answer = NOTHING,
    *,
    actor: Actor = Actor.OFFICER,
    revision: int | None = None,
) -> AccessRequest:
    """Move the request. Raises Refused with all findings, StaleRequest, NotAllowed; then nothing is written.

    `revision` is what the caller saw; a different one in the database means a stale click. A step that writes an answer
    down is refused without `ground`.
    """
    if revision is not None and revision != request.revision:
        raise StaleRequest(_what_changed(work, request))
    traits = lookup.traits(work, request)
    step = step_for(trigger, request.status, traits)
    if actor not in step.by:
        raise NotAllowed(f"Шаг «{step.label}» делает не {actor.value}.")
    facts = cases.facts_of(work, request) if step.guards else None
    findings = reasons_against(work, request, step, answer, facts)
    if has_errors(findings):
        raise Refused(trigger, request.status, findings)
    _write(work, request, step, move(trigger, request.status, traits), answer)
    for effect in step.effects:
        HANDLERS[effect](work, request, replace(answer, judged=facts))
    work.session.flush()
    return request


def reasons_against(
    work: Work, request: AccessRequest, step: Step, answer: Answer | None, facts: RequestFacts | None = None
) -> list[Finding]:
    """Errors and warnings of every guard of the step. `answer` None: nobody takes it now. `facts`: where they were read already."""
    if not step.guards:
        return []
    case = cases.case_of(
        work,
        request,
        ticket=answer.ticket if answer else None,
        outcome=answer.outcome if answer else None,
        signature=answer.signature if answer else None,
        ground=answer.ground if answer else None,
        address_confirmed=answer.confirm_address if answer else False,
        facts=facts,
    )
    findings = [finding for guard in step.guards for finding in guard(case)]
    if Effect.MAKE_DOCUMENTS in step.effects:
        findings += papers.blanks(work, request, case.facts)
    return findings


def _write(work: Work, request: AccessRequest, step: Step, target: Status, answer: Answer) -> None:
    source, seen = request.status, request.revision
    values: dict[str, object] = {"status": target, "revision": seen + 1}
    if target is not source:
        values["status_since"] = work.now
    result = work.session.execute(
        update(AccessRequest)
        .where(
            col(AccessRequest.id) == request.id,
            col(AccessRequest.status) == source,
            col(AccessRequest.revision) == seen,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if cast("CursorResult[object]", result).rowcount != 1:
        work.session.refresh(request)
        raise StaleRequest(_what_changed(work, request))
    work.session.refresh(request)
    audit.record(
        work,
        f"request.{step.trigger}",
        lookup.subject(request),
        source=source.value,
        target=target.value,
        version=request.version,
        **answer.in_log(),
    )


def _what_changed(work: Work, request: AccessRequest) -> str:
    label = lookup.state_label(work, request)
    return f"Заявку {request.number} тем временем изменили: сейчас она в состоянии «{label}». Обновите страницу."


def allowed(work: Work, request: AccessRequest, actor: Actor = Actor.OFFICER) -> list[Step]:
    """The steps that this actor could take from here; whether they are refused shows on taking them."""
    return [step for step in steps_from(request.status, lookup.traits(work, request)) if actor in step.by]
