"""Requests: found, shown, begun, and drafts put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from actions.cards import organisation_choices, organisations
from actions.context import Conflict, NotFound, Work
from actions.requests import attachments, clashes, creation, drafting, lookup, patients
from actions.steps import comments, verification
from catalog.kinds import RequestKind
from models.comment import Comment
from models.facts import LineFacts, RoleRef, SignatureFacts
from models.findings import has_errors
from models.identifiers import BadIdentifier, snils_digits
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine, Status
from views.requests import summary
from web.api.bodies import Multipart
from web.api.door import token_of
from web.api.idempotency import once, once_and_told
from web.api.schemas import (
    Checked,
    CommentIn,
    CommentOut,
    ConfirmIn,
    FieldsIn,
    IdentityIn,
    LoginsIn,
    LookIn,
    PeopleIn,
    PersonIn,
    RequestIn,
    RequestOut,
    RequestPage,
    RevealIn,
    SignerIn,
)
from web.api.telling import brief, findings_told, whole
from web.shell import looked, reading, uploads, work_of
from web.shell.problems import ApiProblem, invalid, told

router = APIRouter(tags=["Заявки"])
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="Номер правки заявки, который вы видели: если он уже другой, ответ 409",
        examples=["3"],
    ),
]


@router.get("/requests", operation_id="listRequests", summary="Список заявок")
def list_requests(
    request: Request,
    state: Annotated[Status | None, Query(description="Состояние")] = None,
    organisation: Annotated[str, Query(description="ИНН организации", max_length=12)] = "",
    overdue: Annotated[bool, Query(description="Только с истёкшим сроком ответа")] = False,
    text: Annotated[
        str, Query(description="Номер, обращение или организация. Работников ищут в `/people/search`", max_length=200)
    ] = "",
    after: Annotated[int, Query(description="`next` предыдущей страницы", ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RequestPage:
    """По возрастанию номера. Страницы берут по `next`: новые заявки не сдвигают уже прочитанные."""
    with reading(request) as work:
        found = summary.listed_after(
            work, after, status=state, inn=organisation or None, overdue=overdue, text=text, limit=limit + 1
        )
        items = [brief(work, each, card) for each, card in found[:limit]]
    return RequestPage(items=items, next=items[-1].id if len(found) > limit else None)


@router.post(
    "/requests", operation_id="createRequest", summary="Новый черновик", status_code=201, response_model=RequestOut
)
def create(request: Request, body: RequestIn) -> Response:
    """Неверные сведения не теряются: черновик создаётся, а что не так, скажет проверка (`findings`).

    Если организации нет в справочнике ФРНСИ, вместе с ним создаётся заявка на её добавление (`related`).
    """

    def act(work: Work) -> int:
        kind = work.catalog.kind(body.kind)
        card = _card(work, body.inn, body.kpp)
        made = creation.create(
            work,
            kind=kind.code,
            organisation_id=card.id or 0,
            lines=_lines(work, kind, card, body.people),
            fields=body.fields,
            signer=_signer(body.signer),
        )
        return made.id or 0

    return once_and_told(request, act, _told, status=201)


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


@router.put(
    "/requests/{number}/people",
    operation_id="replacePeople",
    summary="Заменить работников черновика",
    response_model=RequestOut,
)
def replace_people(request: Request, number: int, body: PeopleIn, if_match: IfMatch = None) -> Response:
    """Список заменяется целиком. Версия растёт, если документы прежней уже сделаны."""

    with reading(request) as work:
        found = lookup.get(work, number)
        kind, card = work.catalog.kind(found.kind), organisations.get(work, found.organisation_id)
        lines = _lines(work, kind, card, body.people)

    def act(work: Work) -> int:
        drafting.replace_lines(work, draft(work, number, if_match), lines, [])
        return number

    return once_and_told(request, act, _told)


@router.patch(
    "/requests/{number}/fields",
    operation_id="fillFields",
    summary="Заполнить сведения черновика",
    response_model=RequestOut,
)
def fill_in(request: Request, number: int, body: FieldsIn, if_match: IfMatch = None) -> Response:
    """Названные поля заменяются, остальные остаются; пустое значение убирает поле."""

    def act(work: Work) -> RequestOut:
        found = draft(work, number, if_match)
        drafting.fill_in(work, found, body.fields)
        attachments.search_again(work, found)
        return whole(work, found)

    return once(request, act)


@router.put(
    "/requests/{number}/signer", operation_id="planSigner", summary="Указать, кто подпишет", response_model=RequestOut
)
def plan_signer(request: Request, number: int, body: SignerIn, if_match: IfMatch = None) -> Response:
    """Печатается в документе и проверяется заранее."""

    def act(work: Work) -> RequestOut:
        found = draft(work, number, if_match)
        planned = _signer(body)
        assert planned is not None
        drafting.plan_signer(work, found, planned)
        return whole(work, found)

    return once(request, act)


@router.post(
    "/requests/{number}/confirmations",
    operation_id="confirmPeople",
    summary="Подтвердить сведения о работниках",
    response_model=RequestOut,
)
def confirm(request: Request, number: int, body: ConfirmIn, if_match: IfMatch = None) -> Response:
    """Почта взята из Госуслуг, запись открыта и другое, чего требует вид заявки."""

    def act(work: Work) -> RequestOut:
        found = draft(work, number, if_match)
        meant = lines_named(work, found, body.lines)
        creation.confirm(work, found, body.what, snils={str(line.typed.get("snils")) for line in meant})
        return whole(work, found)

    return once(request, act)


@router.post(
    "/requests/{number}/people/{line}/identity",
    operation_id="settleIdentity",
    summary="Решить, чей это СНИЛС",
    response_model=RequestOut,
)
def settle_identity(request: Request, number: int, line: int, body: IdentityIn, if_match: IfMatch = None) -> Response:
    """Когда СНИЛС строки записан за другим человеком. Если номер набран с ошибкой, исправьте его: `PUT …/people`."""

    def act(work: Work) -> RequestOut:
        found = draft(work, number, if_match)
        [meant] = lines_named(work, found, [line])
        clashes.settle(work, found, meant, body.said, since=body.since, ground=body.ground)
        return whole(work, found)

    return once(request, act)


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

    def act(work: Work) -> RequestOut:
        found = draft(work, number, if_match)
        attachments.detach(work, found, code)
        return whole(work, found)

    return once(request, act)


@router.post(
    "/requests/{number}/files/look",
    operation_id="lookThroughFiles",
    summary="Подтвердить, что в файлах нет данных пациентов",
    response_model=RequestOut,
)
def look_through(request: Request, number: int, body: LookIn, if_match: IfMatch = None) -> Response:
    """Для файлов, которые программа прочитала не целиком: их посмотрел человек. Кто и когда – записывается."""

    def act(work: Work) -> RequestOut:
        found = draft(work, number, if_match)
        attachments.look(work, found, body.files)
        return whole(work, found)

    return once(request, act)


@router.post(
    "/requests/{number}/logins",
    operation_id="recordLogins",
    summary="Записать входы со слов работников",
    response_model=RequestOut,
)
def record_logins(request: Request, number: int, body: LoginsIn) -> Response:
    """Когда личная ссылка не помогла. Последний подтверждённый вход закрывает заявку."""

    def act(work: Work) -> RequestOut:
        found = lookup.get(work, number)
        persons = lookup.persons_of(work, lines_named(work, found, body.lines))
        verification.record_logins(work, found, snils={person.snils for person in persons.values()}, proven=body.proven)
        return whole(work, found)

    return once(request, act)


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


@router.get("/requests/{number}/comments", operation_id="listComments", summary="Комментарии к заявке")
def list_comments(request: Request, number: int) -> list[CommentOut]:
    """От старых к новым; от убранного остаётся место."""
    with reading(request) as work:
        found = [comment_told(each) for each in comments.of(work, lookup.get(work, number))]
    if found:
        looked(request, "request.viewed", f"request:{number}", token=token_of(request), part="comments")
    return found


@router.post(
    "/requests/{number}/comments",
    operation_id="addComment",
    summary="Написать комментарий",
    status_code=201,
    response_model=CommentOut,
)
def add_comment(request: Request, number: int, body: CommentIn) -> Response:
    """Пишут ответственные и руководители."""
    return once(request, lambda work: comment_told(comments.add(work, lookup.get(work, number), body.text)), status=201)


@router.delete(
    "/requests/{number}/comments/{comment}",
    operation_id="removeComment",
    summary="Убрать свой комментарий",
    status_code=204,
)
def remove_comment(request: Request, number: int, comment: int) -> Response:
    """Слова стираются, место остаётся."""
    return once(request, lambda work: comments.remove(work, lookup.get(work, number), comment))


def _told(work: Work, number: int) -> RequestOut:
    return whole(work, lookup.get(work, number))


def comment_told(comment: Comment) -> CommentOut:
    return CommentOut(
        id=comment.id or 0, at=comment.at, by=comment.by, text=comment.text, removed=comment.removed_at is not None
    )


def seen(work: Work, number: int, if_match: str | None) -> AccessRequest:
    """The request as the caller saw it. Raises the problem `stale` when it has changed since."""
    found = lookup.get(work, number)
    if if_match is not None and if_match.strip().strip('"') != str(found.revision):
        raise stale(work, found)
    return found


def draft(work: Work, number: int, if_match: str | None) -> AccessRequest:
    """Raises Conflict for what is no draft any more."""
    found = seen(work, number, if_match)
    if found.status is not Status.DRAFT:
        raise Conflict("Это меняют только в черновике. Сначала верните в него заявку: шаг edit или revise.")
    return found


def stale(work: Work, found: AccessRequest) -> ApiProblem:
    """What changed: where the request stands now."""
    now = whole(work, found)
    return ApiProblem(
        "stale",
        f"Заявку {found.number} тем временем изменили: сейчас она в состоянии «{now.state_label}».",
        current={
            "state": now.state.value,
            "version": now.version,
            "revision": now.revision,
            "steps": [step.trigger for step in now.steps],
        },
    )


def lines_named(work: Work, found: AccessRequest, ids: Sequence[int]) -> list[RequestLine]:
    """Lines of these ids, none when none is named. Raises NotFound for a stranger's."""
    lines = {line.id: line for line in lookup.lines_of(work, found)}
    strange = [number for number in ids if number not in lines]
    if strange:
        raise NotFound(f"Строки № {strange[0]} в этой заявке нет.")
    return [lines[number] for number in ids]


def _card(work: Work, inn: str, kpp: str | None) -> Organisation:
    """On record, or made from the refbook when new; with a КПП only the card that bears it."""
    if kpp:
        found = organisations.find(work, inn, kpp)
        if found is None:
            raise NotFound("Карточки с такими ИНН и КПП нет.")
        return found
    return organisation_choices.open_inn(work, inn)


def _signer(given: SignerIn | None) -> SignatureFacts | None:
    return None if given is None else SignatureFacts(**given.model_dump())


def _lines(work: Work, kind: RequestKind, card: Organisation, given: Sequence[PersonIn]) -> list[LineFacts]:
    return [_line(work, kind, card, person, row) for row, person in enumerate(given, 1)]


def _line(work: Work, kind: RequestKind, card: Organisation, given: PersonIn, row: int) -> LineFacts:
    values = given.model_dump(exclude={"roles", "confirmed", "first_login_on", "snils", "until"})
    noon = dt.time(12, tzinfo=dt.UTC)
    return LineFacts(
        **values,
        snils=_digits(given.snils),
        roles=tuple(_roles(work, kind, card, given, row)),
        row=row,
        confirmed=tuple(given.confirmed),
        asked_until=given.until.isoformat() if given.until else "",
        first_login_on=dt.datetime.combine(given.first_login_on, noon) if given.first_login_on else None,
    )


def _digits(typed: str) -> str:
    """As typed when it is none: the check says what is wrong with it."""
    try:
        return snils_digits(typed)
    except BadIdentifier:
        return typed


def _roles(work: Work, kind: RequestKind, card: Organisation, given: PersonIn, row: int) -> Sequence[RoleRef]:
    if not kind.roles_asked:
        return []
    if given.roles is None:
        facts = organisations.facts_of(work, card)
        usual = [
            (code, work.catalog.subsystems[code].usual_role(facts.kind, facts.authority)) for code in kind.subsystems
        ]
        return [RoleRef(code, role.code) for code, role in usual if role is not None]
    known = {(code, role.code) for code, entry in work.catalog.subsystems.items() for role in entry.roles}
    for place, each in enumerate(given.roles):
        if (each.subsystem, each.role) not in known:
            raise invalid(f"people.{row - 1}.roles.{place}", "Такой роли нет. Коды – в /catalog/subsystems.")
    return list(dict.fromkeys(RoleRef(each.subsystem, each.role) for each in given.roles))
