"""Everything that the card of one employee shows; nobody is found who is not reached through what the user sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.cards import names, organisations, people
from actions.context import NotFound, Work
from actions.evidence import evidence_tables, log
from actions.requests import lookup, pairs, telling
from actions.reviews import revocations
from actions.roles.holdings import Holding, by_word, role_label, subject_of
from catalog.kinds import RequestKind
from models.audit import Event
from models.employee import Employee, FormerName
from models.findings import Finding
from models.grant import Grant
from models.identifiers import mask_snils, valid_snils
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine
from states.words.requests import LINES
from views.people.days import day_of
from views.people.holders import Judge, holders

# Of a person's own records: what was done with him, not who looked at him.
_TOLD = (
    "person.enrolled", "person.changed", "person.filled", "person.renamed", "person.name-corrected",
    "person.esia-confirmed", "person.first-login", "person.first-login-undone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role from its first day to its last. `ending`: the open request that asks to end it."""

    holding: Holding
    request: AccessRequest | None
    ending: AccessRequest | None

    @property
    def place(self) -> str:
        return self.holding.organisation.called

    @property
    def source(self) -> str:
        """Whose words it rests on, "" where a request gave it."""
        return by_word(self.holding.grant)


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
    """An employee of one organisation. `beside`: the person's cards in other organisations that the user sees."""

    person: Employee
    organisation: Organisation
    former: tuple[FormerName, ...]
    beside: tuple[tuple[Employee, Organisation], ...]
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


def reached(work: Work, employee_id: int) -> Employee:
    """Raises NotFound for another organisation's employee."""
    card = work.session.get(Employee, employee_id)
    if card is None:
        raise NotFound("Такого работника среди ваших нет. Вернитесь к списку людей и найдите его по фамилии.")
    return card


def person_card(work: Work, employee_id: int) -> PersonCard:
    person = reached(work, employee_id)
    organisation = organisations.get(work, person.organisation_id)
    asked, roles = _asked(work, person, organisation), _roles(work, person)
    day = day_of("", work.now)
    found = holders(work, [employee_id], day, Judge(work, day))
    return PersonCard(
        person=person,
        organisation=organisation,
        former=tuple(names.former_names(work, person)),
        beside=tuple(_beside(work, person)),
        masked=mask_snils(person.snils) if valid_snils(person.snils) else "",
        present=tuple(role for role in roles if role.holding.grant.until is None),
        past=tuple(role for role in roles if role.holding.grant.until is not None),
        requests=tuple(asked),
        findings=tuple(clash.finding for holder in found for clash in holder.clashes),
        history=tuple(_history(work, person, asked, roles)),
        grounds=revocations.grounds(work),
    )


def _beside(work: Work, person: Employee) -> list[tuple[Employee, Organisation]]:
    query = (
        select(Employee, Organisation)
        .join(Organisation, col(Organisation.id) == col(Employee.organisation_id))
        .where(col(Employee.person_id) == person.person_id, col(Employee.id) != person.id)
        .order_by(col(Employee.id))
    )
    return list(work.session.execute(query).tuples())


def asked_for(work: Work, person: Employee) -> list[tuple[AccessRequest, RequestLine]]:
    """The requests of his organisation that he stands in, the newest first."""
    query = (
        select(AccessRequest, RequestLine)
        .join(RequestLine, col(RequestLine.request_id) == col(AccessRequest.id))
        .where(
            col(RequestLine.person_id) == person.person_id, col(AccessRequest.organisation_id) == person.organisation_id
        )
        .order_by(col(AccessRequest.id).desc())
    )
    return list(work.session.execute(query).tuples())


def _asked(work: Work, person: Employee, organisation: Organisation) -> list[Asked]:
    return [
        Asked(
            request,
            line,
            organisation,
            work.catalog.kind(request.kind),
            lookup.state_label(work, request),
            outcome_of(work, line),
            pairs.reason_of(line, person),
        )
        for request, line in asked_for(work, person)
    ]


def outcome_of(work: Work, line: RequestLine) -> str:
    """Role by role where it differs."""
    if len({pair.state for pair in line.asked}) == 1:
        return LINES[line.state]
    return "; ".join(f"{pairs.label(work, pair)} – {LINES[pair.state]}" for pair in line.asked)


def _roles(work: Work, person: Employee) -> list[HeldRole]:
    query = (
        select(Grant, Organisation, AccessRequest)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .outerjoin(AccessRequest, col(AccessRequest.id) == col(Grant.request_id))
        .where(col(Grant.person_id) == person.person_id, col(Grant.organisation_id) == person.organisation_id)
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


def _history(
    work: Work, person: Employee, asked: Sequence[Asked], roles: Sequence[HeldRole]
) -> list[tuple[Event, str]]:
    """Records of the log that concern him and nobody else, newest first."""
    own = {people.subject(person), *evidence_tables.old_subjects(work, [person])}
    traits = {lookup.subject(entry.request): lookup.traits(work, entry.request) for entry in asked}
    subjects = {*own, *traits, *(subject_of(role.holding.grant) for role in roles)}
    concerns = log.only_of(
        [person], [entry.line.id or 0 for entry in asked], [role.holding.grant.id or 0 for role in roles]
    )
    events = [
        event
        for event in log.about(work, subjects)
        if concerns(event)
        and (event.action in _TOLD if event.subject in own else not event.action.startswith(("file.", "patients.")))
    ]
    return [(event, telling.told(event, traits.get(event.subject, frozenset()))) for event in reversed(events)]
