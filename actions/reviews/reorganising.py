"""Reorganisation on record: another name or number from a day on, or everything goes over to another organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.cards import people
from actions.cards.organisation_names import NAMED, named, told
from actions.context import EVERYWHERE, Conflict, NotFound, Work
from actions.log import audit
from actions.requests import lookup
from actions.roles import giving
from actions.roles.holdings import held_in, role_label
from models.employee import Employee
from models.grant import Grant
from models.identifiers import BadIdentifier, inn_digits, kpp_code, ogrn_digits, oid_code
from models.lengths import within
from models.moments import MOSCOW
from models.organisation import Organisation, OrganisationChange
from models.request import AccessRequest, RequestLine
from models.text import fold, tidy
from notifications.writing import Written, write
from states.statuses import AT_DESK, UNDER_WAY, UNSETTLED
from states.words.organisations import NAMES

LEAST_GROUND = 10
_READERS = {"inn": inn_digits, "kpp": kpp_code, "ogrn": ogrn_digits, "oid": oid_code}


@dataclass(frozen=True, slots=True)
class Reorganised:
    """`on_paper`: open requests whose papers name the organisation as it was."""

    change: OrganisationChange
    on_paper: tuple[AccessRequest, ...]

    def as_json(self) -> dict[str, object]:
        return as_json(self.change) | {
            "on_paper": [{"id": each.id, "number": each.number, "status": each.status.value} for each in self.on_paper]
        }


def rename(work: Work, card: Organisation, values: Mapping[str, str], *, since: dt.date, ground: str) -> Reorganised:
    """Other names or numbers from that day on; before it the old ones stay everywhere.

    Raises BadIdentifier for a wrong value, day or ground, Conflict when nothing differs or the numbers are another card's.
    """
    _judged(work, card, since, ground)
    before = named(card)
    after = before | {name: _read(name, value) for name, value in values.items() if name in NAMED}
    if not after["full_name"] and before["full_name"]:
        raise BadIdentifier("Полное наименование не бывает пустым: его печатают в заявке.")
    if after == before:
        raise Conflict("В карточке уже стоят эти наименования и номера.")
    if is_anothers(work, card, after):
        raise Conflict(
            "Карточка с этими ИНН и КПП уже есть. Если организация вошла в неё, запишите переход ролей в ту организацию."
        )
    for name, value in after.items():
        setattr(card, name, value)
    card.fold = fold(f"{card.full_name} {card.short_name}")
    work.session.add(card)
    change = _recorded(work, card, before, after, since, ground)
    fields = sorted(name for name in NAMED if before[name] != after[name])
    audit.record(work, "organisation.renamed", f"organisation:{card.id}", fields=fields, since=since.isoformat())
    return Reorganised(change, tuple(each for each in _open(work, card) if each.status in UNDER_WAY))


def move(work: Work, source: Organisation, target: Organisation, *, since: dt.date, ground: str) -> Reorganised:
    """Roles in force and open requests go over to another organisation; past days stay with the first one.

    Raises BadIdentifier for a wrong day or ground, Conflict when nothing goes over.
    """
    if source.id == target.id:
        raise Conflict("Это та же организация. Выберите другую, в которую перешли роли.")
    _judged(work, source, since, ground)
    held, open_requests = held_in(work, [source.id or 0]), _open(work, source)
    if not held and not open_requests:
        raise Conflict("Переводить нечего: ни действующих ролей, ни открытых заявок у организации нет.")
    persons = {each.grant.person_id for each in held} | _persons(work, open_requests)
    _take_along(work, source, target, persons)
    at = begins(since)
    for each in held:
        giving.move(work, each.grant, target.id or 0, at)
    for request in open_requests:
        request.organisation_id = target.id or 0
        request.revision += 1
        work.session.add(request)
        audit.record(work, "request.moved", lookup.subject(request), organisation=target.id, source=source.id)
    change = _recorded(
        work,
        source,
        named(source),
        named(target),
        since,
        ground,
        successor=target,
        roles=[each.grant.id or 0 for each in held],
        open_requests=[request.id or 0 for request in open_requests],
    )
    audit.record(
        work,
        "organisation.moved",
        f"organisation:{source.id}",
        target=target.id,
        grants=change.grants,
        requests=change.requests,
        since=since.isoformat(),
    )
    return Reorganised(change, tuple(each for each in open_requests if each.status in UNDER_WAY))


def follow(work: Work, roles: Sequence[Grant], known: dt.datetime) -> None:
    """Roles that were in force after all, as of `known`, go where the organisation's roles have gone since."""
    query = (
        select(OrganisationChange)
        .where(
            col(OrganisationChange.recorded_at) > known,
            col(OrganisationChange.successor_id).is_not(None),
            col(OrganisationChange.withdrawn_at).is_(None),
        )
        .order_by(col(OrganisationChange.id))
    )
    changes = work.session.execute(query).scalars().all()
    for role in roles:
        _follow(work, role, changes)


def _follow(work: Work, role: Grant, changes: Sequence[OrganisationChange]) -> None:
    place: Grant | None = role
    for change in changes:
        if place is None or place.until is not None or change.organisation_id != place.organisation_id:
            continue
        source, target = (
            work.session.get(Organisation, each) for each in (change.organisation_id, change.successor_id)
        )
        if source is not None and target is not None:
            _take_along(work, source, target, {place.person_id})
            change.grants = [*change.grants, place.id or 0]
            place = giving.move(work, place, target.id or 0, begins(change.since))


def begins(day: dt.date) -> dt.datetime:
    """The first moment of that day in Moscow."""
    return dt.datetime.combine(day, dt.time(), MOSCOW).astimezone(dt.UTC)


def _judged(work: Work, card: Organisation, since: dt.date, ground: str) -> None:
    if since > work.now.astimezone(MOSCOW).date():
        raise BadIdentifier(f"День {since:%d.%m.%Y} ещё не наступил. Запишите изменение, когда оно вступит в силу.")
    last = max(
        (row.since for row in changes(work, card) if row.organisation_id == card.id and not row.withdrawn_at),
        default=None,
    )
    if last is not None and since <= last:
        raise BadIdentifier(f"С {last:%d.%m.%Y} изменение уже записано. День нового должен быть позже.")
    if len(tidy(ground)) < LEAST_GROUND:
        raise BadIdentifier("Назовите основание: например, лист записи ЕГРЮЛ или приказ, его дату и номер.")


def _read(name: str, value: str) -> str:
    text = tidy(value)
    if name == "inn" and not text:
        raise BadIdentifier("ИНН не бывает пустым.")
    return _READERS[name](text) if text and name in _READERS else text


def is_anothers(work: Work, card: Organisation, after: Mapping[str, str]) -> bool:
    """Everywhere: a user who sees only his organisations may not take another's numbers."""
    query = select(col(Organisation.id)).where(
        col(Organisation.inn) == after["inn"], col(Organisation.kpp) == after["kpp"], col(Organisation.id) != card.id
    )
    return work.session.execute(query.limit(1), execution_options=EVERYWHERE).first() is not None


def _open(work: Work, card: Organisation) -> list[AccessRequest]:
    query = select(AccessRequest).where(
        col(AccessRequest.organisation_id) == card.id, col(AccessRequest.status).in_(UNSETTLED)
    )
    return list(work.session.execute(query.order_by(col(AccessRequest.id))).scalars())


def _persons(work: Work, found: Sequence[AccessRequest]) -> set[int]:
    query = select(col(RequestLine.person_id)).where(col(RequestLine.request_id).in_([each.id for each in found]))
    return {number for number in work.session.execute(query).scalars() if number is not None}


def _take_along(work: Work, source: Organisation, target: Organisation, person_ids: Collection[int]) -> None:
    """The successor knows of these people what the first one knew; whom it knows already it keeps as it knows him."""
    known = set(
        work.session.execute(
            select(col(Employee.person_id)).where(col(Employee.organisation_id) == target.id)
        ).scalars()
    )
    cards = select(Employee).where(
        col(Employee.organisation_id) == source.id, col(Employee.person_id).in_(set(person_ids) - known)
    )
    made = [
        Employee(
            **card.model_dump(exclude={"id", "organisation_id"}), organisation_id=target.id or 0, person=card.person
        )
        for card in work.session.execute(cards).scalars()
    ]
    work.session.add_all(made)
    work.session.flush()
    for card in made:
        audit.record(work, "person.enrolled", people.subject(card))


def _recorded(
    work: Work,
    card: Organisation,
    before: dict[str, str],
    after: dict[str, str],
    since: dt.date,
    ground: str,
    *,
    successor: Organisation | None = None,
    roles: Sequence[int] = (),
    open_requests: Sequence[int] = (),
) -> OrganisationChange:
    row = OrganisationChange(
        organisation_id=card.id or 0,
        successor_id=successor.id if successor else None,
        since=since,
        before=before,
        after=after,
        grants=list(roles),
        requests=list(open_requests),
        ground=within(tidy(ground), 300, "Основание"),
        recorded_at=work.now,
        recorded_by=work.by,
    )
    work.session.add(row)
    work.session.flush()
    return row


def changes(work: Work, card: Organisation) -> list[OrganisationChange]:
    """The newest first; those that brought something to this organisation too."""
    query = select(OrganisationChange).where(
        (col(OrganisationChange.organisation_id) == card.id) | (col(OrganisationChange.successor_id) == card.id)
    )
    return list(work.session.execute(query.order_by(col(OrganisationChange.id).desc())).scalars())


def get(work: Work, card: Organisation, number: int) -> OrganisationChange:
    found = next((row for row in changes(work, card) if row.id == number), None)
    if found is None:
        raise NotFound("Такого изменения у организации нет.")
    return found


def letter(work: Work, change: OrganisationChange) -> Written:
    """A draft for the desk: facts in plain words, for the regulation has no form of it. It goes nowhere by itself."""
    before, after = change.before, change.after
    query = select(col(AccessRequest.ticket)).where(
        col(AccessRequest.organisation_id) == (change.successor_id or change.organisation_id),
        col(AccessRequest.status).in_(AT_DESK),
        col(AccessRequest.ticket).is_not(None),
    )
    return write(
        "reorganisation",
        was=told(before),
        now=told(after),
        after=after,
        since=f"{change.since:%d.%m.%Y}",
        ground=change.ground,
        moved=change.successor_id is not None,
        rows=[(NAMES[name], before[name], after[name]) for name in NAMES if before[name] != after[name]],
        roles=_roles(work, change.grants),
        tickets=sorted({ticket for ticket in work.session.execute(query).scalars() if ticket}),
        sender_name=work.policy.sender_name,
    )


def _roles(work: Work, numbers: Sequence[int]) -> list[str]:
    query = (
        select(Employee, Grant)
        .join(Grant, people.OF_GRANT)
        .where(col(Grant.id).in_(numbers))
        .order_by(col(Employee.fold), col(Grant.id))
    )
    return [
        f"{card.name}: {role_label(work, grant.subsystem, grant.role)}"
        for card, grant in work.session.execute(query).tuples()
    ]


def as_json(change: OrganisationChange) -> dict[str, object]:
    return {
        "id": change.id,
        "since": change.since.isoformat(),
        "before": change.before,
        "after": change.after,
        "successor": change.successor_id,
        "roles": len(change.grants),
        "requests": len(change.requests),
        "ground": change.ground,
        "recorded_at": change.recorded_at.isoformat(),
        "recorded_by": change.recorded_by,
        "withdrawn_at": change.withdrawn_at.isoformat() if change.withdrawn_at else None,
        "withdrawn_reason": change.withdrawn_reason or None,
    }
