"""The people of a request."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.cards import organisations
from actions.context import Work
from actions.requests import clashes, creation, drafting, lookup
from actions.steps import verification
from models.request import AccessRequest
from web.api.idempotency import once, once_and_told
from web.api.requests.seen import IfMatch, draft, lines_named, on_draft, told_whole
from web.api.requests.typed import lines_of
from web.api.schemas.drafts import ConfirmIn, IdentityIn, LoginsIn, PeopleIn
from web.api.schemas.requests import RequestOut
from web.api.telling.requests import whole
from web.shell import reading

router = APIRouter(tags=["Заявки"])


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
        lines = lines_of(work, kind, card, body.people)

    def act(work: Work) -> int:
        drafting.replace_lines(work, draft(work, number, if_match), lines, [])
        return number

    return once_and_told(request, act, told_whole)


@router.post(
    "/requests/{number}/confirmations",
    operation_id="confirmPeople",
    summary="Подтвердить сведения о работниках",
    response_model=RequestOut,
)
def confirm(request: Request, number: int, body: ConfirmIn, if_match: IfMatch = None) -> Response:
    """Почта взята из Госуслуг, запись открыта и другое, чего требует вид заявки."""

    def act(work: Work, found: AccessRequest) -> None:
        meant = lines_named(work, found, body.lines)
        creation.confirm(work, found, body.what, snils={str(line.typed.get("snils")) for line in meant})

    return on_draft(request, number, if_match, act)


@router.post(
    "/requests/{number}/people/{line}/identity",
    operation_id="settleIdentity",
    summary="Решить, чей это СНИЛС",
    response_model=RequestOut,
)
def settle_identity(request: Request, number: int, line: int, body: IdentityIn, if_match: IfMatch = None) -> Response:
    """Когда СНИЛС строки записан за другим человеком. Если номер набран с ошибкой, исправьте его: `PUT …/people`."""

    def act(work: Work, found: AccessRequest) -> None:
        [meant] = lines_named(work, found, [line])
        clashes.settle(work, found, meant, body.said, since=body.since, ground=body.ground)

    return on_draft(request, number, if_match, act)


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
