"""The audit log, reviews of access, the token's owner, and whether we are alive."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from actions.accounts import api_tokens
from actions.accounts.accounts import get as get_account
from actions.context import Work
from actions.log import audit
from actions.reviews import reviews
from states.events import EVENTS
from views.log import log_search
from web.api.door import token_of
from web.api.idempotency import once
from web.api.schemas.common import In, Out
from web.api.schemas.log import AuditEventOut, AuditPage, Health, MeOut, TokenOut, VerdictOut
from web.shell import looked, own, reading

router = APIRouter()


@router.get("/health", operation_id="health", summary="Жив ли сервис", tags=["Служебное"])
def health() -> Health:
    """Ключ не нужен."""
    return Health(ok=True)


@router.get("/account", operation_id="whoAmI", summary="Кто я", tags=["Служебное"])
def who_am_i(request: Request) -> MeOut:
    """Чей это ключ, какие у владельца роли и до какого времени ключ действует."""
    with reading(request) as work:
        account = get_account(work, own(request).id)
        token = api_tokens.get(work, token_of(request))
        told = TokenOut(
            id=token.id or 0,
            name=token.name,
            created_at=token.created_at,
            expires_at=token.expires_at,
            reads_only=token.reads_only,
            organisation=token.organisation_id,
        )
        return MeOut(
            login=account.login, name=account.name, roles=list(account.roles), everywhere=account.everywhere, token=told
        )


@router.get("/audit/events", operation_id="listAuditEvents", summary="Записи журнала", tags=["Журнал"])
def list_events(
    request: Request,
    after: Annotated[int, Query(description="`next` предыдущей страницы", ge=0)] = 0,
    action: Annotated[
        str, Query(description="Что сделано, например request.grant", max_length=60, pattern=r"^[a-z.-]*$")
    ] = "",
    subject: Annotated[
        str, Query(description="С чем, например request:12", max_length=60, pattern=r"^([a-z-]+(:\d{1,10})?)?$")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> AuditPage:
    """От старых к новым. Кто видит не все организации, получает только записи о заявках своих."""
    with reading(request) as work:
        narrowed = own(request).only_of is not None
        events, last = log_search.after(work, after, action=action, subject=subject, limit=limit, narrowed=narrowed)
    items = [
        AuditEventOut(
            seq=event.seq,
            at=event.at,
            actor=event.actor,
            action=event.action,
            label=EVENTS.get(event.action, event.action),
            subject=event.subject,
            data=json.loads(event.data),
            hash=event.hash,
        )
        for event in events
    ]
    return AuditPage(items=items, next=last)


@router.get("/audit/verdict", operation_id="verifyAudit", summary="Цел ли журнал", tags=["Журнал"])
def verify(request: Request) -> VerdictOut:
    """Проверяется заново: на большом журнале это долго."""
    with reading(request) as work:
        return VerdictOut.model_validate(audit.verify(work.session).as_json())


class QuestionOut(Out):
    id: int
    person: str
    role: str
    since: str
    answer: str | None = Field(description="keep – нужна, drop – больше не нужна, ended – роль уже прекращена")
    answered_at: str | None
    answered_by: str | None
    revocation: str | None = Field(description="Номер заявки на прекращение")


class ReviewedOut(Out):
    id: int = Field(description="Номер для ответа: `/reviews/{number}/answers`")
    inn: str
    name: str
    asked_at: str
    unanswered: int
    questions: list[QuestionOut]


class ReviewOut(Out):
    """Ежегодная проверка доступа."""

    id: int
    year: int
    until: str
    started_at: str
    closed_at: str | None
    counts: dict[str, int]
    organisations: list[ReviewedOut]


class ReviewAnswersIn(In):
    keep: list[int] = Field(default=[], description="Номера вопросов: роль нужна")
    drop: list[int] = Field(default=[], description="Номера вопросов: роль больше не нужна")


@router.get("/reviews", operation_id="getReview", summary="Проверка доступа", tags=["Проверка доступа"])
def show_review(
    request: Request,
    year: Annotated[int | None, Query(description="Год; без него – открытая или последняя", ge=2018, le=2100)] = None,
) -> ReviewOut:
    """Вопросы организаций, которые видит владелец ключа, и их ответы."""
    with reading(request) as work:
        campaign = reviews.find(work, year)
        found = ReviewOut.model_validate(reviews.show(work, campaign).as_json())
    looked(request, "review.viewed", reviews.subject(campaign), token=token_of(request))
    return found


@router.post(
    "/reviews/{number}/answers",
    operation_id="answerReview",
    summary="Ответить на вопросы проверки",
    response_model=ReviewedOut,
    tags=["Проверка доступа"],
)
def answer(request: Request, number: int, body: ReviewAnswersIn) -> Response:
    """Записывается только названное; ненужное становится черновиком заявки на прекращение."""

    def act(work: Work) -> BaseModel:
        campaign, entry = reviews.asked_of(work, number)
        reviews.answer(
            work, campaign, inn=entry.organisation.inn, keep=[*map(str, body.keep)], drop=[*map(str, body.drop)]
        )
        return ReviewedOut.model_validate(reviews.asked_of(work, number)[1].as_json())

    return once(request, act)
