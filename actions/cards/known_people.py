"""Employees on record, found by surname for a new request; that somebody looked is recorded, whom he saw is in numbers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from actions.cards.name_search import called
from actions.context import Work
from actions.log import audit
from models.employee import Employee
from models.facts import LineFacts
from models.text import fold

_LEAST = 2


def search(work: Work, text: str, *, organisation_id: int | None = None, limit: int = 20) -> list[Employee]:
    """By the beginning of the surname, or of surname and given name; nothing for less than two letters.

    With an organisation only among its own people.
    """
    if not is_enough(text):
        return []
    people = found(work, text, organisation_id=organisation_id, limit=limit)
    audit.record(work, "people.searched", "people", employees=[person.id for person in people])
    return people


def is_enough(text: str) -> bool:
    """To search by: two letters."""
    return len(fold(text)) >= _LEAST


def found(work: Work, text: str, *, organisation_id: int | None = None, limit: int) -> list[Employee]:
    """The same without a record: whoever shows them makes it."""
    query = select(Employee).where(called(work, fold(text)), col(Employee.erased_on).is_(None))
    if organisation_id is not None:
        query = query.where(col(Employee.organisation_id) == organisation_id)
    return list(work.session.execute(query.order_by(col(Employee.fold), col(Employee.id)).limit(limit)).scalars())


def line_of(person: Employee) -> LineFacts:
    """What a new line already knows of him."""
    return LineFacts(
        snils=person.snils,
        surname=person.surname,
        given=person.given,
        patronymic=person.patronymic,
        email=person.email,
        post=person.post,
        unit=person.unit,
        email_is_esia=person.email_is_esia,
        esia_confirmed=True if person.esia_confirmed_on else None,
        first_login_on=person.first_login_on,
    )


def named(work: Work, organisation_id: int, ids: Iterable[int]) -> list[Employee]:
    """Those of these cards that are the organisation's, in the order of their names."""
    query = (
        select(Employee)
        .where(
            col(Employee.id).in_(list(ids)),
            col(Employee.organisation_id) == organisation_id,
            col(Employee.erased_on).is_(None),
        )
        .order_by(col(Employee.fold))
    )
    return list(work.session.execute(query).scalars())
