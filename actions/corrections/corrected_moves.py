"""Taking back that roles and open requests went over to another organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from actions.cards import people
from actions.cards.organisation_names import told
from actions.context import Conflict, Work
from actions.corrections.standing import Values, differences, of_grant
from actions.log import audit
from actions.requests import lookup
from actions.reviews import reorganising
from actions.roles import grants
from models.audit import Event
from models.employee import Employee
from models.grant import Grant
from models.organisation import OrganisationChange
from models.request import AccessRequest, RequestedRole, RequestLine, Status
from states.statuses import GIVEN

_GOES_ALONG = ("companion", "refused-lines", "trouble")
Act = Callable[[], tuple[Values, Values]]
"""Does what was judged; returns what was and what is."""


def all_back(work: Work, change: OrganisationChange) -> Act:
    """Judged now, done when called."""
    pairs, moved = _pairs(work, change), went_along(work, change)
    _refuse_moved_on(work, change, [made for _, made in pairs if made is not None])
    _refuse_asked_since(work, change, [role for role, _ in pairs], moved)
    for request in moved:
        if request.status in GIVEN:
            raise Conflict(
                f"По заявке {request.number} с тех пор получен ответ, и её роли даны в организации, куда она перешла. Сначала "
                "исправьте ответ («Ответа не было»), затем этот переход, и запишите ответ снова."
            )

    def act() -> tuple[Values, Values]:
        before: Values = {}
        after: Values = {}
        for role, made in pairs:
            for row in filter(None, (role, made)):
                before |= dict(of_grant(row))
            _role_back(work, change, role, made)
            for row in filter(None, (role, made)):
                after |= dict(of_grant(row))
        for request in moved:
            own = f"request:{request.id}.organisation_id"
            before[own], after[own] = request.organisation_id, change.organisation_id
            _request_back(work, request, change)
        return differences(before, after)

    return act


def _pairs(work: Work, change: OrganisationChange) -> list[tuple[Grant, Grant | None]]:
    """Each role that went over, with its row in the other organisation; None where it was held there already."""
    found = work.session.execute(
        select(Grant).where(col(Grant.id).in_(change.grants)).order_by(col(Grant.id))
    ).scalars()
    return [(role, _made_of(work, change, role)) for role in found]


def _made_of(work: Work, change: OrganisationChange, role: Grant) -> Grant | None:
    query = (
        select(Grant)
        .join(Event, col(Event.seq) == col(Grant.event_seq))
        .where(
            *_same(role),
            col(Grant.organisation_id) == change.successor_id,
            col(Event.action) == "grant.moved",
            col(Grant.since) == _went_over(change, role),
        )
    )
    return work.session.execute(query.order_by(col(Grant.id).desc())).scalars().first()


def _went_over(change: OrganisationChange, role: Grant) -> dt.datetime:
    return max(reorganising.begins(change.since), role.since)


def _same(role: Grant) -> tuple[ColumnElement[bool], ...]:
    return col(Grant.person_id) == role.person_id, col(Grant.subsystem) == role.subsystem, col(Grant.role) == role.role


def went_along(work: Work, change: OrganisationChange) -> list[AccessRequest]:
    """Requests that went over, and what has come of them since: linked drafts, the add-application."""
    found: list[AccessRequest] = []
    wave = list(change.requests)
    while wave:
        known = {each.id for each in found}
        query = select(AccessRequest).where(
            col(AccessRequest.id).in_(wave), col(AccessRequest.organisation_id) == change.successor_id
        )
        new = [each for each in work.session.execute(query).scalars() if each.id not in known]
        found += new
        children = select(col(AccessRequest.id)).where(
            col(AccessRequest.parent_id).in_([each.id for each in new]), col(AccessRequest.relation).in_(_GOES_ALONG)
        )
        wave = [number for number in work.session.execute(children).scalars() if number is not None]
    return sorted(found, key=lambda each: each.id or 0)


def _refuse_moved_on(work: Work, change: OrganisationChange, made: Sequence[Grant]) -> None:
    """A later reorganisation took some of it further, or brought there what is held there because of this one."""
    numbers, keys = {row.id for row in made}, {(row.person_id, row.subsystem, row.role) for row in made}
    later = select(OrganisationChange).where(
        col(OrganisationChange.id) > change.id,
        col(OrganisationChange.withdrawn_at).is_(None),
        col(OrganisationChange.successor_id).is_not(None),
    )
    for other in work.session.execute(later).scalars():
        brought = (
            select(Grant).where(col(Grant.id).in_(other.grants)) if other.successor_id == change.successor_id else None
        )
        shared = brought is not None and any(
            (row.person_id, row.subsystem, row.role) in keys for row in work.session.execute(brought).scalars()
        )
        if shared or numbers & set(other.grants) or set(change.requests) & set(other.requests):
            raise Conflict(
                f"С {other.since:%d.%m.%Y} те же роли или заявки затронул переход № {other.id} "
                f"({told(other.before)} → {told(other.after)}). Сначала исправьте его."
            )


def _refuse_asked_since(
    work: Work, change: OrganisationChange, roles: Sequence[Grant], moved: Sequence[AccessRequest]
) -> None:
    """A request of either organisation about the same roles: what becomes of it is a person's to say."""
    keys = {(row.person_id, row.subsystem, row.role) for row in roles}
    query = (
        select(AccessRequest, RequestLine, RequestedRole)
        .join(RequestLine, col(RequestLine.request_id) == col(AccessRequest.id))
        .join(RequestedRole, col(RequestedRole.line_id) == col(RequestLine.id))
        .where(
            col(AccessRequest.organisation_id).in_((change.organisation_id, change.successor_id)),
            col(AccessRequest.created_at) >= change.recorded_at,
            col(AccessRequest.status) != Status.WITHDRAWN,
            col(AccessRequest.id).not_in([each.id for each in moved]),
            col(RequestLine.person_id).in_({row.person_id for row in roles}),
        )
        .order_by(col(AccessRequest.id))
    )
    for request, line, pair in work.session.execute(query).tuples():
        if (line.person_id, pair.subsystem, pair.role) in keys:
            raise Conflict(
                f"О ролях, которые перешли, подана заявка {request.number}. Сначала отзовите её (с ответом – исправьте ответ "
                "и отзовите), затем исправляйте переход."
            )


def _role_back(work: Work, change: OrganisationChange, role: Grant, made: Grant | None) -> None:
    """What has become of it in the other organisation since happened here; there it was never held."""
    stands = role.until == _went_over(change, role)  # else it was taken back itself
    if made is not None and not made.never:
        if stands:
            role.ends_on, role.end_reminded_at, role.verified_at = made.ends_on, made.end_reminded_at, made.verified_at
        until = made.until
        grants.retract(work, made)
    elif made is not None:
        return
    else:
        until = None
    if stands:
        _in_force_again(work, role, until)


def _in_force_again(work: Work, role: Grant, until: dt.datetime | None) -> None:
    held = select(col(Grant.id)).where(
        *_same(role), col(Grant.organisation_id) == role.organisation_id, col(Grant.until).is_(None)
    )
    if until is None and work.session.execute(held.limit(1)).first() is not None:
        raise Conflict(
            "Одна из этих ролей с тех пор снова записана в прежней организации. Сначала исправьте ту запись."
        )
    grants.restore(work, role, until=until)


def _request_back(work: Work, request: AccessRequest, change: OrganisationChange) -> None:
    request.organisation_id = change.organisation_id
    request.revision += 1
    work.session.add(request)
    _first_logins_back(work, request, change)
    audit.record(
        work, "request.moved", lookup.subject(request), organisation=change.organisation_id, source=change.successor_id
    )


def _first_logins_back(work: Work, request: AccessRequest, change: OrganisationChange) -> None:
    """Who has logged in since did so as an employee of the first organisation."""
    persons = {line.person_id for line in lookup.lines_of(work, request) if line.person_id is not None}
    places = (change.organisation_id, change.successor_id)
    query = select(Employee).where(col(Employee.person_id).in_(persons), col(Employee.organisation_id).in_(places))
    cards = {(card.person_id, card.organisation_id): card for card in work.session.execute(query).scalars()}
    for person in sorted(persons):
        here, there = cards.get((person, change.organisation_id)), cards.get((person, change.successor_id or 0))
        if here is None or there is None:
            continue
        if there.esia_confirmed_on and not here.esia_confirmed_on:
            people.record_esia(work, here)
        if there.first_login_on and not here.first_login_on:
            people.record_first_login(work, here, at=there.first_login_on)
