"""Attachments of a draft."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.context import Work
from actions.requests import attachments, lookup
from web.api.bodies import Multipart
from web.api.idempotency import once
from web.api.requests.seen import IfMatch, on_draft, seen
from web.api.schemas.drafts import LookIn
from web.api.schemas.requests import RequestOut
from web.api.telling.requests import whole
from web.shell import reading, uploads
from web.shell.problems import invalid

router = APIRouter(tags=["Заявки"])


@router.post(
    "/requests/{number}/attachments/{code}",
    operation_id="attachFile",
    summary="Приложить файлы",
    response_model=RequestOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                    }
                }
            },
        }
    },
)
def attach(request: Request, number: int, code: str, form: Multipart, if_match: IfMatch = None) -> Response:
    """Файлы поля `file` заменяют приложенные раньше. Содержимое читается сразу, замечания – в `findings`."""
    with reading(request) as work:
        attachments.look_ahead(work, lookup.get(work, number), code, uploads(form, "file"))

    def act(work: Work) -> RequestOut:
        found = seen(work, number, if_match)
        files = uploads(form, "file")
        if not files:
            raise invalid("file", "Передайте хотя бы один файл в поле file.")
        for place, (name, data) in enumerate(files):
            attachments.attach(work, found, code, name, data, replace=place == 0)
        return whole(work, found)

    return once(request, act)


@router.delete(
    "/requests/{number}/attachments/{code}",
    operation_id="detachFile",
    summary="Убрать приложение черновика",
    response_model=RequestOut,
)
def detach(request: Request, number: int, code: str, if_match: IfMatch = None) -> Response:
    """Файл остаётся в истории заявки."""

    return on_draft(request, number, if_match, lambda work, found: attachments.detach(work, found, code))


@router.post(
    "/requests/{number}/files/look",
    operation_id="lookThroughFiles",
    summary="Подтвердить, что в файлах нет данных пациентов",
    response_model=RequestOut,
)
def look_through(request: Request, number: int, body: LookIn, if_match: IfMatch = None) -> Response:
    """Для файлов, которые программа прочитала не целиком: их посмотрел человек. Кто и когда – записывается."""

    return on_draft(request, number, if_match, lambda work, found: attachments.look(work, found, body.files))
