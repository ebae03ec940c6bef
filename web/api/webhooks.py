"""Subscriptions to state changes, for administrators."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from actions.accounts import accounts
from actions.context import Work
from actions.subscriptions import webhooks
from models.webhook import DeliveryState, Webhook, WebhookDelivery
from web.api.idempotency import once
from web.api.schemas.common import In, Out, Word
from web.shell import own, reading

router = APIRouter(tags=["Уведомления"])


class WebhookIn(In):
    """Подписка."""

    url: str = Field(
        max_length=2000,
        description="https на общедоступный адрес; внутренние сети перечисляет администратор, в них можно и http",
        examples=["https://mis.clinic.ru/egisz/hook"],
    )
    steps: list[Word] = Field(
        default=[],
        max_length=50,
        description="Шаги, о которых сообщать; пусто – обо всех",
        examples=[["grant", "reject"]],
    )


class WebhookOut(Out):
    id: int
    url: str
    steps: list[str]
    account: str = Field(description="Чьи организации: логин")
    created_at: dt.datetime
    stopped_at: dt.datetime | None


class WebhookMade(WebhookOut):
    secret: str = Field(description="Ключ подписи. Показывается один раз", examples=["whsec_…"])


class DeliveryOut(Out):
    """Одно уведомление."""

    id: int
    message_id: str = Field(description="Заголовок webhook-id: не меняется при повторах", examples=["msg_1_348"])
    event: int = Field(description="Номер записи журнала; отрицательный у проверки")
    state: DeliveryState
    attempts: int
    next_attempt_at: dt.datetime | None
    answer: int | None = Field(description="Код HTTP последней попытки")
    problem: str
    done_at: dt.datetime | None


class DeliveryPage(Out):
    items: list[DeliveryOut]
    next: int | None = Field(description="Передайте в `before`, чтобы получить более старые")


@router.get("/admin/webhooks", operation_id="listWebhooks", summary="Подписки")
def list_webhooks(request: Request) -> list[WebhookOut]:
    """Действующие первыми."""
    with reading(request) as work:
        return [_told(row, account.login) for row, account in webhooks.listed(work)]


@router.post(
    "/admin/webhooks",
    operation_id="createWebhook",
    summary="Новая подписка",
    status_code=201,
    response_model=WebhookMade,
)
def create(request: Request, body: WebhookIn) -> Response:
    """Сообщает о том, что произойдёт после её создания, в организациях владельца ключа."""

    def act(work: Work) -> WebhookMade:
        account = accounts.get(work, own(request).id)
        row = webhooks.create(work, account, url=body.url, steps=body.steps)
        return WebhookMade(**_told(row, account.login).model_dump(), secret=row.secret)

    return once(request, act, status=201)


@router.delete("/admin/webhooks/{number}", operation_id="stopWebhook", summary="Остановить подписку", status_code=204)
def stop(request: Request, number: int) -> Response:
    """Насовсем; то, что ещё ждало отправки, не уйдёт."""
    return once(request, lambda work: webhooks.stop(work, webhooks.get(work, number)))


@router.post(
    "/admin/webhooks/{number}/ping",
    operation_id="pingWebhook",
    summary="Проверить подписку",
    status_code=201,
    response_model=DeliveryOut,
)
def ping(request: Request, number: int) -> Response:
    """Ставит в очередь пробное уведомление типа ping."""
    return once(request, lambda work: _delivery(webhooks.ping(work, webhooks.get(work, number))), status=201)


@router.get("/admin/webhooks/{number}/deliveries", operation_id="listDeliveries", summary="Уведомления подписки")
def list_deliveries(
    request: Request,
    number: int,
    before: Annotated[int | None, Query(description="`next` предыдущей страницы", ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DeliveryPage:
    """От новых к старым."""
    with reading(request) as work:
        found = webhooks.deliveries(work, webhooks.get(work, number), before=before, limit=limit + 1)
    items = [_delivery(row) for row in found[:limit]]
    return DeliveryPage(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/admin/webhooks/{number}/deliveries/{delivery}/retry",
    operation_id="retryDelivery",
    summary="Отправить снова",
    response_model=DeliveryOut,
)
def retry(request: Request, number: int, delivery: int) -> Response:
    """Под тем же webhook-id: получатель узнает повтор."""
    return once(request, lambda work: _delivery(webhooks.retry(work, webhooks.get(work, number), delivery)))


def _told(row: Webhook, login: str) -> WebhookOut:
    return WebhookOut(
        id=row.id or 0,
        url=row.url,
        steps=row.steps,
        account=login,
        created_at=row.created_at,
        stopped_at=row.stopped_at,
    )


def _delivery(row: WebhookDelivery) -> DeliveryOut:
    waits = row.state is DeliveryState.WAITING
    return DeliveryOut(
        id=row.id or 0,
        message_id=webhooks.message_id(row),
        event=row.event_seq,
        state=row.state,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at if waits else None,
        answer=row.answer,
        problem=row.problem,
        done_at=row.done_at,
    )
