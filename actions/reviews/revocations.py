"""Drafts that ask to end roles: one for all persons of an organisation, and nobody's role is asked about twice."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.requests import cases, creation, drafting, lookup
from actions.roles.holdings import Holding, held_by
from catalog.kinds import RequestKind
from models.employee import Employee
from models.facts import LineFacts, RoleRef
from models.request import AccessRequest, LineState, RequestLine, Status
from states.rules.roles import is_current
from states.statuses import UNSETTLED

HeldKey = tuple[int, str, str]
"""Person's row number, subsystem, role."""


def key_of(held: Holding) -> HeldKey:
    return held.grant.person_id, held.grant.subsystem, held.grant.role


def under_way(work: Work, organisation_id: int) -> dict[HeldKey, AccessRequest]:
    """Roles of the organisation that an open revocation is about, each with the request."""
    query = (
        select(RequestLine, AccessRequest)
        .join(AccessRequest, col(AccessRequest.id) == col(RequestLine.request_id))
        .where(
            col(AccessRequest.organisation_id) == organisation_id,
            col(AccessRequest.kind).in_([kind.code for kind in work.catalog.kinds.values() if kind.revokes]),
            col(AccessRequest.status).in_(UNSETTLED),
        )
        .order_by(col(RequestLine.id))
    )
    return {
        (line.person_id or 0, pair.subsystem, pair.role): request
        for line, request in work.session.execute(query)
        for pair in line.asked
        if pair.state is not LineState.MOVED
    }


def draft(work: Work, organisation_id: int, holdings: Iterable[Holding], *, why: str) -> list[AccessRequest]:
    """Drafts that ask to end these roles of one organisation; a draft not yet checked takes new persons in.

    Roles that an open revocation is about are left out, so a repeat drafts nothing. `why` is a code for the log, and
    the answer to the kind's question that has such a choice; drafts for different reasons stay apart.
    Raises Conflict when the catalogue has no kind that ends a role.
    """
    known = under_way(work, organisation_id)
    by_kind: dict[str, list[Holding]] = {}
    for held in holdings:
        if key_of(held) not in known:
            by_kind.setdefault(_kind_for(work, held).code, []).append(held)
    return [_drafted(work, organisation_id, kind, fresh, why) for kind, fresh in by_kind.items()]


def _kind_for(work: Work, held: Holding) -> RequestKind:
    for kind in work.catalog.kinds.values():
        covers = not kind.subsystems or held.grant.subsystem in kind.subsystems
        if kind.revokes and covers and is_current(kind, work.now.date()):
            return kind
    raise Conflict(
        f"В каталоге нет вида заявки, которым прекращают роль «{held.label}». "
        "Добавьте такой вид (revokes = true) в папку каталога."
    )


def _drafted(work: Work, organisation_id: int, kind: str, holdings: Sequence[Holding], why: str) -> AccessRequest:
    fields = _grounds(work.catalog.kind(kind), why)
    found = _open_draft(work, organisation_id, kind, fields)
    if found is None:
        lines = _lines(holdings, {})
        request = creation.create(work, kind=kind, organisation_id=organisation_id, lines=lines, fields=fields)
    else:
        request = found
        old = lookup.lines_of(work, request)
        persons = lookup.persons_of(work, old)
        kept = {
            line.person_id or -place: cases.line_facts(line, persons.get(line.person_id or 0))
            for place, line in enumerate(old, 1)
        }
        drafting.replace_lines(work, request, _lines(holdings, kept), cases.intake_of(request))
    audit.record(
        work,
        "revocation.drafted",
        lookup.subject(request),
        organisation=organisation_id,
        grants=[held.grant.id for held in holdings],
        why=why,
    )
    return request


def grounds(work: Work) -> tuple[tuple[str, str], ...]:
    """(code, label) of the reasons that revoking kinds in force ask for; none when they ask for none."""
    day = work.now.date()
    kinds = [kind for kind in work.catalog.kinds.values() if kind.revokes and is_current(kind, day)]
    choices = (choice for kind in kinds for field in kind.fields for choice in field.choices)
    return tuple(dict.fromkeys((choice.value, choice.label) for choice in choices))


def of_person(work: Work, card: Employee, grant_ids: Collection[int], *, why: str) -> list[AccessRequest]:
    """Drafts that ask to end these roles of an employee.

    Raises NotFound when none of them is held any more, Conflict for an unknown reason or when all are asked about already.
    """
    known = {code for code, _ in grounds(work)}
    if known and why not in known:
        raise Conflict("Выберите основание, по которому роли больше не нужны.")
    chosen = [
        held
        for held in held_by(work, [card.person_id])
        if held.grant.id in grant_ids and held.grant.organisation_id == card.organisation_id
    ]
    if not chosen:
        raise NotFound("Отмеченных ролей у работника уже нет. Обновите страницу и отметьте снова.")
    drafts = draft(work, card.organisation_id, chosen, why=why)
    if not drafts:
        raise Conflict("Прекратить эти роли уже просят: заявки названы рядом с ролями.")
    return drafts


def _grounds(kind: RequestKind, why: str) -> dict[str, str]:
    return {field.code: why for field in kind.fields if why in {choice.value for choice in field.choices}}


def _open_draft(work: Work, organisation_id: int, kind: str, fields: Mapping[str, str]) -> AccessRequest | None:
    query = select(AccessRequest).where(
        col(AccessRequest.organisation_id) == organisation_id,
        col(AccessRequest.kind) == kind,
        col(AccessRequest.status) == Status.DRAFT,
        col(AccessRequest.parent_id).is_(None),  # what came back refused goes its own way
    )
    found = work.session.execute(query.order_by(col(AccessRequest.id))).scalars()
    return next((request for request in found if fields.items() <= request.fields.items()), None)


def _lines(holdings: Iterable[Holding], kept: Mapping[int, LineFacts]) -> list[LineFacts]:
    """One line per person with all his roles; `kept` are the lines that the draft has already."""
    lines = dict(kept)
    for held in holdings:
        number = held.grant.person_id
        line = lines.get(number) or line_of(held.person)
        role = RoleRef(held.grant.subsystem, held.grant.role)
        lines[number] = dataclasses.replace(line, roles=tuple(dict.fromkeys((*line.roles, role))))
    return list(lines.values())


def line_of(person: Employee, *, roles: tuple[RoleRef, ...] = (), asked_until: str = "") -> LineFacts:
    """As the organisation's card has him."""
    return LineFacts(
        roles=roles,
        asked_until=asked_until,
        snils=person.snils,
        surname=person.surname,
        given=person.given,
        patronymic=person.patronymic,
        email=person.email,
        email_is_esia=person.email_is_esia,
        post=person.post,
        unit=person.unit,
    )
