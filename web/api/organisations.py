"""Cards of organisations, and who holds what in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select
from sqlmodel import col
from starlette.requests import Request

from actions import organisation_choices, organisations
from actions.context import Work
from models.organisation import Organisation
from models.text import fold
from web.api.idempotency import once
from web.api.problems import invalid
from web.api.schemas import OrganisationIn, OrganisationOut, OrganisationPage
from web.api.telling import organisation_brief
from web.installed import reading

router = APIRouter(tags=["Организации"])


@router.get("/organisations", operation_id="listOrganisations", summary="Организации")
def list_organisations(
    request: Request,
    inn: Annotated[str, Query(description="ИНН", max_length=12)] = "",
    text: Annotated[str, Query(description="Слова названия", max_length=200)] = "",
    after: Annotated[int, Query(description="`next` предыдущей страницы", ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> OrganisationPage:
    """Только те, что видит владелец ключа."""
    query = select(Organisation).where(col(Organisation.id) > after).order_by(col(Organisation.id)).limit(limit + 1)
    if inn:
        query = query.where(col(Organisation.inn) == inn)
    for word in fold(text).split():
        query = query.where(col(Organisation.fold).contains(word, autoescape=True))
    with reading(request) as work:
        found = work.session.execute(query).scalars().all()
        items = [organisation_brief(card) for card in found[:limit]]
    return OrganisationPage(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/organisations", operation_id="openOrganisation", summary="Карточка по ИНН", response_model=OrganisationOut
)
def open_card(request: Request, body: OrganisationIn) -> Response:
    """Нет карточки – она создаётся и заполняется из справочника ФРНСИ."""
    return once(request, lambda work: card_told(work, organisation_choices.open_inn(work, body.inn)))


@router.get("/organisations/{number}", operation_id="getOrganisation", summary="Карточка организации")
def show(request: Request, number: int) -> OrganisationOut:
    """С тем, что говорит о ней справочник ФРНСИ."""
    with reading(request) as work:
        return card_told(work, organisations.get(work, number))


@router.patch(
    "/organisations/{number}", operation_id="changeOrganisation", summary="Изменить карточку", response_model=OrganisationOut,
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {
        "schema": {"type": "object", "minProperties": 1, "properties": {name: {"type": "string"} for name in organisations.EDITABLE if name not in ("branch", "education", "sole_proprietor")}},
        "example": {"head_post": "Главный врач", "seal": "seal"},
    }}}},
)  # fmt: skip
def change(request: Request, number: int, body: dict[str, str]) -> Response:
    """Названные поля заменяются, остальные остаются; пустая строка очищает поле."""
    writable = [name for name in organisations.EDITABLE if name not in ("branch", "education", "sole_proprietor")]
    for name in body:
        if name not in writable:
            raise invalid(name[:60], f"Такого поля у карточки нет. Есть: {', '.join(writable)}.")

    def act(work: Work) -> OrganisationOut:
        return card_told(work, organisations.change(work, organisations.get(work, number), body))

    return once(request, act)


def card_told(work: Work, card: Organisation) -> OrganisationOut:
    texts = ("ogrn", "oid", "full_name", "short_name", "kind", "authority", "sole_proprietor", "subject", "address",
             "time_zone", "head_name", "head_post", "seal", "licence", "route", "subordination")  # fmt: skip
    return OrganisationOut(
        **organisation_brief(card).model_dump(),
        **{name: getattr(card, name) for name in texts},
        registry=organisations.facts_of(work, card).registry.value,
    )
