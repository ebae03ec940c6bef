"""Roles from before: lists are judged, written down by word, and taken back if mistaken."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter, Request, Response
from pydantic import RootModel
from starlette.datastructures import FormData

from actions.context import Work
from actions.keeping import endings
from actions.reviews import revocations
from actions.roles import holdings_import
from actions.roles.holdings_import import Plan, Sheet
from documents.rosters import RosterError
from models.request import AccessRequest
from views.people.card import reached
from web.api.bodies import Multipart
from web.api.door import token_of
from web.api.idempotency import once
from web.api.schemas.holdings import (
    DraftedOut,
    EndingOut,
    HoldingsImportOut,
    ImportedListOut,
    RenewIn,
    RevokeIn,
    WithdrawIn,
)
from web.shell import installed, looked, reading, text, ticked, uploads
from web.shell.problems import invalid

router = APIRouter(tags=["Люди и роли"])
_MOST = 5 * 1024 * 1024
Drafted = RootModel[list[DraftedOut]]


@router.get("/holders/imports", operation_id="listHoldingsImports", summary="Внесённые списки ролей")
def list_imports(request: Request) -> list[ImportedListOut]:
    """От новых к старым."""
    with reading(request) as work:
        return [
            ImportedListOut.model_validate(holdings_import.as_json(*each)) for each in holdings_import.imports(work)
        ]


@router.post(
    "/holders/imports", operation_id="importHoldings", summary="Внести роли, которые уже есть",
    response_model=HoldingsImportOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file", "inn"],
                        "properties": {
                            "file": {"type": "string", "format": "binary", "description": "Список: .xlsx, .csv, .ods"},
                            "inn": {"type": "string", "description": "Чьи работники"},
                            "kpp": {"type": "string", "description": "Филиал, если их несколько с этим ИНН"},
                            "source": {"type": "string", "description": "Источник для строк, где он не указан"},
                            "source_date": {"type": "string", "format": "date", "description": "Дата этого источника"},
                            "write": {"type": "string", "description": "Непустое – записать; без него только показать"},
                        },
                    }
                }
            },
        }
    },
)  # fmt: skip
def import_holdings(request: Request, form: Multipart) -> Response:
    """Строки с ошибками называются и не вносятся, остальные не теряются. Повторный список ничего не меняет."""
    sheet, write = _sheet(request, form), ticked(form, "write")

    def act(work: Work) -> HoldingsImportOut:
        action = holdings_import.take if write else holdings_import.plan
        found = action(
            work,
            sheet,
            inn=text(form, "inn", 20),
            kpp=text(form, "kpp", 20),
            told_by=text(form, "source", 300),
            told_on=text(form, "source_date", 20),
        )
        return _told(found)

    if write:
        return once(request, act)
    with reading(request) as work:
        told = act(work)
    looked(request, holdings_import.COMPARED, "people", cases=told.counts, token=token_of(request))
    return Response(told.model_dump_json(), media_type="application/json")


@router.post(
    "/holders/imports/{number}/withdraw", operation_id="withdrawHoldingsImport", summary="Отменить внесённый список",
    response_model=ImportedListOut,
)  # fmt: skip
def withdraw(request: Request, number: int, body: WithdrawIn) -> Response:
    """Ролей из него словно никогда не было; запись о списке и об отмене остаётся."""

    def act(work: Work) -> ImportedListOut:
        holdings_import.withdraw(work, holdings_import.get(work, number), reason=body.reason)
        found = next(each for each in holdings_import.imports(work) if each[0].id == number)
        return ImportedListOut.model_validate(holdings_import.as_json(*found))

    return once(request, act)


@router.get("/holders/ending", operation_id="listEndingRoles", summary="Роли на срок")
def list_ending(request: Request) -> list[EndingOut]:
    """Ближайшие первыми. Кто посмотрел, записывается."""
    with reading(request) as work:
        found = [EndingOut.model_validate(each.as_json()) for each in endings.ending(work)]
    looked(request, "holders.viewed", "holders", rows=len(found), token=token_of(request))
    return found


@router.post(
    "/people/{number}/renew", operation_id="renewRoles", summary="Составить заявку на продление ролей",
    response_model=list[DraftedOut], status_code=201,
)  # fmt: skip
def renew(request: Request, number: int, body: RenewIn) -> Response:
    """Получаются черновики, по одному на вид заявки."""

    def act(work: Work) -> Drafted:
        return _drafted(endings.renew(work, reached(work, number), body.grants, until=body.until))

    return once(request, act, status=201)


@router.post(
    "/people/{number}/revoke", operation_id="revokeRoles", summary="Составить заявку на прекращение ролей",
    response_model=list[DraftedOut], status_code=201,
)  # fmt: skip
def revoke(request: Request, number: int, body: RevokeIn) -> Response:
    """Получаются черновики; до ответа СТП роли остаются."""

    def act(work: Work) -> Drafted:
        return _drafted(revocations.of_person(work, reached(work, number), body.grants, why=body.why))

    return once(request, act, status=201)


def _drafted(drafts: Sequence[AccessRequest]) -> Drafted:
    return Drafted([DraftedOut(id=draft.id or 0, number=draft.number) for draft in drafts])


def _sheet(request: Request, form: FormData) -> Sheet:
    files = uploads(form, "file", _MOST)
    if not files:
        raise invalid("file", "Передайте список имеющихся ролей в поле file.")
    name, data = files[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(data)
        try:
            return holdings_import.read(path, installed(request).catalog, name)
        except RosterError as wrong:
            raise invalid("file", str(wrong)) from None


def _told(found: Plan) -> HoldingsImportOut:
    told = found.as_json()
    return HoldingsImportOut.model_validate({**told, "import_id": told["import"]})
