"""Steps of a request and what they bring along: scans in, documents out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData

from actions.answers.entering import enter
from actions.context import NotFound, Work
from actions.requests import lookup
from actions.steps import packages, taking
from actions.steps.answer import Answer, Brought
from models.answers import Ground, Said
from models.facts import SignatureFacts
from models.request import AccessRequest
from models.row_numbers import row_number
from sandbox import Killed
from sandbox import Refused as RefusedFile
from states.lifecycle import STEPS, Refused
from web.api.answers import said_of
from web.api.bodies import is_multipart
from web.api.door import token_of
from web.api.idempotency import once
from web.api.requests.seen import IfMatch, stale
from web.api.schemas.requests import RequestOut
from web.api.schemas.steps import SignatureIn, StepIn
from web.api.telling.requests import whole
from web.forms.choices import said_in
from web.forms.uploads import brought_from
from web.shell import looked, reading, text, work_of
from web.shell.bodies import MAX_FIELDS, MAX_FILES
from web.shell.downloads import download, strangers_file
from web.shell.problems import ApiProblem, invalid, told_why, wrong_field
from web.shell.wrong_values import wrong_values

router = APIRouter(tags=["Шаги и документы"])
_KNOWN = {step.trigger for step in STEPS}


@dataclass(frozen=True, slots=True)
class Given:
    """A call's body: the fields of a step, what it says of workers and their roles, and the form where it was one."""

    step: StepIn
    said: tuple[Said, ...]
    form: FormData | None = None


async def _told(request: Request) -> AsyncIterator[Given]:
    if is_multipart(request):
        async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=1024 * 1024) as form:
            yield _given(lambda: StepIn.model_validate(_fields(form)), form)
        return
    body = await request.body()
    if body and request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise ApiProblem("media-type")
    yield _given(lambda: StepIn.model_validate_json(body or b"{}"))


Told = Annotated[Given, Depends(_told)]


def _given(read: Callable[[], StepIn], form: FormData | None = None) -> Given:
    try:
        step = read()
    except ValidationError as error:
        found = [wrong_field(*each) for each in wrong_values(error.errors())]
        raise ApiProblem("invalid", "Запрос не соответствует описанию: см. findings.", findings=found) from None
    return Given(step, tuple(said_of(step.answers, step.pairs)), form)


def _fields(form: FormData) -> dict[str, object]:
    """A form's texts under the names of the description, those of the signature among them; a tick is there or not."""
    told, signature = _texts(form, StepIn), _texts(form, SignatureIn)
    return {**told, "signature": signature} if signature else told


def _texts(form: FormData, described: type[BaseModel]) -> dict[str, object]:
    given = {name: text(form, name) for name in described.model_fields}
    ticks = {name for name, field in described.model_fields.items() if field.annotation is bool}
    return {name: name in ticks or value for name, value in given.items() if value}


def _answer(work: Work, request: AccessRequest, given: Given) -> Answer:
    """What the call tells the step. A form says of workers in fields of its own, which name lines."""
    told, form = given.step, given.form
    of_form = said_in(form, lookup.lines_of(work, request)) if form else ()
    brought = brought_from(form, work.catalog.kind(request.kind)) if form else Brought(by_hand=told.by_hand)
    return Answer(
        ticket=told.ticket,
        outcome=told.outcome or None,
        said=(*of_form, *given.said),
        reason=told.reason,
        until=told.until,
        question=told.question,
        reply=told.text,
        signature=_signature(told.signature) if told.signature else None,
        confirm_address=told.confirm_address,
        registered_on=told.registered_on,
        ground=Ground(told.ground_letter, words=told.ground),
        brought=brought,
    )


def _signature(told: SignatureIn) -> SignatureFacts:
    return SignatureFacts(
        capacity=told.capacity,
        body=told.body,
        name=told.name,
        post=told.post,
        signed_on=told.signed_on,
        attorney_number=told.attorney_number,
        attorney_date=told.attorney_date,
        attorney_until=told.attorney_until,
        seal_present={"yes": True, "no": False}[told.seal] if told.seal else None,
        readable_confirmed=told.readable,
    )


@router.post(
    "/requests/{number}/steps/{trigger}", operation_id="takeStep", summary="Сделать шаг", response_model=RequestOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/StepIn"}},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "description": "Поля те же, что у StepIn и SignatureIn, одним списком, и файлы.",
                        "properties": {
                            "revision": {"type": "integer"},
                            "scan": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "Скан: PDF или JPG, в любом порядке"},
                            "attorney": {"type": "string", "format": "binary", "description": "Скан доверенности"},
                            **{name: {"type": "string"} for name in SignatureIn.model_fields},
                            "by_hand": {"type": "string"},
                            "ground": {"type": "string"},
                            "ground_file": {"type": "string", "format": "binary", "description": "Файл, на котором основан ответ"},
                            "outcome-all": {"type": "string", "enum": ["granted", "rejected"], "description": "Ответ обо всех; об одном работнике – поле outcome-НОМЕР СТРОКИ, причина – reason-НОМЕР СТРОКИ"},
                        },
                    }
                },
            },
        }
    },
)  # fmt: skip
def take(request: Request, number: int, trigger: str, given: Told, if_match: IfMatch = None) -> Response:
    """Возможные шаги и что они спрашивают – в `steps` заявки. Нужен номер правки: в теле (`revision`) или в `If-Match`.

    Если правила не пускают, ответ 422 `refused` со всеми причинами сразу; присланный скан при этом сохраняется.
    Шаг, который из этого состояния невозможен, и устаревший номер правки – 409 `stale` с нынешним положением.
    """
    revision = (if_match or "").strip().strip('"') or given.step.revision
    if row_number(revision) is None:
        raise invalid("revision", "Передайте номер правки заявки: поле revision или заголовок If-Match.")

    def act(work: Work) -> RequestOut | Response:
        found = lookup.get(work, number)
        if trigger not in _KNOWN:
            raise NotFound(f"Шага «{trigger[:40]}» нет. Возможные – в поле steps заявки.")
        step = next((step for step in taking.allowed(work, found) if step.trigger == trigger), None)
        if step is None or str(revision) != str(found.revision):
            raise stale(work, found)
        try:
            enter(work, found, trigger, _answer(work, found, given))
        except Refused as refusal:
            return told_why(request, refusal)  # returned, not raised: the uploads of a refused step stay
        except (RefusedFile, Killed) as refusal:
            return told_why(request, refusal)
        except taking.StaleRequest:
            raise stale(work, found) from None
        return whole(work, found)

    return once(request, act)


@router.get(
    "/requests/{number}/files/{file}", operation_id="downloadFile", summary="Скачать файл заявки", response_class=Response,
    responses={200: {"description": "Файл", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
def download_file(request: Request, number: int, file: int) -> Response:
    """Документы, сканы и приложения. Кто скачал, записывается."""
    with reading(request) as work:
        found = lookup.get(work, number)
        row = lookup.file_of(work, found, file)
        if row.sha256.startswith("erased:"):
            raise NotFound("Такого файла у этой заявки нет.")
        answer = strangers_file(work.files.read(row.sha256), row.name)
    looked(request, "file.downloaded", lookup.subject(found), file=file, sha256=row.sha256, token=token_of(request))
    return answer


@router.get(
    "/requests/{number}/package", operation_id="downloadPackage", summary="Комплект для Центра СТП", response_class=Response,
    responses={200: {"description": "Архив", "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
def download_package(request: Request, number: int) -> Response:
    """Всё, что ушло бы письмом, одним архивом: для подачи на сайте вручную."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        data = packages.zipped(work, found)
    return download(data, f"Комплект {found.number} вер. {found.version}.zip", "application/zip")
