"""Employees of the organisations that the token's owner sees, and who held which role on a day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from actions.cards import names
from actions.context import Work
from actions.roles import grants
from models.employee import Employee
from models.facts import FullName
from models.identifiers import BadIdentifier
from views.people import search as people
from views.people.card import asked_for, reached
from views.people.days import day_of
from web.api.door import token_of
from web.api.idempotency import once
from web.api.schemas.people import (
    FormerNameOut,
    HolderOut,
    HolderSearchIn,
    HoldersOut,
    PersonBrief,
    PersonChangeIn,
    PersonOut,
    RenameIn,
    SearchIn,
)
from web.api.searches import no_person
from web.shell import looked, reading
from web.shell.problems import invalid

router = APIRouter(tags=["Люди и роли"])


@router.post("/people/search", operation_id="searchPeople", summary="Найти работника")
def search(request: Request, body: SearchIn) -> list[PersonBrief]:
    """Не больше 50, по фамилии. Что искали, не записывается, а кого показали – записывается."""
    with reading(request) as work:
        try:
            found = people.search(work, body.text)
        except BadIdentifier as wrong:
            raise invalid("text", str(wrong)) from None
    looked(request, "people.searched", "people", employees=[person.id for person in found], token=token_of(request))
    return [PersonBrief(id=person.id or 0, name=person.name, post=person.post) for person in found]


@router.get("/people/{number}", operation_id="getPerson", summary="Работник")
def show(request: Request, number: int) -> PersonOut:
    """СНИЛС, почта и заявки. Кто посмотрел, записывается."""
    with reading(request) as work:
        found = _told(work, reached(work, number))
    looked(request, "person.viewed", "people", employee=number, token=token_of(request))
    return found


@router.patch(
    "/people/{number}", operation_id="changePerson", summary="Изменить карточку работника", response_model=PersonOut
)
def change(request: Request, number: int, body: PersonChangeIn) -> Response:
    """Почта, должность, служба. В заявках остаётся то, что в их строках."""

    def act(work: Work) -> PersonOut:
        return _told(work, names.change(work, reached(work, number), body.model_dump()))

    return once(request, act)


@router.post(
    "/people/{number}/names", operation_id="renamePerson", summary="Записать смену имени", response_model=PersonOut
)
def rename(request: Request, number: int, body: RenameIn) -> Response:
    """До дня смены в списках ролей остаётся прежнее имя. Без дня исправляется опечатка – за все дни."""

    def act(work: Work) -> PersonOut:
        card, name = reached(work, number), FullName(body.surname, body.given, body.patronymic)
        if body.since is None:
            names.correct(work, card, name, ground=body.ground)
        else:
            names.rename(work, card, name, since=body.since, ground=body.ground)
        return _told(work, card)

    return once(request, act)


def _told(work: Work, person: Employee) -> PersonOut:
    return PersonOut(
        id=person.id or 0,
        organisation=person.organisation_id,
        name=person.name,
        post=person.post,
        snils=person.snils,
        email=person.email,
        former_names=[
            FormerNameOut(name=row.name, until=row.until, ground=row.ground) for row in names.former_names(work, person)
        ],
        esia_confirmed_on=person.esia_confirmed_on,
        first_login_on=person.first_login_on,
        requests=[asked.id or 0 for asked, _ in asked_for(work, person)],
    )


@router.get("/holders", operation_id="listHolders", summary="Кто какие роли держит на дату")
def list_holders(
    request: Request,
    as_of: Annotated[
        str, Query(description="Дата, на конец дня по Москве; без неё – сейчас", examples=["2026-11-23"])
    ] = "",
    inn: Annotated[str, Query(description="ИНН организации", max_length=12)] = "",
    known_on: Annotated[
        str,
        Query(description="По сведениям на конец этого дня; без неё – с учётом исправлений", examples=["2026-11-20"]),
    ] = "",
) -> HoldersOut:
    """С заявкой, которая это доказывает. Кто посмотрел, записывается."""
    no_person("inn", inn, "/holders/search")
    return _holders(request, as_of, inn, known_on)


@router.post("/holders/search", operation_id="searchHolders", summary="Кто какие роли держит в организации на дату")
def search_holders(request: Request, body: HolderSearchIn) -> HoldersOut:
    """То же, что `listHolders`, для любого ИНН. Ничего не меняет; ключу только для чтения открыт."""
    as_of, known_on = (day.isoformat() if day else "" for day in (body.as_of, body.known_on))
    return _holders(request, as_of, body.inn, known_on)


def _holders(request: Request, as_of: str, inn: str, known_on: str) -> HoldersOut:
    with reading(request) as work:
        day = day_of(as_of, work.now, known_on)
        rows = grants.holders(work, as_of=day.moment, known_on=day.known, inn=inn or None)
        items = [HolderOut.model_validate(row) for row in rows]
    looked(request, "holders.viewed", "holders", as_of=day.date.isoformat(), rows=len(items), token=token_of(request))
    return HoldersOut(as_of=day.moment, known_on=day.known, items=items)
