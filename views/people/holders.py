"""Who of these people holds what on a day, with the request that proves it and what the rules say of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from actions.cards.names import Names
from actions.cards.organisation_names import OrganisationNames
from actions.context import Work
from actions.roles.holdings import by_word, role_label
from models.employee import Employee
from models.facts import RoleRef
from models.findings import Severity
from models.grant import Grant
from models.organisation import Organisation
from models.request import AccessRequest
from states.rules.held import Clash, HeldHere, clashes
from views.people.days import Day

_AT_ONCE = 500  # people in one query
GONE = "данные стёрты"


@dataclass(frozen=True, slots=True)
class Entry:
    """A role held on the day. `over`: ended on that very day; `later`: when it ended after it."""

    grant: Grant
    since: dt.datetime
    until: dt.datetime | None
    organisation: Organisation
    place: str  # what the organisation was called that day
    label: str
    request_id: int | None
    number: str
    verified: bool
    over: bool
    later: dt.datetime | None
    clash: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.grant.subsystem, self.grant.role

    @property
    def source(self) -> str:
        """Whose words it rests on, "" where a request gave it."""
        return by_word(self.grant)

    @property
    def proof(self) -> str:
        return self.number or self.source

    @property
    def shape(self) -> str:
        """A state's code: it decides colour and shape."""
        return "withdrawn" if self.over else "verified" if self.verified else "granted"

    @property
    def told(self) -> str:
        if self.over:
            return "прекращена в этот день"
        return "вход подтверждён" if self.verified else "вход не подтверждён"


@dataclass(frozen=True, slots=True)
class Holder:
    """An employee of one organisation, as he was called that day.

    `entries` are only those that were asked for, `clashes` concern everything that the person held, elsewhere too.
    """

    person: Employee
    called: str
    entries: tuple[Entry, ...]
    clashes: tuple[Clash, ...]

    @property
    def name(self) -> str:
        return self.called or GONE

    @property
    def gravest(self) -> str:
        """Style of the worst finding, "" when there is none."""
        graves = [clash.finding.severity for clash in self.clashes]
        return "error" if Severity.ERROR in graves else "warning" if graves else ""

    def of(self, key: tuple[str, str]) -> list[Entry]:
        return [entry for entry in self.entries if entry.key == key]


def held_on(day: Day) -> list[ColumnElement[bool]]:
    """Held at some moment of the day."""
    return day.belief.held(day.start, day.moment)


@dataclass
class Judge:
    """Judges what people hold; the same roles are judged once."""

    work: Work
    day: Day
    _known: dict[tuple[frozenset[HeldHere], bool], list[Clash]] = field(default_factory=dict)

    def says(self, held: Collection[HeldHere], first_login_on: dt.datetime | None) -> list[Clash]:
        logged_in = first_login_on is not None and first_login_on <= self.day.moment
        key = frozenset(held), logged_in
        if key not in self._known:
            ordered = sorted(key[0], key=lambda entry: (entry.subsystem, entry.role))
            self._known[key] = clashes(ordered, self.work.catalog, day=self.day.date, logged_in=logged_in)
        return self._known[key]

    def facts(
        self, subsystem: str, role: str, kind: str, authority: str | None, request_kind: str | None, *, own: bool
    ) -> HeldHere:
        """`own`: held in the organisation whose employee is judged; only there his login is known."""
        asked = self.work.catalog.kinds.get(request_kind or "")
        return HeldHere(subsystem, role, kind, authority, first_login=own and bool(asked and asked.first_login))


def holders(work: Work, employee_ids: Sequence[int], day: Day, judge: Judge) -> list[Holder]:
    """These employees in this order, with everything that they held on the day as far as the user sees it."""
    found: list[Holder] = []
    for start in range(0, len(employee_ids), _AT_ONCE):
        found += _some(work, employee_ids[start : start + _AT_ONCE], day, judge)
    return found


def _some(work: Work, ids: Sequence[int], day: Day, judge: Judge) -> list[Holder]:
    found = work.session.execute(select(Employee).where(col(Employee.id).in_(ids))).scalars()
    cards = {card.id: card for card in found}
    names, places = Names(work, cards.values()), OrganisationNames(work, day.known)
    query = (
        select(Grant, day.belief.since, day.belief.until, day.belief.verified_at, Organisation, AccessRequest)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .outerjoin(AccessRequest, col(AccessRequest.id) == col(Grant.request_id))
        .where(col(Grant.person_id).in_({card.person_id for card in cards.values()}), *held_on(day))
        .order_by(col(Grant.person_id), day.belief.since, col(Grant.id))
    )
    held: dict[int, list[tuple[Entry, str | None]]] = {}
    for grant, *times, organisation, request in work.session.execute(day.belief.of(query)):
        entry = _entry(work, grant, times, (organisation, places.at(organisation, day.moment)), request, day)
        held.setdefault(grant.person_id, []).append((entry, request.kind if request else None))
    return [
        _holder(cards[number], names.at(cards[number], day.moment), held.get(cards[number].person_id, []), judge)
        for number in ids
        if number in cards
    ]


def _entry(
    work: Work,
    grant: Grant,
    times: Sequence[dt.datetime | None],
    place: tuple[Organisation, str],
    request: AccessRequest | None,
    day: Day,
) -> Entry:
    since, until, verified_at = times
    return Entry(
        grant,
        since or grant.since,
        until,
        *place,
        role_label(work, grant.subsystem, grant.role),
        request.id if request else None,
        request.number if request else "",
        verified=verified_at is not None and verified_at <= day.moment,
        over=until is not None and until <= day.moment,
        later=until if until is not None and until > day.moment else None,
    )


def _holder(card: Employee, name: str, held: Sequence[tuple[Entry, str | None]], judge: Judge) -> Holder:
    def own(entry: Entry) -> bool:
        return entry.grant.organisation_id == card.organisation_id

    facts = [
        judge.facts(*each.key, each.organisation.kind, each.organisation.authority, kind, own=own(each))
        for each, kind in held
        if not each.over
    ]
    found = judge.says(facts, card.first_login_on)
    wrong = {role for clash in found if clash.finding.severity is Severity.ERROR for role in clash.roles}
    marked = (replace(each, clash=not each.over and RoleRef(*each.key) in wrong) for each, _ in held if own(each))
    return Holder(card, name, tuple(marked), tuple(found))
