"""Cards of organisations, and who holds what in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints

from actions.cards import organisation_choices, organisations
from actions.context import Work
from actions.reviews import reorganising
from models.organisation import Organisation, OrganisationChange
from views.organisations.listing import listed_after
from web.api.idempotency import once
from web.api.schemas.organisations import (
    OrganisationChangeOut,
    OrganisationIn,
    OrganisationMoveIn,
    OrganisationOut,
    OrganisationPage,
    OrganisationRenameIn,
    OrganisationSearchIn,
)
from web.api.searches import no_person, no_words
from web.api.telling.requests import organisation_brief
from web.shell import reading
from web.shell.problems import invalid

router = APIRouter(tags=["Организации"])


@router.get("/organisations", operation_id="listOrganisations", summary="Организации")
def list_organisations(
    request: Request,
    inn: Annotated[str, Query(description="ИНН", max_length=12)] = "",
    text: Annotated[
        str,
        Query(description="Больше не принимается: слова передают в теле, см. `searchOrganisations`", deprecated=True),
    ] = "",
    after: Annotated[int, Query(description="`next` предыдущей страницы", ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> OrganisationPage:
    """Только те, что видит владелец ключа."""
    no_words("text", text, "/organisations/search")
    no_person("inn", inn, "/organisations/search")
    return search(request, OrganisationSearchIn(inn=inn, after=after, limit=limit))


@router.post("/organisations/search", operation_id="searchOrganisations", summary="Найти организации")
def search(request: Request, body: OrganisationSearchIn) -> OrganisationPage:
    """Только те, что видит владелец ключа. Ничего не меняет; ключу только для чтения открыт."""
    with reading(request) as work:
        found = listed_after(work, body.after, inn=body.inn, text=body.text, limit=body.limit + 1)
        items = [organisation_brief(card) for card in found[: body.limit]]
    return OrganisationPage(items=items, next=items[-1].id if len(found) > body.limit else None)


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
        "schema": {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": {name: {"type": "string", "maxLength": 2000} for name in organisations.EDITABLE if name not in ("branch", "education", "sole_proprietor")}},
        "example": {"head_post": "Главный врач", "seal": "seal"},
    }}}},
)  # fmt: skip
def change(
    request: Request, number: int, body: dict[str, Annotated[str, StringConstraints(max_length=2000)]]
) -> Response:
    """Названные поля заменяются, остальные остаются; пустая строка очищает поле."""
    writable = [name for name in organisations.EDITABLE if name not in ("branch", "education", "sole_proprietor")]
    for name in body:
        if name not in writable:
            raise invalid(name[:60], f"Такого поля у карточки нет. Есть: {', '.join(writable)}.")

    def act(work: Work) -> OrganisationOut:
        return card_told(work, organisations.change(work, organisations.get(work, number), body))

    return once(request, act)


@router.get(
    "/organisations/{number}/changes", operation_id="listOrganisationChanges", summary="Переименования и реорганизации"
)
def list_changes(request: Request, number: int) -> list[OrganisationChangeOut]:
    """От новых к старым, с проектами писем в СТП."""
    with reading(request) as work:
        rows = reorganising.changes(work, organisations.get(work, number))
        return [_change_told(work, row, {}) for row in rows]


@router.post(
    "/organisations/{number}/rename", operation_id="renameOrganisation", summary="Записать новое наименование или номера",
    response_model=OrganisationChangeOut, status_code=201,
)  # fmt: skip
def rename(request: Request, number: int, body: OrganisationRenameIn) -> Response:
    """До этого дня в списках ролей и доказательствах остаётся прежнее; опечатку исправляет PATCH карточки."""
    values = body.model_dump(exclude={"since", "ground"}, exclude_none=True)

    def act(work: Work) -> OrganisationChangeOut:
        card = organisations.get(work, number)
        found = reorganising.rename(work, card, values, since=body.since, ground=body.ground)
        return _change_told(work, found.change, found.as_json())

    return once(request, act, status=201)


@router.post(
    "/organisations/{number}/move", operation_id="moveOrganisation", summary="Перевести роли и заявки в другую организацию",
    response_model=OrganisationChangeOut, status_code=201,
)  # fmt: skip
def move(request: Request, number: int, body: OrganisationMoveIn) -> Response:
    """Действующие роли и открытые заявки переходят, прошлые дни остаются за прежней."""

    def act(work: Work) -> OrganisationChangeOut:
        source, target = organisations.get(work, number), organisations.get(work, body.target)
        found = reorganising.move(work, source, target, since=body.since, ground=body.ground)
        return _change_told(work, found.change, found.as_json())

    return once(request, act, status=201)


def _change_told(work: Work, row: OrganisationChange, more: dict[str, object]) -> OrganisationChangeOut:
    written = reorganising.letter(work, row)
    told = reorganising.as_json(row) | more | {"letter": f"{written.subject}\n\n{written.text}"}
    return OrganisationChangeOut.model_validate(told)


def card_told(work: Work, card: Organisation) -> OrganisationOut:
    texts = (
        "ogrn",
        "oid",
        "full_name",
        "short_name",
        "kind",
        "authority",
        "sole_proprietor",
        "subject",
        "address",
        "time_zone",
        "head_name",
        "head_post",
        "seal",
        "licence",
        "route",
        "subordination",
    )
    return OrganisationOut(
        **organisation_brief(card).model_dump(),
        **{name: getattr(card, name) for name in texts},
        registry=organisations.facts_of(work, card).registry.value,
    )
