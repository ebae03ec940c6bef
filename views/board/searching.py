"""Which requests are meant: filters as conditions, and what was typed as a search.

Every way in has an index, so that a hundred thousand requests are no burden: the beginning of a name, a whole СНИЛС,
number or ticket. Only names of organisations are searched inside, and of those there are few.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, or_, select, union
from sqlmodel import col

from actions.cards.name_search import Condition, called
from actions.cards.people import OF_LINE, has_snils
from actions.context import Work
from models.employee import Employee
from models.identifiers import BadIdentifier, snils_digits
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine, Status, without_tail
from models.text import fold
from states.statuses import OPEN
from states.turn import Turn
from views.board.turns import any_of, is_asked, is_late, kinds, kinds_of, whose

_LEAST = 2  # letters of a name; one would find everybody
_FEW = 500  # requests that may be named one by one in each part of a statement
_NUMBER = re.compile(r"^[A-Za-zА-Яа-яЁё№]{0,3}[\s-]*(?:\d{4}[\s-]+)?0*([1-9]\d{0,8})$")
_INN = re.compile(r"(?<!\d)(\d{12}|\d{10})(?!\d)")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. `organisation`: ИНН or a part of the name; `mine`: the login of him who drafted them."""

    status: Status | None = None
    turn: Turn | None = None
    organisation: str = ""
    subsystem: str = ""
    kind: str = ""
    mine: str = ""
    overdue: bool = False
    question: bool = False
    text: str = ""
    among: frozenset[int] | None = None  # the requests that the text means, once they were looked up

    @property
    def any(self) -> bool:
        return self != Filters()

    @property
    def wider(self) -> Filters:
        """Without what the summary line offers to choose."""
        return replace(self, status=None, turn=None, overdue=False, question=False)


def conditions(work: Work, filters: Filters, status: Status | None = None) -> list[Condition]:
    """For requests of one status when it is given."""
    where: list[Condition] = []
    if status is not None:
        where.append(col(AccessRequest.status) == status)
        if filters.turn is not None:
            where.append(whose(work, status, filters.turn))
    elif filters.turn is not None:
        where.append(any_of(kinds_of(work), filters.turn, OPEN))
    if filters.status is not None and status is None:
        where.append(col(AccessRequest.status) == filters.status)
    if filters.organisation:
        where.append(col(AccessRequest.organisation_id).in_(organisations_like(filters.organisation)))
    if filters.subsystem:
        where.append(kinds(work, lambda kind: filters.subsystem in kind.subsystems))
    if filters.kind:
        where.append(col(AccessRequest.kind) == filters.kind)
    if filters.mine:
        where.append(col(AccessRequest.created_by) == filters.mine)
    if filters.overdue:
        where.append(is_late(work))
    if filters.question:
        where.append(is_asked())
    if filters.among is not None:
        where.append(col(AccessRequest.id).in_(filters.among))
    elif filters.text:
        where.append(_matching(work, filters.text))
    return where


def resolved(work: Work, filters: Filters) -> Filters:
    """With the requests that the text means looked up once, unless they are too many to name them in a statement."""
    if not filters.text:
        return filters
    found = work.session.execute(union(*_ways(work, filters.text)).limit(_FEW + 1)).scalars().all()
    return filters if len(found) > _FEW else replace(filters, among=frozenset(found))


def organisations_like(text: str) -> Select[Any]:
    """By an ИНН anywhere in the text, else by a part of the name or the beginning of the ИНН."""
    query = select(col(Organisation.id))
    inn = _INN.search(text)
    if inn:
        return query.where(col(Organisation.inn) == inn.group(1))
    found = col(Organisation.fold).contains(fold(text), autoescape=True)
    if text.strip().isdigit():
        found = or_(found, col(Organisation.inn).startswith(text.strip(), autoescape=True))
    return query.where(found)


def _matching(work: Work, text: str) -> Condition:
    """As a condition of each request, for a text that means many."""
    return or_(
        col(AccessRequest.organisation_id).in_(organisations_like(text)),
        col(AccessRequest.id).in_(union(*_ways(work, text)[1:])),
    )


def _ways(work: Work, text: str) -> list[Select[Any]]:
    """Every way by which people look for a request, that of the organisation first; each has an index of its own."""
    typed = without_tail(text)
    ways: list[Select[Any]] = [
        _requests(col(AccessRequest.organisation_id).in_(organisations_like(typed))),
        _requests(col(AccessRequest.number) == typed.upper()),
        _requests(col(AccessRequest.ticket).in_({typed, typed.upper()})),
    ]
    number = _NUMBER.match(typed)
    if number:
        tail = number.group(1)
        ways.append(
            _requests(
                and_(col(AccessRequest.id) == int(tail), col(AccessRequest.number).endswith(tail, autoescape=True))
            )
        )
    people = named(work, typed)
    if people is not None:
        lines = (
            select(col(RequestLine.request_id))
            .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
            .join(Employee, OF_LINE)
        )
        ways.append(lines.where(people))
    return ways


def _requests(where: Condition) -> Select[Any]:
    return select(col(AccessRequest.id)).where(where)


def named(work: Work, text: str) -> Condition | None:
    """The people whom a text may mean: by СНИЛС in any spelling or by the beginning of the name; None for no person."""
    try:
        return has_snils(snils_digits(text))
    except BadIdentifier:
        pass
    wanted = fold(text)
    if len(wanted) < _LEAST or not any(character.isalpha() for character in wanted) or any(map(str.isdigit, wanted)):
        return None
    words = wanted.split()
    spelled = {wanted, " ".join([*words[1:], words[0]]), " ".join([words[-1], *words[:-1]])}  # «Анна Иванова» too
    return called(work, *sorted(spelled))


def people_meant(work: Work, filters: Filters, *, limit: int = 100) -> list[int] | None:
    """Cards of the people whom the search found among what the user sees; None when it was not for people."""
    meant = named(work, filters.text) if filters.text else None
    if meant is None:
        return None
    query = (
        select(col(Employee.id))
        .select_from(RequestLine)
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .join(Employee, OF_LINE)
        .where(meant)
        .distinct()
        .limit(limit)
    )
    return [number for number in work.session.execute(query).scalars() if number is not None]
