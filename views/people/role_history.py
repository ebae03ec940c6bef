"""Who held a role and when: bars along one line of time, drawn beside the table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from actions.cards.names import Names
from actions.cards.organisation_names import OrganisationNames
from actions.cards.people import OF_GRANT
from actions.context import NotFound, Work
from actions.roles.holdings import by_word, role_label
from models.employee import Employee
from models.grant import Grant
from models.organisation import Organisation
from models.request import AccessRequest
from views.people.days import local_date
from views.people.holders import GONE

SHOWN = 100
WIDTH = 1000  # of the line of time, in its own units


@dataclass(frozen=True, slots=True)
class Bar:
    """One holding, under the name that was borne at its end. `x` and `width` on the line of time."""

    grant: Grant
    person: Employee
    called: str
    organisation: Organisation
    place: str  # what the organisation was called at its end
    request: AccessRequest | None
    x: int
    width: int

    @property
    def name(self) -> str:
        return self.called or GONE

    @property
    def source(self) -> str:
        """Whose words it rests on, "" where a request gave it."""
        return by_word(self.grant)


@dataclass(frozen=True, slots=True)
class RoleHistory:
    """`years`: (year, where it begins on the line of time). `last`: the holding that the next screen begins after."""

    subsystem: str
    label: str
    since: dt.date
    today: dt.date
    years: tuple[tuple[int, int], ...]
    bars: tuple[Bar, ...]
    held: int
    present: int
    last: int


def role_history(work: Work, subsystem: str, role: str, *, organisation: int | None, before: int) -> RoleHistory:
    """Newest holdings first. Raises NotFound when nobody whom the user sees ever held the role."""
    where = [col(Grant.subsystem) == subsystem, col(Grant.role) == role]
    if organisation:
        where.append(col(Grant.organisation_id) == organisation)
    totals = select(func.count(), func.count() - func.count(col(Grant.until)), func.min(col(Grant.since)))
    held, present, since = work.session.execute(totals.select_from(Grant).where(*where)).one()
    if since is None:
        raise NotFound("Этой роли ни у кого из ваших работников не было. Вернитесь к списку ролей и выберите другую.")
    page = [col(Grant.id) < before] if before else []
    query = (
        select(Grant, Employee, Organisation, AccessRequest)
        .join(Employee, OF_GRANT)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .outerjoin(AccessRequest, col(AccessRequest.id) == col(Grant.request_id))
        .where(*where, *page)
        .order_by(col(Grant.id).desc())
        .limit(SHOWN + 1)
    )
    rows = [row._tuple() for row in work.session.execute(query)]
    line, names, places = _Line(since, work.now), Names(work, [card for _, card, _, _ in rows]), OrganisationNames(work)
    bars = tuple(
        Bar(
            grant,
            person,
            names.at(person, grant.until or work.now),
            place,
            places.at(place, grant.until or work.now),
            request,
            line.at(grant.since),
            max(4, line.at(grant.until or work.now) - line.at(grant.since)),
        )
        for grant, person, place, request in rows[:SHOWN]
    )
    first, today = local_date(since), local_date(work.now)
    years = tuple(
        (year, line.at(dt.datetime(year, 1, 1, tzinfo=dt.UTC))) for year in range(first.year + 1, today.year + 1)
    )
    entry = work.catalog.subsystems.get(subsystem)
    return RoleHistory(
        entry.name if entry else subsystem,
        role_label(work, subsystem, role),
        first,
        today,
        years,
        bars,
        held,
        present,
        (bars[-1].grant.id or 0) if len(rows) > SHOWN else 0,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """From the first holding until now."""

    since: dt.datetime
    until: dt.datetime

    def at(self, moment: dt.datetime) -> int:
        whole = (self.until - self.since).total_seconds() or 1.0
        return round(WIDTH * min(max((moment - self.since).total_seconds() / whole, 0.0), 1.0))
