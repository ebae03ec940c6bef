"""Requests found, shown and checked."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from actions.requests import lookup, patients
from models.findings import has_errors
from models.request import Status
from views.requests import summary
from web.api.door import token_of
from web.api.schemas.drafts import RevealIn
from web.api.schemas.requests import Checked, RequestOut, RequestPage, RequestSearchIn
from web.api.searches import no_person, no_words
from web.api.telling.requests import brief, findings_told, whole
from web.shell import looked, reading, work_of
from web.shell.problems import invalid, told

router = APIRouter(tags=["Заявки"])


@router.get("/requests", operation_id="listRequests", summary="Список заявок")
def list_requests(
    request: Request,
    state: Annotated[Status | None, Query(description="Состояние")] = None,
    organisation: Annotated[str, Query(description="ИНН организации", max_length=12)] = "",
    overdue: Annotated[bool, Query(description="Только с истёкшим сроком ответа")] = False,
    text: Annotated[
        str, Query(description="Больше не принимается: слова передают в теле, см. `searchRequests`", deprecated=True)
    ] = "",
    after: Annotated[int, Query(description="`next` предыдущей страницы", ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RequestPage:
    """По возрастанию номера. Страницы берут по `next`: новые заявки не сдвигают уже прочитанные."""
    no_words("text", text, "/requests/search")
    no_person("organisation", organisation, "/requests/search")
    given = RequestSearchIn(state=state, organisation=organisation, overdue=overdue, after=after, limit=limit)
    return search(request, given)


@router.post("/requests/search", operation_id="searchRequests", summary="Найти заявки")
def search(request: Request, body: RequestSearchIn) -> RequestPage:
    """Тот же список, что `listRequests`, и поиск словами. Ничего не меняет; ключу только для чтения открыт."""
    with reading(request) as work:
        found = summary.listed_after(
            work,
            body.after,
            status=body.state,
            inn=body.organisation or None,
            overdue=body.overdue,
            text=body.text,
            limit=body.limit + 1,
        )
        items = [brief(work, each, card) for each, card in found[: body.limit]]
    return RequestPage(items=items, next=items[-1].id if len(found) > body.limit else None)


@router.get("/requests/{number}", operation_id="getRequest", summary="Заявка целиком")
def show_request(
    request: Request,
    response: Response,
    number: int,
    reveal: Annotated[
        bool,
        Query(
            description="Больше не принимается: данные пациента показывает `revealPatients`, с причиной",
            deprecated=True,
        ),
    ] = False,
) -> RequestOut:
    """Кто посмотрел, записывается. `ETag` – номер правки: передайте его в `If-Match`, когда меняете заявку."""
    if reveal:
        raise invalid("reveal", f"Данные пациента показывают с причиной: POST /api/v1/requests/{number}/reveal.")
    with reading(request) as work:
        found = whole(work, lookup.get(work, number))
    looked(request, "request.viewed", f"request:{number}", token=token_of(request))
    response.headers["ETag"] = f'"{found.revision}"'
    return found


@router.post("/requests/{number}/reveal", operation_id="revealPatients", summary="Показать данные пациента")
def reveal_patients(request: Request, number: int, body: RevealIn) -> RequestOut:
    """Заявка целиком, с данными пациента. Нужны роль ответственного и причина; кто, когда и зачем – в журнале."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        return whole(work, found, patients=patients.shown(work, found, body.reason))


@router.get("/requests/{number}/findings", operation_id="checkRequest", summary="Проверить")
def check(request: Request, number: int) -> Checked:
    """Все замечания, которые мешают перейти дальше. Ничего не меняет; имён в ответе нет, строки названы номером."""
    with reading(request) as work:
        found = lookup.get(work, number)
        findings = summary.findings(work, found)
        return Checked(
            ok=not has_errors(findings),
            state=found.status,
            revision=found.revision,
            findings=findings_told(told(findings)),
        )
