"""Employees on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from actions import audit
from actions.context import NotFound, Work
from models.facts import LineFacts
from models.identifiers import valid_snils
from models.person import Person
from models.text import fold


def by_snils(work: Work, snils: str) -> Person | None:
    return work.session.execute(select(Person).where(col(Person.snils) == snils)).scalar_one_or_none()


def get(work: Work, person_id: int) -> Person:
    person = work.session.get(Person, person_id)
    if person is None:
        raise NotFound("Такого работника нет.")
    return person


def enrol(work: Work, line: LineFacts) -> Person | None:
    """The person of a line, put on record when new. A line with a wrong СНИЛС has none yet (APP-2).

    The address is taken over once it was judged: a typing error in a draft must not occupy somebody's address.
    """
    if not valid_snils(line.snils):
        return None
    person = by_snils(work, line.snils)
    if person is None:
        person = Person(snils=line.snils)
        _write(person, line)
        person.email = person.email_fold = ""
        work.session.add(person)
        work.session.flush()
        audit.record(work, "person.enrolled", f"person:{person.id}")
    if line.esia_confirmed and person.esia_confirmed_on is None:
        person.esia_confirmed_on = work.now
    if line.first_login_on and person.first_login_on is None:
        person.first_login_on = line.first_login_on
    return person


def update_from(work: Work, person: Person, line: LineFacts) -> None:
    """A checked line is newer than the record: names, post and address follow it."""
    before = (person.name, person.email, person.post)
    _write(person, line)
    if before != (person.name, person.email, person.post):
        work.session.add(person)
        audit.record(work, "person.changed", f"person:{person.id}")


def _write(person: Person, line: LineFacts) -> None:
    person.surname, person.given, person.patronymic = line.surname, line.given, line.patronymic
    person.fold = fold(line.name)
    person.email, person.email_fold = line.email, fold(line.email)
    person.post = line.post or person.post
    person.unit = line.unit or person.unit
    if line.email_is_esia is not None:
        person.email_is_esia = line.email_is_esia


def owners_of(work: Work, emails: Iterable[str]) -> dict[str, str]:
    """Folded address to the СНИЛС of the person on record who has it (APP-14)."""
    folded = [fold(email) for email in emails if email]
    rows = work.session.execute(
        select(col(Person.email_fold), col(Person.snils)).where(col(Person.email_fold).in_(folded))
    )
    return dict(row._tuple() for row in rows)


def record_esia(work: Work, *, person_id: int) -> Person:
    """The employee's Госуслуги account is confirmed (USR-1, USR-2)."""
    return _mark(work, person_id, "esia_confirmed_on", "person.esia-confirmed")


def record_first_login(work: Work, *, person_id: int, at: dt.datetime | None = None) -> Person:
    """The employee has logged in once and saw the page without access (USR-3, USR-4)."""
    return _mark(work, person_id, "first_login_on", "person.first-login", at)


def _mark(work: Work, person_id: int, column: str, action: str, at: dt.datetime | None = None) -> Person:
    person = get(work, person_id)
    if getattr(person, column) is None:
        setattr(person, column, at or work.now)
        work.session.add(person)
        audit.record(work, action, f"person:{person_id}")
    return person
