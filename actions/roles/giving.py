"""How roles come on record: by an answer, by a list of earlier ones, by a move to another organisation; many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from actions.log import audit
from actions.roles import beliefs, grants
from actions.roles.holdings import subject_of
from models.employee import Employee
from models.facts import RoleRef
from models.grant import Grant
from models.numbering import number


@dataclass(frozen=True, slots=True)
class Given:
    """What an answer gives a person of a request's line, until the day that it names."""

    person_id: int
    role: RoleRef
    line_id: int
    ends_on: dt.date | None = None


def give(
    work: Work, given: Sequence[Given], *, organisation_id: int, request_id: int, since: dt.datetime | None = None
) -> list[Grant]:
    """Granted roles become grants, since the answer (now when None); gives the grant of each.

    One already in force only takes the last day, and begins earlier where it was held before.
    """
    held = _in_force(work, organisation_id, {each.person_id for each in given})
    fresh: dict[tuple[int, RoleRef], Grant] = {}
    for each in given:
        there = held.get((each.person_id, each.role))
        if there is not None:
            if since is not None and since < there.since:
                begin_earlier(work, there, since)
            _prolong(work, there, request_id, each.ends_on)
            continue
        fresh[each.person_id, each.role] = Grant(
            person_id=each.person_id,
            organisation_id=organisation_id,
            subsystem=each.role.subsystem,
            role=each.role.role,
            since=since or work.now,
            ends_on=each.ends_on,
            request_id=request_id,
            line_id=each.line_id,
        )
    put_on_record(work, list(fresh.values()), "grant.made")
    return [(held | fresh)[each.person_id, each.role] for each in given]


def _in_force(work: Work, organisation_id: int, persons: Collection[int]) -> dict[tuple[int, RoleRef], Grant]:
    query = select(Grant).where(
        col(Grant.person_id).in_(persons), col(Grant.organisation_id) == organisation_id, col(Grant.until).is_(None)
    )
    return {(row.person_id, RoleRef(row.subsystem, row.role)): row for row in work.session.execute(query).scalars()}


def move(work: Work, row: Grant, organisation_id: int, at: dt.datetime) -> Grant | None:
    """The role is held in another organisation from that moment; None where it was held there already."""
    moment = max(at, row.since)
    grants.end(work, grant_id=row.id or 0, reason="реорганизация", at=moment)
    if (row.person_id, RoleRef(row.subsystem, row.role)) in _in_force(work, organisation_id, [row.person_id]):
        return None
    kept = row.model_dump(exclude={"id", "organisation_id", "since", "until", "event_seq", "end_reminded_at"})
    moved = Grant(**kept, organisation_id=organisation_id, since=moment)
    put_on_record(work, [moved], "grant.moved")
    return moved


def put_on_record(work: Work, rows: Sequence[Grant], action: str) -> None:
    """New grants, with what is known of them and the event that proves each."""
    number(work.session, rows)
    work.session.flush()
    beliefs.begin(work, rows)
    cards = _cards(work, rows)
    proof = audit.record_each(
        work,
        action,
        [
            (
                subject_of(row),
                {
                    "grant": row.id,
                    "employee": cards[row.person_id, row.organisation_id],
                    "organisation": row.organisation_id,
                    "subsystem": row.subsystem,
                    "role": row.role,
                },
            )
            for row in rows
        ],
    )
    for row, seq in zip(rows, proof, strict=True):
        row.event_seq = seq


def _cards(work: Work, rows: Sequence[Grant]) -> dict[tuple[int, int], int]:
    query = select(col(Employee.person_id), col(Employee.organisation_id), col(Employee.id)).where(
        col(Employee.person_id).in_({row.person_id for row in rows}),
        col(Employee.organisation_id).in_({row.organisation_id for row in rows}),
    )
    return {(person, place): card or 0 for person, place, card in work.session.execute(query).tuples()}


def begin_earlier(work: Work, row: Grant, since: dt.datetime) -> None:
    """It turned out to be held already then."""
    row.since = since
    beliefs.note(work, row)
    audit.record(work, "grant.begun-earlier", subject_of(row), grant=row.id)


def _prolong(work: Work, row: Grant, request_id: int, ends_on: dt.date | None) -> None:
    """Granted once more: what the newer answer says of its end counts."""
    if row.ends_on != ends_on:
        row.ends_on, row.end_reminded_at = ends_on, None
        beliefs.note(work, row)
        until = ends_on.isoformat() if ends_on else None
        audit.record(work, "grant.prolonged", subject_of(row), grant=row.id, request=request_id, until=until)
