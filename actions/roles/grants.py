"""Who holds which role, now and on any past date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import or_, select, update
from sqlmodel import col

from actions.cards import people
from actions.cards.names import Names
from actions.cards.organisation_names import OrganisationNames
from actions.context import EVERYWHERE, NotFound, Work
from actions.log import audit
from actions.roles import beliefs
from actions.roles.holdings import by_word, subject_of
from models.employee import Employee
from models.facts import RoleRef
from models.grant import Grant
from models.organisation import Organisation
from models.request import AccessRequest, RequestedRole, RequestLine


def in_force(
    work: Work, *, organisation_id: int | None, person_ids: Sequence[int]
) -> Iterator[tuple[Grant, Employee, str]]:
    """Grants without an end, of these persons anywhere and of everybody in the organisation."""
    whose = or_(col(Grant.person_id).in_(person_ids), col(Grant.organisation_id) == organisation_id)
    query = (
        select(Grant, Employee, col(Organisation.inn))
        .join(Employee, people.OF_GRANT)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .where(col(Grant.until).is_(None), whose)
    )
    yield from (row._tuple() for row in work.session.execute(query))


def held_by(work: Work, person_ids: Sequence[int]) -> Sequence[tuple[int, str, str, str]]:
    """(person, subsystem, role, ИНН of the organisation) of what these people hold now, anywhere.

    The ИНН is "" for an organisation that the user does not see.
    """
    if not person_ids:
        return []
    query = (
        select(col(Grant.person_id), col(Grant.subsystem), col(Grant.role), col(Organisation.inn))
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .where(col(Grant.until).is_(None), col(Grant.person_id).in_(person_ids))
    )
    found = work.session.execute(query, execution_options=EVERYWHERE).tuples().all()
    if not work.narrowed:
        return found
    inns = {inn for *_, inn in found}
    seen = set(work.session.execute(select(col(Organisation.inn)).where(col(Organisation.inn).in_(inns))).scalars())
    return [(person, subsystem, role, inn if inn in seen else "") for person, subsystem, role, inn in found]


def is_held_in(work: Work, organisation_id: int, subsystem: str) -> bool:
    """Whether anybody in the organisation works in the subsystem now."""
    query = select(col(Grant.id)).where(
        col(Grant.organisation_id) == organisation_id, col(Grant.subsystem) == subsystem, col(Grant.until).is_(None)
    )
    return work.session.execute(query.limit(1)).first() is not None


def tell(
    work: Work,
    *,
    person_id: int,
    organisation_id: int,
    role: RoleRef,
    import_id: int,
    since: dt.datetime,
    ends_on: dt.date | None,
    told_by: str,
    told_on: dt.date | None,
) -> Grant:
    """A role is held from before, on somebody's word."""
    row = Grant(
        person_id=person_id,
        organisation_id=organisation_id,
        subsystem=role.subsystem,
        role=role.role,
        since=since,
        ends_on=ends_on,
        import_id=import_id,
        told_by=told_by,
        told_on=told_on,
    )
    work.session.add(row)
    _made(work, row, "grant.told")
    return row


def move(work: Work, row: Grant, organisation_id: int, at: dt.datetime) -> Grant | None:
    """The role is held in another organisation from that moment; None where it was held there already."""
    moment = max(at, row.since)
    end(work, grant_id=row.id or 0, reason="реорганизация", at=moment)
    there = select(col(Grant.id)).where(
        col(Grant.person_id) == row.person_id,
        col(Grant.organisation_id) == organisation_id,
        col(Grant.subsystem) == row.subsystem,
        col(Grant.role) == row.role,
        col(Grant.until).is_(None),
    )
    if work.session.execute(there).first() is not None:
        return None
    kept = row.model_dump(exclude={"id", "organisation_id", "since", "until", "event_seq", "end_reminded_at"})
    moved = Grant(**kept, organisation_id=organisation_id, since=moment)
    work.session.add(moved)
    _made(work, moved, "grant.moved")
    return moved


def _made(work: Work, row: Grant, action: str) -> None:
    beliefs.note(work, row)
    told = audit.record(
        work,
        action,
        subject_of(row),
        grant=row.id,
        employee=_card_id(work, row.person_id, row.organisation_id),
        organisation=row.organisation_id,
        subsystem=row.subsystem,
        role=row.role,
    )
    row.event_seq = told.seq


def grant(
    work: Work,
    *,
    person_id: int,
    organisation_id: int,
    subsystem: str,
    role: str,
    request_id: int,
    line_id: int,
    since: dt.datetime | None = None,
    ends_on: dt.date | None = None,
) -> Grant:
    """A granted role becomes a grant, since the answer (now when None) until the day that it names.

    One already in force only takes that day, and begins earlier where it was held before.
    """
    held: Grant | None = work.session.execute(
        select(Grant).where(
            col(Grant.person_id) == person_id,
            col(Grant.organisation_id) == organisation_id,
            col(Grant.subsystem) == subsystem,
            col(Grant.role) == role,
            col(Grant.until).is_(None),
        )
    ).scalar_one_or_none()
    if held is not None:
        if since is not None and since < held.since:
            begin_earlier(work, held, since)
        return _prolonged(work, held, request_id, ends_on)
    row = Grant(
        person_id=person_id,
        organisation_id=organisation_id,
        subsystem=subsystem,
        role=role,
        since=since or work.now,
        ends_on=ends_on,
        request_id=request_id,
        line_id=line_id,
    )
    work.session.add(row)
    _made(work, row, "grant.made")
    return row


def begin_earlier(work: Work, row: Grant, since: dt.datetime) -> None:
    """It turned out to be held already then."""
    row.since = since
    beliefs.note(work, row)
    audit.record(work, "grant.begun-earlier", subject_of(row), grant=row.id)


def _prolonged(work: Work, row: Grant, request_id: int, ends_on: dt.date | None) -> Grant:
    """Granted once more: what the newer answer says of its end counts."""
    if row.ends_on != ends_on:
        row.ends_on, row.end_reminded_at = ends_on, None
        beliefs.note(work, row)
        audit.record(work, "grant.prolonged", subject_of(row), grant=row.id, request=request_id, until=_iso(ends_on))
    return row


def end_as_before(work: Work, row: Grant, moment: dt.datetime) -> None:
    """An answer of that moment, which was recorded by mistake, moved its last day."""
    known = [entry.ends_on for entry in beliefs.history(work, [row.id or 0]) if entry.recorded_at < moment]
    if known and known[-1] != row.ends_on:
        row.ends_on, row.end_reminded_at = known[-1], None
        beliefs.note(work, row)
        audit.record(work, "grant.restored", subject_of(row), grant=row.id, until=_iso(row.ends_on))


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _card_id(work: Work, person_id: int, organisation_id: int) -> int:
    query = select(col(Employee.id)).where(
        col(Employee.person_id) == person_id, col(Employee.organisation_id) == organisation_id
    )
    return int(work.session.execute(query).scalar_one() or 0)


def end(work: Work, *, grant_id: int, reason: str, at: dt.datetime | None = None) -> Grant:
    """The role is held no more from that moment on (now when None)."""
    row = work.session.get(Grant, grant_id)
    if row is None or row.until is not None:
        raise NotFound("Такой действующей роли нет.")
    row.until = max(at, row.since) if at else work.now
    beliefs.note(work, row)
    audit.record(work, "grant.ended", subject_of(row), grant=grant_id, reason=reason)
    return row


def retract(work: Work, row: Grant) -> None:
    """The role was recorded by mistake: it ends when it began, so nobody ever held it."""
    row.until, row.verified_at = row.since, None
    beliefs.note(work, row)
    audit.record(work, "grant.retracted", subject_of(row), grant=row.id)


def forget_lines(work: Work, lines: Collection[int]) -> None:
    """They go; a role that one of them gave, and that was taken back, stays on record without it."""
    work.session.execute(update(Grant).where(col(Grant.line_id).in_(lines)).values(line_id=None))


def restore(work: Work, row: Grant, *, until: dt.datetime | None = None) -> None:
    """Its end, or that it was never held, was recorded by mistake."""
    row.until = until
    beliefs.note(work, row)
    audit.record(work, "grant.restored", subject_of(row), grant=row.id)


def end_roles(
    work: Work,
    *,
    line: RequestLine,
    pairs: Iterable[RequestedRole],
    organisation_id: int,
    reason: str,
    at: dt.datetime | None = None,
) -> int:
    """A revocation was carried out for these roles of the line: they end in this organisation. Returns how many did."""
    wanted = {(pair.subsystem, pair.role) for pair in pairs}
    query = select(Grant).where(
        col(Grant.person_id) == line.person_id,
        col(Grant.organisation_id) == organisation_id,
        col(Grant.until).is_(None),
    )
    ended = [row for row in work.session.execute(query).scalars().all() if (row.subsystem, row.role) in wanted]
    for row in ended:
        end(work, grant_id=row.id or 0, reason=reason, at=at)
    return len(ended)


def verify(work: Work, *, line_id: int) -> None:
    """The employee's own login proves every grant of the line."""
    query = select(Grant).where(col(Grant.line_id) == line_id, col(Grant.verified_at).is_(None))
    for row in work.session.execute(query).scalars().all():
        row.verified_at = work.now
        beliefs.note(work, row)


def unprove(work: Work, *, line_id: int) -> None:
    """The login that was to prove the line's grants did not happen."""
    query = select(Grant).where(col(Grant.line_id) == line_id, col(Grant.verified_at).is_not(None))
    for row in work.session.execute(query).scalars().all():
        row.verified_at = None
        beliefs.note(work, row)
        audit.record(work, "grant.unproven", subject_of(row), grant=row.id)


def holders(
    work: Work, *, as_of: dt.datetime | None = None, known_on: dt.datetime | None = None, inn: str | None = None
) -> list[dict[str, object]]:
    """Who holds what at the moment `as_of`, by surname, as he was called then; JSON of `holders`.

    `as_of` is `known_on` or else now when None. With `known_on` it tells what was on record at that moment, else what is now.
    """
    moment = as_of or known_on or work.now
    belief = beliefs.Belief(known_on)
    held = belief.held(moment, moment)
    if inn:
        held.append(col(Organisation.inn) == inn)
    query = (
        select(Grant, belief.since, belief.until, belief.verified_at, Employee, Organisation, col(AccessRequest.number))
        .join(Employee, people.OF_GRANT)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .outerjoin(AccessRequest, col(AccessRequest.id) == col(Grant.request_id))
        .where(*held)
        .order_by(col(Employee.fold), col(Grant.subsystem), col(Grant.role))
    )
    rows = work.session.execute(belief.of(query)).tuples().all()
    names, places = Names(work, [row[4] for row in rows]), OrganisationNames(work, known_on)
    return [
        {
            "person": names.at(card, moment),
            "snils": card.snils,
            **_named(work, grant),
            "organisation": places.at(organisation, moment),
            "since": since.isoformat(),
            "until": until.isoformat() if until else None,
            "ends_on": grant.ends_on.isoformat() if grant.ends_on else None,
            "request": number,
            "source": by_word(grant) or None,
            "verified": verified_at is not None and verified_at <= moment,
        }
        for grant, since, until, verified_at, card, organisation, number in rows
    ]


def _named(work: Work, grant: Grant) -> dict[str, str]:
    subsystem = work.catalog.subsystems.get(grant.subsystem)
    roles = {role.code: role.label for role in subsystem.roles} if subsystem else {}
    return {"subsystem": subsystem.name if subsystem else grant.subsystem, "role": roles.get(grant.role, grant.role)}
