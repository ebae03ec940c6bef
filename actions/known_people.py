"""Employees on record, found by surname for a new request; that somebody looked is recorded, whom he saw is in numbers."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from actions import audit
from actions.context import Work
from models.person import Person
from models.text import fold

_LEAST = 2


def search(work: Work, text: str, *, limit: int = 20) -> list[Person]:
    """By the beginning of the surname, or of surname and given name; nothing for less than two letters."""
    wanted = fold(text)
    if len(wanted) < _LEAST:
        return []
    query = (
        select(Person)
        .where(col(Person.fold).startswith(wanted, autoescape=True), col(Person.erased_on).is_(None))
        .order_by(col(Person.fold), col(Person.id))
        .limit(limit)
    )
    found = list(work.session.execute(query).scalars())
    audit.record(work, "people.searched", "people", persons=[person.id for person in found])
    return found
