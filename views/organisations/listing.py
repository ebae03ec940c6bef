"""The list of organisations: each with its open requests and how far its checklists are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from actions.cards.organisations import registry_of
from actions.checklists import overview
from actions.context import Work
from catalog.subjects import subject_name
from models.facts import RegistryStatus
from models.organisation import Organisation
from models.request import AccessRequest
from models.text import fold
from states.statuses import OPEN
from states.words.organisations import REGISTRY

_BY_NAME = (col(Organisation.fold), col(Organisation.id))


def listed(work: Work, text: str = "", *, limit: int = 50, offset: int = 0) -> tuple[int, Sequence[Organisation]]:
    """How many fit, and a page of them by name. Words of the name in any order, or the beginning of an ИНН or ОГРН."""
    where: list[ColumnElement[bool]] = []
    for word in fold(text).split():
        numbers = (col(Organisation.inn), col(Organisation.ogrn)) if word.isdigit() else ()
        where.append(or_(_named(word), *(number.startswith(word) for number in numbers)))
    count = work.session.execute(select(func.count()).select_from(Organisation).where(*where)).scalar_one()
    query = select(Organisation).where(*where).order_by(*_BY_NAME)
    return count, work.session.execute(query.limit(limit).offset(offset)).scalars().all()


def listed_after(work: Work, after: int, *, inn: str = "", text: str = "", limit: int) -> Sequence[Organisation]:
    """In the order of their numbers, behind number `after`: programs go through all of them page by page."""
    query = select(Organisation).where(col(Organisation.id) > after, *map(_named, fold(text).split()))
    if inn:
        query = query.where(col(Organisation.inn) == inn)
    return work.session.execute(query.order_by(col(Organisation.id)).limit(limit)).scalars().all()


def _named(word: str) -> ColumnElement[bool]:
    return col(Organisation.fold).contains(word, autoescape=True)


def open_requests(work: Work, numbers: Collection[int]) -> Mapping[int, int]:
    """How many requests of each are still on their way."""
    query = (
        select(col(AccessRequest.organisation_id), func.count())
        .where(col(AccessRequest.organisation_id).in_(numbers), col(AccessRequest.status).in_(OPEN))
        .group_by(col(AccessRequest.organisation_id))
    )
    return dict(work.session.execute(query).tuples().all())


@dataclass(frozen=True, slots=True)
class Line:
    """An organisation of the list."""

    card: Organisation
    subject: str
    registry: str
    in_register: bool
    open: int
    done: int
    total: int
    late: int
    responsible: str  # "" where the officers of the installation are


def lines(work: Work, cards: Sequence[Organisation]) -> list[Line]:
    numbers = [card.id or 0 for card in cards]
    still_open = open_requests(work, numbers)
    summed: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for standing in overview.overview(work, numbers):
        told = standing.progress
        of_card = summed[standing.organisation.id or 0]
        of_card[:] = [sum(pair) for pair in zip(of_card, (told.done, told.total, told.overdue), strict=True)]
    return [_line(work, card, still_open.get(card.id or 0, 0), *summed[card.id or 0]) for card in cards]


def _line(work: Work, card: Organisation, open_requests: int, done: int, total: int, late: int) -> Line:
    status = registry_of(work, card)
    subject = subject_name(card.subject) if card.subject else ""
    known = status is RegistryStatus.FOUND
    return Line(card, subject, REGISTRY[status], known, open_requests, done, total, late, card.officer_email)
