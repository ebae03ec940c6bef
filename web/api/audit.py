"""The audit log, reviews of access, the token's owner, and whether we are alive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlmodel import col
from starlette.requests import Request

from actions.accounts.accounts import get as get_account
from actions.cards import organisations
from actions.context import NotFound, Work
from actions.log import audit
from actions.reviews import reviews
from models.account import ApiToken
from models.audit import Event
from models.request import AccessRequest
from models.review import ReviewCampaign, ReviewedOrganisation
from states.words.events import EVENTS
from web.api.door import token_of
from web.api.idempotency import once
from web.api.schemas import AuditEventOut, AuditPage, Health, In, MeOut, Out, TokenOut, VerdictOut
from web.shell.installed import looked, reading
from web.shell.users import own

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
        token = work.session.get(ApiToken, token_of(request))
        assert token is not None, "the door let in a token that is not there"
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
    action: Annotated[str, Query(description="Что сделано, например request.grant", max_length=60)] = "",
    subject: Annotated[str, Query(description="С чем, например request:12", max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> AuditPage:
    """От старых к новым. Кто видит не все организации, получает только записи о заявках своих."""
    with reading(request) as work:
        events, last = _events(work, after, action, subject, limit, narrowed=own(request).only_of is not None)
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


def _events(
    work: Work, after: int, action: str, subject: str, limit: int, *, narrowed: bool
) -> tuple[list[Event], int | None]:
    query = select(Event).where(col(Event.seq) > after).order_by(col(Event.seq)).limit(limit + 1)
    if action:
        query = query.where(col(Event.action) == action)
    if subject:
        query = query.where(col(Event.subject) == subject)
    if narrowed:
        query = query.where(col(Event.subject).startswith("request:"))
    found = list(work.session.execute(query).scalars())
    shown = found[:limit]
    last = shown[-1].seq if len(found) > limit else None
    if narrowed:
        seen = _seen_requests(work, {event.subject for event in shown})
        shown = [event for event in shown if event.subject in seen]
    return shown, last


def _seen_requests(work: Work, subjects: set[str]) -> set[str]:
    ids = [int(subject.partition(":")[2]) for subject in subjects]
    query = select(col(AccessRequest.id)).where(col(AccessRequest.id).in_(ids))
    return {f"request:{number}" for number in work.session.execute(query).scalars()}


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
        asked = work.session.get(ReviewedOrganisation, number)
        campaign = work.session.get(ReviewCampaign, asked.campaign_id) if asked else None
        if asked is None or campaign is None:
            raise NotFound("Такой проверки нет.")
        inn = organisations.get(work, asked.organisation_id).inn
        reviews.answer(work, campaign, inn=inn, keep=[*map(str, body.keep)], drop=[*map(str, body.drop)])
        return next(_entries(work, campaign, inn, number))

    return once(request, act)


def _entries(work: Work, campaign: ReviewCampaign, inn: str, number: int) -> Iterator[ReviewedOut]:
    for entry in reviews.show(work, campaign, inn=inn).organisations:
        if entry.asked.id == number:
            yield ReviewedOut.model_validate(entry.as_json())
