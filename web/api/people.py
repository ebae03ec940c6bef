"""Employees of the organisations that the token's owner sees, and who held which role on a day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col
from starlette.requests import Request

from actions import grants
from actions.context import Work
from models.identifiers import BadIdentifier, snils_digits
from models.person import Person
from models.record import Grant
from models.request import AccessRequest, RequestLine
from models.text import fold
from web.api.door import token_of
from web.api.problems import invalid
from web.api.schemas import HolderOut, HoldersOut, PersonBrief, PersonOut, SearchIn
from web.days import day_of
from web.installed import looked, reading
from web.persons import reached

router = APIRouter(tags=["Люди и роли"])
_MOST = 50


@router.post("/people/search", operation_id="searchPeople", summary="Найти работника")
def search(request: Request, body: SearchIn) -> list[PersonBrief]:
    """Не больше 50, по фамилии. Что искали, не записывается, а кого показали – записывается."""
    wanted = _wanted(body.text)
    with reading(request) as work:
        query = select(Person).where(wanted, _seen(work), col(Person.erased_on).is_(None))
        found = work.session.execute(query.order_by(col(Person.fold), col(Person.id)).limit(_MOST)).scalars().all()
    looked(request, "people.searched", "people", persons=[person.id for person in found], token=token_of(request))
    return [PersonBrief(id=person.id or 0, name=person.name, post=person.post) for person in found]


@router.get("/people/{number}", operation_id="getPerson", summary="Работник")
def show(request: Request, number: int) -> PersonOut:
    """СНИЛС, почта и заявки. Кто посмотрел, записывается."""
    with reading(request) as work:
        person = reached(work, number)
        query = (
            select(col(AccessRequest.id))
            .join(RequestLine, col(RequestLine.request_id) == col(AccessRequest.id))
            .where(col(RequestLine.person_id) == number)
            .order_by(col(AccessRequest.id).desc())
        )
        found = PersonOut(
            id=number, name=person.name, post=person.post, snils=person.snils, email=person.email,
            esia_confirmed_on=person.esia_confirmed_on, first_login_on=person.first_login_on,
            requests=[each for each in work.session.execute(query).scalars() if each is not None],
        )  # fmt: skip
    looked(request, "person.viewed", "people", person=number, token=token_of(request))
    return found


@router.get("/holders", operation_id="listHolders", summary="Кто какие роли держит на дату")
def list_holders(
    request: Request,
    as_of: Annotated[
        str, Query(description="Дата, на конец дня по Москве; без неё – сейчас", examples=["2026-11-23"])
    ] = "",
    inn: Annotated[str, Query(description="ИНН организации", max_length=12)] = "",
) -> HoldersOut:
    """С заявкой, которая это доказывает. Кто посмотрел, записывается."""
    with reading(request) as work:
        day = day_of(as_of, work.now)
        items = [HolderOut.model_validate(row) for row in grants.holders(work, as_of=day.moment, inn=inn or None)]
    looked(request, "holders.viewed", "holders", as_of=day.date.isoformat(), rows=len(items), token=token_of(request))
    return HoldersOut(as_of=day.moment, items=items)


def _wanted(text: str) -> ColumnElement[bool]:
    digits = "".join(sign for sign in text if sign.isdigit())
    if digits:
        try:
            return col(Person.snils) == snils_digits(digits)
        except BadIdentifier as wrong:
            raise invalid("text", str(wrong)) from None
    folded = fold(text)
    if len(folded) < 2:
        raise invalid("text", "Введите хотя бы две буквы фамилии.")
    return col(Person.fold).startswith(folded, autoescape=True)


def _seen(work: Work) -> ColumnElement[bool]:
    """People have no organisation: they are reached through requests and roles, which are narrowed."""
    asked = select(col(RequestLine.person_id)).join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
    return or_(
        col(Person.id).in_(asked.where(col(RequestLine.person_id).is_not(None))),
        col(Person.id).in_(select(col(Grant.person_id))),
    )
