"""Employees on record, found by surname for a new request; that somebody looked is recorded, whom he saw is in numbers."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, or_, select
from sqlmodel import col

from actions import audit
from actions.context import Work
from models.facts import LineFacts
from models.person import Person
from models.record import Grant
from models.request import AccessRequest, RequestLine
from models.text import fold

_LEAST = 2


def search(work: Work, text: str, *, organisation_id: int | None = None, limit: int = 20) -> list[Person]:
    """By the beginning of the surname, or of surname and given name; nothing for less than two letters.

    With an organisation only among those who have asked for something or hold something there.
    """
    wanted = fold(text)
    if len(wanted) < _LEAST:
        return []
    query = (
        select(Person)
        .where(col(Person.fold).startswith(wanted, autoescape=True), col(Person.erased_on).is_(None))
        .order_by(col(Person.fold), col(Person.id))
        .limit(limit)
    )
    if organisation_id is not None:
        query = query.where(or_(*(col(Person.id).in_(part) for part in _people_of(organisation_id))))
    found = list(work.session.execute(query).scalars())
    audit.record(work, "people.searched", "people", persons=[person.id for person in found])
    return found


def _people_of(organisation_id: int) -> tuple[Select[tuple[int | None]], Select[tuple[int]]]:
    asked = (
        select(col(RequestLine.person_id))
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .where(col(AccessRequest.organisation_id) == organisation_id, col(RequestLine.person_id).is_not(None))
    )
    holding = select(col(Grant.person_id)).where(col(Grant.organisation_id) == organisation_id)
    return asked, holding


def line_of(person: Person) -> LineFacts:
    """What a new line already knows of him."""
    return LineFacts(
        snils=person.snils, surname=person.surname, given=person.given, patronymic=person.patronymic,
        email=person.email, post=person.post, unit=person.unit, email_is_esia=person.email_is_esia,
        esia_confirmed=True if person.esia_confirmed_on else None, first_login_on=person.first_login_on,
    )  # fmt: skip


def named(work: Work, organisation_id: int, ids: Iterable[int]) -> list[Person]:
    """Those of these numbers who belong to the organisation, in the order of their names."""
    query = select(Person).where(
        col(Person.id).in_(list(ids)), col(Person.erased_on).is_(None),
        or_(*(col(Person.id).in_(part) for part in _people_of(organisation_id))),
    ).order_by(col(Person.fold))  # fmt: skip
    return list(work.session.execute(query).scalars())
