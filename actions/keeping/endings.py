"""Roles that are given until a day: reminded of in time, ended when the day is over, asked for anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlmodel import col

from actions.cards import people
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.post.officers import officers_of
from actions.requests import creation, lookup
from actions.reviews.revocations import line_of
from actions.roles import grants
from actions.roles.holdings import Holding, held_by, role_label
from catalog.kinds import RequestKind
from models.employee import Employee
from models.facts import LineFacts, RoleRef
from models.grant import Grant
from models.identifiers import BadIdentifier
from models.moments import MOSCOW
from models.organisation import Organisation
from models.request import AccessRequest, RequestedRole, RequestLine
from states.outcomes import ACCESS
from states.reminders import Reason, Waiting
from states.rules.roles import is_current

STAGES = (30, 10, 1)  # working days before the last one
_NEVER_AGAIN = 10_000  # working days: once a stage


@dataclass(frozen=True, slots=True)
class Ending:
    """A role in force that is given until a day. `named`: by the answer or the list; else it was only asked for."""

    grant: Grant
    person: Employee
    organisation: Organisation
    label: str
    day: dt.date
    named: bool

    @property
    def told(self) -> str:
        if self.named:
            return f"{self.person.name}: {self.label} – до {self.day:%d.%m.%Y}"
        return f"{self.person.name}: {self.label} – просили до {self.day:%d.%m.%Y}, в ответе срок не назван"

    def as_json(self) -> dict[str, object]:
        return {
            "grant": self.grant.id,
            "employee": self.person.id,
            "person": self.person.name,
            "role": self.label,
            "inn": self.organisation.inn,
            "day": self.day.isoformat(),
            "named": self.named,
        }


def ending(work: Work) -> list[Ending]:
    """All of them, the nearest first."""
    return sorted(
        [*_named(work), *_only_asked(work)], key=lambda each: (each.day, each.person.fold, each.grant.id or 0)
    )


def _named(work: Work) -> Iterator[Ending]:
    query = (
        select(Grant, Employee, Organisation)
        .join(Employee, people.OF_GRANT)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .where(col(Grant.until).is_(None), col(Grant.ends_on).is_not(None))
    )
    for grant, person, organisation in work.session.execute(query).tuples():
        if grant.ends_on is not None:
            yield _ending(work, grant, person, organisation, grant.ends_on, named=True)


def _only_asked(work: Work) -> Iterator[Ending]:
    """The desk may have given them for good: nobody but a person ends them."""
    query = (
        select(Grant, Employee, Organisation, col(RequestedRole.asked_until))
        .join(Employee, people.OF_GRANT)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .join(RequestLine, col(RequestLine.person_id) == col(Grant.person_id))
        .join(
            AccessRequest,
            and_(
                col(AccessRequest.id) == col(RequestLine.request_id),
                col(AccessRequest.organisation_id) == col(Grant.organisation_id),
            ),
        )
        .join(
            RequestedRole,
            and_(
                col(RequestedRole.line_id) == col(RequestLine.id),
                col(RequestedRole.subsystem) == col(Grant.subsystem),
                col(RequestedRole.role) == col(Grant.role),
            ),
        )
        .where(
            col(Grant.until).is_(None),
            col(Grant.ends_on).is_(None),
            col(RequestedRole.asked_until).is_not(None),
            col(RequestedRole.until).is_(None),
            col(RequestedRole.state).in_(ACCESS),
        )
        .order_by(col(RequestedRole.id))
    )
    newest = {
        grant.id: (grant, person, place, day) for grant, person, place, day in work.session.execute(query).tuples()
    }
    for grant, person, place, day in newest.values():
        if day is not None:
            yield _ending(work, grant, person, place, day, named=False)


def _ending(work: Work, grant: Grant, person: Employee, place: Organisation, day: dt.date, *, named: bool) -> Ending:
    return Ending(grant, person, place, role_label(work, grant.subsystem, grant.role), day, named)


def end_over(work: Work) -> int:
    """Roles whose last day is over end with it, however late this runs. Returns how many did."""
    today = work.now.astimezone(MOSCOW).date()
    query = select(Grant).where(col(Grant.until).is_(None), col(Grant.ends_on) < today).order_by(col(Grant.id))
    over = list(work.session.execute(query).scalars())
    for row in over:
        assert row.ends_on is not None
        at = dt.datetime.combine(row.ends_on + dt.timedelta(days=1), dt.time(), MOSCOW).astimezone(dt.UTC)
        grants.end(work, grant_id=row.id or 0, reason=f"срок до {row.ends_on:%d.%m.%Y}", at=at)
    return len(over)


def waiting(work: Work) -> Iterator[Waiting]:
    """For the reminders: once at each stage, and once more when a day that was only asked for is over."""
    for each in ending(work):
        zone = each.organisation.time_zone
        starts = [_midnight(work.calendar.shifted(each.day, -before), zone) for before in STAGES]
        over = _midnight(each.day + dt.timedelta(days=1), zone)
        ends: list[dt.datetime | None] = [*starts[1:], over]
        if not each.named:
            starts, ends = [*starts, over], [*ends, None]
        last = each.grant.end_reminded_at
        why = f"{each.told}: {work.policy.page_url}/people/{each.person.id}"
        for to in officers_of(work, each.organisation):
            for start, end in zip(starts, ends, strict=True):
                yield Waiting(
                    Reason.ROLE_ENDS,
                    to,
                    "",
                    why,
                    start,
                    0,
                    zone,
                    repeat_days=_NEVER_AGAIN,
                    until=end,
                    last=last if last is not None and last >= start else None,
                    grant_id=each.grant.id,
                )


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))


def reminded(work: Work, grant_ids: Collection[int]) -> None:
    """A digest has told of them; the next one is due at the next stage."""
    for number in grant_ids:
        row = work.session.get(Grant, number)
        if row is not None:
            row.end_reminded_at = work.now


def renew(
    work: Work, card: Employee, grant_ids: Collection[int], *, until: dt.date | None = None
) -> list[AccessRequest]:
    """Drafts that ask for these roles of an employee once more, until a day or for good.

    Raises NotFound when none of them is held, BadIdentifier for a day that is over, Conflict without a kind that asks.
    """
    if until is not None and until < work.now.astimezone(MOSCOW).date():
        raise BadIdentifier(f"День {until:%d.%m.%Y} уже прошёл. Укажите день впереди.")
    chosen = [
        held
        for held in held_by(work, [card.person_id])
        if held.grant.id in grant_ids and held.grant.organisation_id == card.organisation_id
    ]
    if not chosen:
        raise NotFound("Отмеченных ролей у работника уже нет. Обновите страницу и отметьте снова.")
    return [_drafted(work, card, kind, held, until) for kind, held in _by_kind(work, chosen)]


def _by_kind(work: Work, holdings: Sequence[Holding]) -> list[tuple[RequestKind, list[Holding]]]:
    wanted = {held.grant.subsystem for held in holdings}
    found: dict[str, list[Holding]] = {}
    for held in holdings:
        found.setdefault(_kind_for(work, held, wanted).code, []).append(held)
    return [(work.catalog.kind(code), held) for code, held in found.items()]


def _kind_for(work: Work, held: Holding, wanted: Collection[str]) -> RequestKind:
    """The one by which the role was given, else the one that asks for most of these roles and for least besides."""
    fitting = {
        kind.code: kind
        for kind in work.catalog.kinds.values()
        if kind.people
        and kind.roles_asked
        and not kind.revokes
        and held.grant.subsystem in kind.subsystems
        and is_current(kind, work.now.date())
    }
    if not fitting:
        raise Conflict(
            f"В каталоге нет вида заявки, которым просят роль «{held.label}». Добавьте его в папку каталога."
        )
    gave = work.session.get(AccessRequest, held.grant.request_id) if held.grant.request_id else None
    if gave is not None and gave.kind in fitting:
        return fitting[gave.kind]
    return max(fitting.values(), key=lambda kind: (len(set(wanted) & set(kind.subsystems)), -len(kind.subsystems)))


def _drafted(
    work: Work, card: Employee, kind: RequestKind, holdings: Sequence[Holding], until: dt.date | None
) -> AccessRequest:
    roles = tuple(RoleRef(held.grant.subsystem, held.grant.role) for held in holdings)
    line: LineFacts = line_of(card, roles=roles, asked_until=until.isoformat() if until else "")
    request = creation.create(work, kind=kind.code, organisation_id=card.organisation_id, lines=[line])
    audit.record(
        work,
        "renewal.drafted",
        lookup.subject(request),
        organisation=card.organisation_id,
        grants=[held.grant.id for held in holdings],
        until=until.isoformat() if until else None,
    )
    return request
