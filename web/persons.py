"""Everything that the card of one employee shows; nobody is found who is not reached through what the user sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions import evidence_log, pairs, requests, revocations, show
from actions.context import NotFound, Work
from actions.holdings import Holding, role_label
from catalog.kinds import RequestKind
from models.findings import Finding
from models.identifiers import mask_snils, valid_snils
from models.organisation import Organisation, called
from models.person import Person
from models.record import Event, Grant
from models.request import AccessRequest, RequestLine
from states.guards import status_label
from web.days import day_of
from web.holders import Judge, holders
from web.labels import LINES

# Of a person's own records: what was done with him, not who looked at him.
_TOLD = ("person.enrolled", "person.changed", "person.esia-confirmed", "person.first-login")


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role from its first day to its last. `ending`: the open request that asks to end it."""

    holding: Holding
    request: AccessRequest
    ending: AccessRequest | None

    @property
    def place(self) -> str:
        return called(self.holding.organisation)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that the person stands in, with what came of his line."""

    request: AccessRequest
    line: RequestLine
    organisation: Organisation
    kind: RequestKind
    state: str
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class PersonCard:
    person: Person
    masked: str
    present: tuple[HeldRole, ...]
    past: tuple[HeldRole, ...]
    requests: tuple[Asked, ...]
    findings: tuple[Finding, ...]
    history: tuple[tuple[Event, str], ...]
    grounds: tuple[tuple[str, str], ...]

    @property
    def ending(self) -> bool:
        """Some role can still be asked to end."""
        return any(role.ending is None for role in self.present)


def reached(work: Work, person_id: int) -> Person:
    """Raises NotFound for whoever has neither a role nor a request that the user sees."""
    held = select(col(Grant.id)).where(col(Grant.person_id) == person_id).limit(1)
    stands = (
        select(col(RequestLine.id))
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .where(col(RequestLine.person_id) == person_id)
        .limit(1)
    )
    person = work.session.get(Person, person_id)
    if person is None or (work.session.execute(held).first() is None and work.session.execute(stands).first() is None):
        raise NotFound("Такого работника среди ваших нет. Вернитесь к списку людей и найдите его по фамилии.")
    return person


def person_card(work: Work, person_id: int) -> PersonCard:
    person = reached(work, person_id)
    asked, roles = _asked(work, person), _roles(work, person)
    day = day_of("", work.now)
    found = holders(work, [person_id], day, Judge(work, day))
    return PersonCard(
        person=person,
        masked=mask_snils(person.snils) if valid_snils(person.snils) else "",
        present=tuple(role for role in roles if role.holding.grant.until is None),
        past=tuple(role for role in roles if role.holding.grant.until is not None),
        requests=tuple(asked),
        findings=tuple(clash.finding for holder in found for clash in holder.clashes),
        history=tuple(_history(work, person_id, asked, roles)),
        grounds=revocations.grounds(work),
    )


def _asked(work: Work, person: Person) -> list[Asked]:
    query = (
        select(AccessRequest, RequestLine, Organisation)
        .join(RequestLine, col(RequestLine.request_id) == col(AccessRequest.id))
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(col(RequestLine.person_id) == person.id)
        .order_by(col(AccessRequest.id).desc())
    )
    return [
        Asked(
            request,
            line,
            organisation,
            work.catalog.kind(request.kind),
            status_label(request.status, by_login="login" in requests.traits(work, request)),
            outcome_of(work, line),
            pairs.reason_of(line, person),
        )
        for request, line, organisation in work.session.execute(query)
    ]


def outcome_of(work: Work, line: RequestLine) -> str:
    """Role by role where it differs."""
    if len({pair.state for pair in line.asked}) == 1:
        return LINES[line.state]
    return "; ".join(f"{pairs.label(work, pair)} – {LINES[pair.state]}" for pair in line.asked)


def _roles(work: Work, person: Person) -> list[HeldRole]:
    query = (
        select(Grant, Organisation, AccessRequest)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .join(AccessRequest, col(AccessRequest.id) == col(Grant.request_id))
        .where(col(Grant.person_id) == person.id)
        .order_by(col(Grant.since).desc(), col(Grant.id).desc())
    )
    rows = [row._tuple() for row in work.session.execute(query)]
    ending = {place: revocations.under_way(work, place) for place in {grant.organisation_id for grant, _, _ in rows}}
    return [
        HeldRole(
            Holding(grant, person, organisation, role_label(work, grant.subsystem, grant.role)),
            request,
            ending[grant.organisation_id].get((grant.person_id, grant.subsystem, grant.role)),
        )
        for grant, organisation, request in rows
    ]


def _history(work: Work, person_id: int, asked: Sequence[Asked], roles: Sequence[HeldRole]) -> list[tuple[Event, str]]:
    """Records of the log that concern him and nobody else, newest first."""
    own = f"person:{person_id}"
    traits = {requests.subject(entry.request): requests.traits(work, entry.request) for entry in asked}
    subjects = {own, *traits, *(requests.subject(role.request) for role in roles)}
    concerns = evidence_log.only_of(
        person_id, [entry.line.id or 0 for entry in asked], [role.holding.grant.id or 0 for role in roles]
    )
    events = [
        event
        for event in evidence_log.about(work, subjects)
        if concerns(event)
        and (event.action in _TOLD if event.subject == own else not event.action.startswith(("file.", "patients.")))
    ]
    return [(event, show.told(event, traits.get(event.subject, frozenset()))) for event in reversed(events)]
