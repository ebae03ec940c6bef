"""People × roles on a day: the people of one screen by surname, the roles that occur; a few queries for any number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, case, func, select, tuple_
from sqlmodel import col

from actions.cards.name_search import called
from actions.cards.people import OF_GRANT, has_snils
from actions.context import Work
from actions.roles.holdings import role_label
from models.employee import Employee
from models.grant import Grant
from models.identifiers import BadIdentifier, valid_snils
from models.organisation import Organisation
from models.request import AccessRequest
from models.text import fold
from views.organisations.offered import with_roles
from views.people.days import Day, local_date
from views.people.holders import Holder, Judge, held_on, holders

SHOWN = 100  # people of one screen
RoleKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for. `role`: "subsystem" or "subsystem/role"; `everybody`: also who holds nothing that day."""

    organisation: int | None = None
    role: str = ""
    text: str = ""
    clashing: bool = False
    everybody: bool = False
    after: int = 0  # the card that the screen before ended with
    before: int = 0

    @property
    def any(self) -> bool:
        return bool(self.organisation or self.role or self.text or self.clashing or self.everybody)

    @property
    def whole(self) -> Filters:
        """The same from the first screen on."""
        return replace(self, after=0, before=0)


@dataclass(frozen=True, slots=True)
class Column:
    """A role that somebody held; `holders` still hold it at the end of the day."""

    key: RoleKey
    subsystem: str
    label: str
    holders: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """One screen. `first` and `last`: the people that the neighbouring screens begin from, 0 when there are none."""

    day: Day
    columns: tuple[Column, ...]
    rows: tuple[Holder, ...]
    people: int
    first: int
    last: int

    @property
    def groups(self) -> list[tuple[str, int]]:
        """(subsystem, how many columns), in their order."""
        names = [column.subsystem for column in self.columns]
        return [(name, names.count(name)) for name in dict.fromkeys(names)]

    @property
    def roles(self) -> int:
        return sum(column.holders for column in self.columns)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen from. `since`: the first day of which there are data."""

    organisations: Sequence[Organisation]
    roles: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]  # subsystem's code, name, its roles
    since: dt.date | None


def matrix(work: Work, filters: Filters, day: Day) -> Matrix:
    """Raises BadIdentifier for a СНИЛС with an error."""
    where, judge = _whom(work, filters, day), Judge(work, day)
    if filters.clashing:
        ids, people, first, last = _cut(_clashing(work, where, day, judge), filters)
    else:
        ids, first, last = _page(work, where, filters)
        people = work.session.execute(select(func.count()).select_from(Employee).where(*where)).scalar_one()
    rows = tuple(_only(holder, filters) for holder in holders(work, ids, day, judge))
    return Matrix(day, columns(work, filters, day), rows, people, first, last)


def everyone(work: Work, filters: Filters, day: Day, *, most: int) -> list[Holder]:
    """The whole selection, for a workbook. Raises BadIdentifier when it is of more people than `most`."""
    where, judge = _whom(work, filters, day), Judge(work, day)
    ids = _clashing(work, where, day, judge) if filters.clashing else _all(work, where)
    if len(ids) > most:
        raise BadIdentifier(
            f"В отборе {len(ids)} работников, в один файл выгружаем не больше {most}. Сузьте отбор: выберите организацию или роль."
        )
    return [_only(holder, filters) for holder in holders(work, ids, day, judge)]


def choices(work: Work) -> Choices:
    ever = select(col(Grant.subsystem), col(Grant.role), func.min(col(Grant.since))).group_by(
        col(Grant.subsystem), col(Grant.role)
    )
    rows = [row._tuple() for row in work.session.execute(ever)]
    keys = sorted(((subsystem, role) for subsystem, role, _ in rows), key=_order(work))
    roles = tuple(
        (
            code,
            _subsystem(work, code),
            tuple((f"{one}/{role}", role_label(work, one, role)) for one, role in keys if one == code),
        )
        for code in dict.fromkeys(subsystem for subsystem, _ in keys)
    )
    since = min((local_date(first) for _, _, first in rows), default=None)
    return Choices(with_roles(work), roles, since)


def _asked(filters: Filters) -> list[ColumnElement[bool]]:
    """Conditions on the role and where it is held."""
    subsystem, _, role = filters.role.partition("/")
    conditions: list[ColumnElement[bool]] = []
    if filters.organisation:
        conditions.append(col(Grant.organisation_id) == filters.organisation)
    if subsystem:
        conditions.append(col(Grant.subsystem) == subsystem)
    if role:
        conditions.append(col(Grant.role) == role)
    return conditions


def _only(holder: Holder, filters: Filters) -> Holder:
    """Judged by all that he holds, shown with what was asked for."""
    subsystem, _, role = filters.role.partition("/")
    return replace(
        holder,
        entries=tuple(
            entry
            for entry in holder.entries
            if filters.organisation in (None, entry.grant.organisation_id)
            and subsystem in ("", entry.grant.subsystem)
            and role in ("", entry.grant.role)
        ),
    )


def _whom(work: Work, filters: Filters, day: Day) -> list[ColumnElement[bool]]:
    """Conditions on the card: who held something that day, or everybody whom the organisation knows."""
    conditions = _named(work, filters.text)
    # Gathered once: a condition on each card makes SQLite walk through the organisation's roles for every one of them.
    whose = tuple_(col(Employee.person_id), col(Employee.organisation_id))
    held = day.belief.of(select(col(Grant.person_id), col(Grant.organisation_id))).where(*_asked(filters))
    if not filters.everybody:
        return [whose.in_(held.where(*held_on(day))), *conditions]
    if filters.role:
        return [whose.in_(held), *conditions]
    if filters.organisation:
        conditions.append(col(Employee.organisation_id) == filters.organisation)
    return conditions


def _named(work: Work, text: str) -> list[ColumnElement[bool]]:
    """By the beginning of the name, or by a whole СНИЛС."""
    if not text:
        return []
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) < 9 or any(sign.isalpha() for sign in text):
        return [called(work, fold(text))]
    if not valid_snils(digits.zfill(11)):
        raise BadIdentifier("СНИЛС для поиска с ошибкой: проверьте все 11 цифр или ищите по фамилии.")
    return [has_snils(digits.zfill(11))]


_BY_NAME = (col(Employee.fold), col(Employee.id))


def _page(work: Work, where: Sequence[ColumnElement[bool]], filters: Filters) -> tuple[list[int], int, int]:
    """Numbers of the screen's people, and from whom the neighbouring screens begin."""
    forward = not filters.before
    border = filters.after or filters.before
    query = select(*_BY_NAME).where(*where).limit(SHOWN + 1)
    start = work.session.execute(select(*_BY_NAME).where(col(Employee.id) == border)).one_or_none() if border else None
    if start is not None:
        place = tuple_(*_BY_NAME)
        query = query.where(place > tuple_(*start) if forward else place < tuple_(*start))
    query = query.order_by(*(column if forward else column.desc() for column in _BY_NAME))
    found = [int(number or 0) for _, number in work.session.execute(query)]
    more, ids = len(found) > SHOWN, found[:SHOWN]
    if not forward:
        ids.reverse()
    has_previous, has_next = (start is not None, more) if forward else (more, start is not None)
    return ids, ids[0] if ids and has_previous else 0, ids[-1] if ids and has_next else 0


def _all(work: Work, where: Sequence[ColumnElement[bool]]) -> list[int]:
    return [
        number or 0
        for number in work.session.execute(select(col(Employee.id)).where(*where).order_by(*_BY_NAME)).scalars()
    ]


def _clashing(work: Work, where: Sequence[ColumnElement[bool]], day: Day, judge: Judge) -> list[int]:
    """Numbers of those of whom the rules say something, by surname. Reads every role of the day once, judges each set once."""
    query = (
        select(
            col(Employee.id),
            col(Grant.person_id),
            col(Grant.subsystem),
            col(Grant.role),
            col(Grant.organisation_id),
            col(AccessRequest.kind),
            col(Employee.first_login_on) <= day.moment,
        )
        .join(Employee, OF_GRANT)
        .outerjoin(AccessRequest, col(AccessRequest.id) == col(Grant.request_id))
        .where(*day.belief.held(day.moment, day.moment))
    )
    cards = select(col(Organisation.id), col(Organisation.kind), col(Organisation.authority))
    places = {number: (kind, authority) for number, kind, authority in work.session.execute(cards)}
    held: dict[int, set[tuple[str, str, int, str | None]]] = {}
    whose: dict[int, tuple[int, int, bool]] = {}
    for number, person_id, subsystem, role, place, kind, login in work.session.execute(day.belief.of(query)):
        held.setdefault(person_id, set()).add((subsystem, role, place, kind))
        whose[number] = person_id, place, bool(login)
    judged: dict[tuple[frozenset[tuple[str, str, int, str | None]], int, bool], bool] = {}

    def is_wrong(number: int) -> bool:
        if number not in whose:
            return False
        person_id, own, login = whose[number]
        key = frozenset(held[person_id]), own, login
        if key not in judged:
            facts = [
                judge.facts(subsystem, role, *places[place], kind, own=place == own)
                for subsystem, role, place, kind in key[0]
            ]
            judged[key] = bool(judge.says(facts, day.moment if login else None))
        return judged[key]

    return [number for number in _all(work, where) if is_wrong(number)]


def _cut(ids: list[int], filters: Filters) -> tuple[list[int], int, int, int]:
    """The screen's part of the numbers, how many there are, and from whom the neighbouring screens begin."""
    if filters.after in ids:
        start = ids.index(filters.after) + 1
    elif filters.before in ids:
        start = max(0, ids.index(filters.before) - SHOWN)
    else:
        start = 0
    shown = ids[start : start + SHOWN]
    first = shown[0] if shown and start else 0
    last = shown[-1] if shown and start + SHOWN < len(ids) else 0
    return shown, len(ids), first, last


def columns(work: Work, filters: Filters, day: Day) -> tuple[Column, ...]:
    still = case((day.belief.still(day.moment), 1), else_=0)
    query = select(col(Grant.subsystem), col(Grant.role), func.sum(still)).where(*held_on(day), *_asked(filters))
    named = _named(work, filters.text)
    if named:
        query = query.join(Employee, OF_GRANT).where(*named)
    rows = work.session.execute(day.belief.of(query).group_by(col(Grant.subsystem), col(Grant.role)))
    counts = {(subsystem, role): int(number) for subsystem, role, number in rows}
    return tuple(
        Column(key, _subsystem(work, key[0]), role_label(work, *key), counts[key])
        for key in sorted(counts, key=_order(work))
    )


def _subsystem(work: Work, code: str) -> str:
    entry = work.catalog.subsystems.get(code)
    return entry.name if entry else code


def _order(work: Work) -> Callable[[RoleKey], tuple[str, str, str]]:
    """Subsystems by name, in each the roles by label."""
    return lambda key: (_subsystem(work, key[0]), role_label(work, *key), key[1])
