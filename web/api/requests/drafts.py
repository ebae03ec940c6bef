"""Drafts begun and filled in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.context import Work
from actions.requests import attachments, creation, drafting, lookup
from models.request import AccessRequest
from web.api.idempotency import once, once_and_told
from web.api.requests.seen import IfMatch, on_draft, told_whole
from web.api.requests.typed import card_of, lines_of, signer_of
from web.api.schemas.drafts import FieldsIn, RequestIn, SignerIn
from web.api.schemas.requests import RequestOut
from web.api.telling.requests import whole

router = APIRouter(tags=["Заявки"])


@router.post(
    "/requests", operation_id="createRequest", summary="Новый черновик", status_code=201, response_model=RequestOut
)
def create(request: Request, body: RequestIn) -> Response:
    """Неверные сведения не теряются: черновик создаётся, а что не так, скажет проверка (`findings`).

    Если организации нет в справочнике ФРНСИ, вместе с ним создаётся заявка на её добавление (`related`).
    """

    def act(work: Work) -> int:
        kind = work.catalog.kind(body.kind)
        card = card_of(work, body.inn, body.kpp)
        made = creation.create(
            work,
            kind=kind.code,
            organisation_id=card.id or 0,
            lines=lines_of(work, kind, card, body.people),
            fields=body.fields,
            signer=signer_of(body.signer) if body.signer else None,
        )
        return made.id or 0

    return once_and_told(request, act, told_whole, status=201)


@router.patch(
    "/requests/{number}/fields",
    operation_id="fillFields",
    summary="Заполнить сведения черновика",
    response_model=RequestOut,
)
def fill_in(request: Request, number: int, body: FieldsIn, if_match: IfMatch = None) -> Response:
    """Названные поля заменяются, остальные остаются; пустое значение убирает поле."""

    def act(work: Work, found: AccessRequest) -> None:
        drafting.fill_in(work, found, body.fields)
        attachments.search_again(work, found)

    return on_draft(request, number, if_match, act)


@router.put(
    "/requests/{number}/signer", operation_id="planSigner", summary="Указать, кто подпишет", response_model=RequestOut
)
def plan_signer(request: Request, number: int, body: SignerIn, if_match: IfMatch = None) -> Response:
    """Печатается в документе и проверяется заранее."""

    return on_draft(request, number, if_match, lambda work, found: drafting.plan_signer(work, found, signer_of(body)))


@router.post(
    "/requests/{number}/repeat",
    operation_id="repeatRequest",
    summary="Подать ещё раз",
    status_code=201,
    response_model=RequestOut,
)
def repeat(request: Request, number: int) -> Response:
    """Новый черновик с теми же сведениями; о прежней заявке больше не напоминают."""
    return once(request, lambda work: whole(work, creation.repeat(work, lookup.get(work, number))), status=201)
