"""Subscriptions of programs to state changes, for administrators: made, tested, stopped, each delivery seen."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response

from actions.accounts import accounts
from actions.context import Work
from actions.subscriptions import webhooks
from actions.subscriptions.webhooks import BadWebhook
from models.audit import Event
from models.request import Status
from models.webhook import DeliveryState, Webhook, WebhookDelivery
from states.lifecycle import STEPS
from states.words.requests import status_label
from states.words.subscriptions import DELIVERIES
from web.shell import Form, own, page, reading, see_other, text, work_of

router = APIRouter(prefix="/admin/webhooks")
_SHOWN = 50
_SHAPES = {DeliveryState.WAITING: "promised", DeliveryState.DONE: "verified", DeliveryState.FAILED: "failed"}
_LABELS = {step.trigger: step.label for step in reversed(STEPS)}  # the desk's arrow first


@router.get("")
def show_webhooks(request: Request) -> Response:
    with reading(request) as work:
        return _list(request, work)


@router.post("")
def create(request: Request, form: Form) -> Response:
    """The secret stands on the answer and nowhere else."""
    url, steps = text(form, "url", 2100), [value for value in form.getlist("steps") if isinstance(value, str)]
    with work_of(request) as work:
        try:
            row = webhooks.create(work, accounts.get(work, own(request).id), url=url, steps=steps)
        except BadWebhook as wrong:
            return _list(request, work, 422, problem=str(wrong), typed=url, chosen=steps)
        return _list(request, work, made=row)


@router.get("/{number:int}")
def show_webhook(request: Request, number: int, before: int | None = None) -> Response:
    with reading(request) as work:
        row = webhooks.get(work, number)
        found = webhooks.deliveries(work, row, before=before, limit=_SHOWN + 1)
        events = webhooks.steps_of(work, found[:_SHOWN])
        return page(
            request,
            "admin/webhook.html",
            it=row,
            rows=[(each, *_told(each, events)) for each in found[:_SHOWN]],
            older=found[_SHOWN - 1].id if len(found) > _SHOWN else None,
            tries=webhooks.TRIES,
            labels=_LABELS,
        )


@router.post("/{number:int}/ping")
def ping(request: Request, number: int) -> Response:
    with work_of(request) as work:
        webhooks.ping(work, webhooks.get(work, number))
    return _back(number)


@router.post("/{number:int}/stop")
def stop(request: Request, number: int) -> Response:
    with work_of(request) as work:
        webhooks.stop(work, webhooks.get(work, number))
    return _back(number)


@router.post("/{number:int}/deliveries/{delivery:int}/retry")
def retry(request: Request, number: int, delivery: int) -> Response:
    with work_of(request) as work:
        webhooks.retry(work, webhooks.get(work, number), delivery)
    return _back(number)


def _list(
    request: Request,
    work: Work,
    status: int = 200,
    *,
    problem: str = "",
    typed: str = "",
    chosen: list[str] | None = None,
    made: Webhook | None = None,
) -> Response:
    counts = webhooks.counts(work)
    rows = [(row, account, counts.get(row.id or 0, {})) for row, account in webhooks.listed(work)]
    return page(
        request,
        "admin/webhooks.html",
        status=status,
        rows=rows,
        labels=_LABELS,
        states=DeliveryState,
        problem=problem,
        typed=typed,
        chosen=chosen or [],
        made=made,
    )


def _told(row: WebhookDelivery, events: dict[int, Event]) -> tuple[str, str, str, str]:
    """(what it tells, of which request, shape of its state, words)."""
    shape, words = _SHAPES[row.state], DELIVERIES[row.state]
    event = events.get(row.event_seq)
    if event is None:
        return "Проверка", "", shape, words
    data = json.loads(event.data)
    target = status_label(Status(data["target"])) if data.get("target") else ""
    label = _LABELS.get(event.action.removeprefix("request."), event.action)
    return f"{label}{f' → «{target}»' if target else ''}", event.subject.partition(":")[2], shape, words


def _back(number: int) -> Response:
    return see_other(f"/admin/webhooks/{number}")
