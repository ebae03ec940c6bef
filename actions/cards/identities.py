"""As whom the numbers of a request's lines are on record, and what the officer says when a name does not fit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from actions.cards.enrolling import relied_on
from actions.cards.people import name_of
from actions.context import EVERYWHERE, Work
from models.employee import Employee, FormerName
from models.facts import FullName, Known
from models.person import Person
from models.request import AccessRequest, RequestLine, Status


def known(work: Work, organisation_id: int, numbers: Collection[str], *, but: int | None = None) -> dict[str, Known]:
    """By СНИЛС; `but` is the request that asks. Four queries for any number of people."""
    wanted = sorted({number for number in numbers if number})
    if not wanted:
        return {}
    cards = _cards(work, organisation_id, wanted, but)
    former = _former(work, [card.id or 0 for card in cards.values()])
    drafts = _drafts(work, organisation_id, [number for number in wanted if number not in cards], but)
    elsewhere = _elsewhere(work, organisation_id, [number for number in wanted if number not in cards])
    return {
        number: Known(
            name_of(cards[number]) if number in cards else None,
            tuple(former[cards[number].id or 0]) if number in cards else (),
            tuple(drafts[number]),
            tuple(elsewhere[number]),
        )
        for number in {*cards, *drafts, *elsewhere}
    }


def _cards(work: Work, organisation_id: int, numbers: Collection[str], but: int | None) -> dict[str, Employee]:
    query = (
        select(Employee)
        .join(Person, col(Person.id) == col(Employee.person_id))
        .where(
            col(Employee.organisation_id) == organisation_id,
            col(Person.snils).in_(numbers),
            col(Employee.fold) != "",
            relied_on(but=but),
        )
    )
    return {card.snils: card for card in work.session.execute(query).scalars()}


def _former(work: Work, ids: Collection[int]) -> defaultdict[int, list[tuple[dt.date, FullName]]]:
    query = select(FormerName).where(col(FormerName.employee_id).in_(ids), col(FormerName.until).is_not(None))
    found: defaultdict[int, list[tuple[dt.date, FullName]]] = defaultdict(list)
    for row in work.session.execute(query.order_by(col(FormerName.until))).scalars() if ids else ():
        if row.until is not None:
            found[row.employee_id].append((row.until, FullName(row.surname, row.given, row.patronymic)))
    return found


def _drafts(
    work: Work, organisation_id: int, numbers: Collection[str], but: int | None
) -> defaultdict[str, list[tuple[str, FullName]]]:
    """Other drafts of the organisation with these numbers."""
    query = (
        select(col(Person.snils), col(AccessRequest.number), col(RequestLine.typed))
        .join(RequestLine, col(RequestLine.person_id) == col(Person.id))
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .where(
            col(AccessRequest.organisation_id) == organisation_id,
            col(AccessRequest.status) == Status.DRAFT,
            col(AccessRequest.id) != (but or 0),
            col(Person.snils).in_(numbers),
        )
        .order_by(col(AccessRequest.id), col(RequestLine.id))
    )
    found: defaultdict[str, list[tuple[str, FullName]]] = defaultdict(list)
    for snils, number, typed in work.session.execute(query).tuples() if numbers else ():
        name = FullName(*(str(typed.get(part) or "") for part in ("surname", "given", "patronymic")))
        if name.surname and name.given:
            found[snils].append((number, name))
    return found


def _elsewhere(work: Work, organisation_id: int, numbers: Collection[str]) -> defaultdict[str, list[FullName]]:
    """Names alone: nobody is told whose they are, and they are not told either."""
    query = (
        select(col(Person.snils), col(Employee.surname), col(Employee.given), col(Employee.patronymic))
        .join(Employee, col(Employee.person_id) == col(Person.id))
        .where(
            col(Employee.organisation_id) != organisation_id,
            col(Person.snils).in_(numbers),
            col(Employee.fold) != "",
            relied_on(),
        )
    )
    found: defaultdict[str, list[FullName]] = defaultdict(list)
    rows = work.session.execute(query, execution_options=EVERYWHERE).tuples() if numbers else ()
    for snils, *name in rows:
        found[snils].append(FullName(*name))
    return found
