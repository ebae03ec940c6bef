"""Who holds which role, now and on any past date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence

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
from models.request import AccessRequest


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


def end_as_before(work: Work, row: Grant, moment: dt.datetime) -> None:
    """An answer of that moment, which was recorded by mistake, moved its last day."""
    known = [entry.ends_on for entry in beliefs.history(work, [row.id or 0]) if entry.recorded_at < moment]
    if known and known[-1] != row.ends_on:
        row.ends_on, row.end_reminded_at = known[-1], None
        beliefs.note(work, row)
        audit.record(
            work,
            "grant.restored",
            subject_of(row),
            grant=row.id,
            until=row.ends_on.isoformat() if row.ends_on else None,
        )


def end(work: Work, *, grant_id: int, reason: str, at: dt.datetime | None = None) -> Grant:
    """The role is held no more from that moment on (now when None)."""
    row = work.session.get(Grant, grant_id)
    if row is None or row.until is not None:
        raise NotFound("Такой действующей роли нет.")
    _end(work, [row], reason, at)
    return row


def _end(work: Work, rows: Sequence[Grant], reason: str, at: dt.datetime | None) -> None:
    for row in rows:
        row.until = max(at, row.since) if at else work.now
    beliefs.note(work, *rows)
    audit.record_each(work, "grant.ended", [(subject_of(row), {"grant": row.id, "reason": reason}) for row in rows])


def retract(work: Work, *rows: Grant) -> None:
    """The roles were recorded by mistake: each ends when it began, so nobody ever held it."""
    for row in rows:
        row.until, row.verified_at = row.since, None
    beliefs.note(work, *rows)
    audit.record_each(work, "grant.retracted", [(subject_of(row), {"grant": row.id}) for row in rows])


def forget_lines(work: Work, lines: Collection[int]) -> None:
    """They go; a role that one of them gave, and that was taken back, stays on record without it."""
    work.session.execute(update(Grant).where(col(Grant.line_id).in_(lines)).values(line_id=None))


def restore(work: Work, row: Grant, *, until: dt.datetime | None = None) -> None:
    """Its end, or that it was never held, was recorded by mistake."""
    row.until = until
    beliefs.note(work, row)
    audit.record(work, "grant.restored", subject_of(row), grant=row.id)


def end_roles(
    work: Work, roles: Collection[tuple[int, RoleRef]], *, organisation_id: int, reason: str, at: dt.datetime | None
) -> int:
    """A revocation was carried out: these roles of persons end in this organisation. Returns how many did."""
    query = select(Grant).where(
        col(Grant.person_id).in_({person for person, _ in roles}),
        col(Grant.organisation_id) == organisation_id,
        col(Grant.until).is_(None),
    )
    held = work.session.execute(query).scalars().all()
    ended = [row for row in held if (row.person_id, RoleRef(row.subsystem, row.role)) in roles]
    _end(work, ended, reason, at)
    return len(ended)


def verify(work: Work, lines: Collection[int]) -> None:
    """The employee's own login proves every grant of his line."""
    query = select(Grant).where(col(Grant.line_id).in_(lines), col(Grant.verified_at).is_(None))
    rows = work.session.execute(query).scalars().all()
    for row in rows:
        row.verified_at = work.now
    beliefs.note(work, *rows)


def unprove(work: Work, *, line_id: int) -> None:
    """The login that was to prove the line's grants did not happen."""
    query = select(Grant).where(col(Grant.line_id) == line_id, col(Grant.verified_at).is_not(None))
    rows = work.session.execute(query).scalars().all()
    for row in rows:
        row.verified_at = None
    beliefs.note(work, *rows)
    audit.record_each(work, "grant.unproven", [(subject_of(row), {"grant": row.id}) for row in rows])


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
