"""Employees on record: each organisation has its own card of a person and finds no other's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import col

from actions.cards import organisations
from actions.context import EVERYWHERE, NotFound, Work
from actions.log import audit
from actions.post import links
from models.employee import Employee
from models.facts import FullName
from models.grant import EndedFor, Grant
from models.identifiers import inn_digits, snils_digits
from models.person import Person
from models.request import AccessRequest, RequestLine, Status
from models.text import fold

# Which card a role or a line means: the person's in the organisation of the role, or of the line's request.
OF_GRANT = and_(
    col(Employee.person_id) == col(Grant.person_id), col(Employee.organisation_id) == col(Grant.organisation_id)
)
OF_LINE = and_(
    col(Employee.person_id) == col(RequestLine.person_id),
    col(Employee.organisation_id) == col(AccessRequest.organisation_id),
)


def find(work: Work, organisation_id: int, snils: str) -> Employee | None:
    """The organisation's own card; None also for whom only others know."""
    return next(iter(of_snils(work, organisation_id, [snils])), None)


def of_snils(work: Work, organisation_id: int, numbers: Iterable[str]) -> Sequence[Employee]:
    query = (
        select(Employee)
        .join(Person, col(Person.id) == col(Employee.person_id))
        .where(col(Employee.organisation_id) == organisation_id, col(Person.snils).in_(list(numbers)))
    )
    return work.session.execute(query).scalars().all()


def has_snils(digits: str) -> ColumnElement[bool]:
    """Of a card: it is that person's."""
    return col(Employee.person_id).in_(select(col(Person.id)).where(col(Person.snils) == digits))


def cards_of(work: Work, snils: str) -> Sequence[Employee]:
    """Every card of the person that the user sees, the oldest first."""
    return work.session.execute(select(Employee).where(has_snils(snils)).order_by(col(Employee.id))).scalars().all()


def cards_in(work: Work, snils: object, inn: object) -> list[Employee]:
    """The person's cards in that organisation and its branches. Raises BadIdentifier, NotFound."""
    digits = inn_digits(inn)
    places = organisations.numbers_of(work, digits)
    if not places:
        raise organisations.unknown(digits)
    found = [card for card in cards_of(work, snils_digits(snils)) if card.organisation_id in places]
    if not found:
        raise NotFound("Работника с таким СНИЛС в этой организации нет. Проверьте номер.")
    return found


def numbered(work: Work, numbers: Iterable[str]) -> Sequence[int]:
    """Row numbers of the persons with these СНИЛС, whoever knows them: for rules, never to be shown."""
    query = select(col(Person.id)).where(col(Person.snils).in_(list(numbers))).order_by(col(Person.id))
    return [number for number in work.session.execute(query).scalars() if number is not None]


def persons_by_number(work: Work, numbers: Iterable[str]) -> dict[int, str]:
    """Row number to СНИЛС of those that anybody knows: for rules, never to be shown."""
    query = select(col(Person.id), col(Person.snils)).where(col(Person.snils).in_(list(numbers)))
    return {number: snils for number, snils in work.session.execute(query).tuples() if number is not None}


def get(work: Work, employee_id: int) -> Employee:
    """By the card's own number. Raises NotFound, also for another organisation's."""
    card = work.session.get(Employee, employee_id)
    if card is None:
        raise NotFound("Такого работника нет.")
    return card


def of_line(work: Work, line: RequestLine) -> Employee:
    """The card of the line's organisation. Raises NotFound for a line without a right СНИЛС."""
    query = select(Employee).join(AccessRequest, col(AccessRequest.organisation_id) == col(Employee.organisation_id))
    query = query.where(col(AccessRequest.id) == line.request_id, col(Employee.person_id) == line.person_id)
    card: Employee | None = work.session.execute(query).scalar_one_or_none()
    if card is None:
        raise NotFound("Такого работника нет.")
    return card


def subject(card: Employee) -> str:
    """As the log calls him."""
    return f"employee:{card.id}"


def name_of(card: Employee) -> FullName:
    return FullName(card.surname, card.given, card.patronymic)


def is_stranger(request: AccessRequest, line: RequestLine, card: Employee) -> bool:
    """The draft's line calls by another name whom its number belongs to: it is nobody's to answer for."""
    named = FullName(*(str(line.typed.get(part) or "") for part in ("surname", "given", "patronymic")))
    return request.status is Status.DRAFT and not name_of(card).agrees(named)


def set_name(card: Employee, name: FullName) -> None:
    card.surname, card.given, card.patronymic = name.surname, name.given, name.patronymic
    card.fold = fold(str(name))


def set_address(card: Employee, email: str, is_esia: bool | None) -> None:
    card.email, card.email_fold, card.email_is_esia = email, fold(email), is_esia


def owners_of(work: Work, emails: Iterable[str]) -> dict[str, str]:
    """Folded address to the СНИЛС of the person who has it in some organisation (APP-14)."""
    folded = [fold(email) for email in emails if email]
    query = (
        select(col(Employee.email_fold), col(Person.snils))
        .join(Person, col(Person.id) == col(Employee.person_id))
        .where(col(Employee.email_fold).in_(folded))
    )
    return dict(row._tuple() for row in work.session.execute(query, execution_options=EVERYWHERE))


def record_esia(work: Work, card: Employee) -> None:
    """The employee's Госуслуги account is confirmed (USR-1, USR-2)."""
    _mark(work, card, "esia_confirmed_on", "person.esia-confirmed")


def record_first_login(work: Work, card: Employee, *, at: dt.datetime | None = None) -> None:
    """The employee has logged in once and saw the page without access (USR-3, USR-4)."""
    _mark(work, card, "first_login_on", "person.first-login", at)
    own = (col(RequestLine.person_id) == card.person_id, col(AccessRequest.organisation_id) == card.organisation_id)
    links.end_of_lines(work, EndedFor.USED, *own, purpose=links.FIRST_LOGIN)


def _mark(work: Work, card: Employee, column: str, action: str, at: dt.datetime | None = None) -> None:
    """Whoever logged in answers to the name on the card."""
    card.stated_on = card.stated_on or work.now
    if getattr(card, column) is None:
        setattr(card, column, at or work.now)
        audit.record(work, action, subject(card))
    work.session.add(card)
