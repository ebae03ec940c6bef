"""A request as the reader of its answer sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlmodel import col

from actions.cards import organisations
from actions.context import EVERYWHERE, Work
from actions.requests import cases, lookup
from catalog.schema import Subsystem
from models.letters import OutboxLetter
from models.moments import MOSCOW
from models.request import AccessRequest
from notifications.deciding import Asked, AskedRole
from notifications.reading import KnownPerson


def known_people(work: Work, request: AccessRequest) -> list[KnownPerson]:
    """The people of a request as it names them, so that an answer may name them without СНИЛС."""
    lines = [line for line in lookup.lines_of(work, request) if line.person_id is not None]
    named = [(line, cases.line_facts(line, None)) for line in lines]
    return [
        KnownPerson(facts.snils, facts.surname, facts.given, facts.patronymic, line.position) for line, facts in named
    ]


def asked_of(work: Work, request: AccessRequest) -> Asked:
    """Everything that an answer may name: people, roles, subsystems, organisation, numbers, days, files."""
    lines = lookup.lines_of(work, request)
    people = known_people(work, request)
    by_position = {person.position: person.snils for person in people}
    pairs = [
        AskedRole(snils, subsystem, role)
        for line in lines
        if (snils := by_position.get(line.position))
        for subsystem, role in ((pair.subsystem, pair.role) for pair in line.asked)
    ]
    wanted = {pair.subsystem for pair in pairs if pair.subsystem} or set(work.catalog.kind(request.kind).subsystems)
    organisation = organisations.get(work, request.organisation_id)
    return Asked(
        number=request.number,
        tickets=(request.ticket,) if request.ticket else (),
        people=tuple(people),
        roles_asked=tuple(pairs),
        subsystems={code: _names(work.catalog.subsystems[code]) for code in sorted(wanted)},
        roles=_roles(work, pairs),
        strange=tuple(_strangers(work.catalog.subsystems, wanted)),
        organisation=tuple(name for name in (organisation.full_name, organisation.short_name) if name),
        posts=tuple(sorted({str(line.typed.get("post") or "") for line in lines} - {""})),
        identifiers=tuple(
            number for number in (organisation.inn, organisation.kpp, organisation.ogrn, organisation.oid) if number
        ),
        dates=tuple(sorted(_days(request))),
        sent_files=tuple(_sent_files(work, request)),
        forwarders=work.policy.trusted_forwarders,
        today=work.now.astimezone(MOSCOW).date(),
        revokes=work.catalog.kind(request.kind).revokes,
    )


def _names(subsystem: Subsystem) -> tuple[str, ...]:
    return (subsystem.name, subsystem.full_name, *subsystem.aliases)


def _roles(work: Work, pairs: Iterable[AskedRole]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        subsystem = work.catalog.subsystems.get(pair.subsystem)
        role = next((one for one in subsystem.roles if one.code == pair.role), None) if subsystem else None
        if role is not None:
            found[f"{pair.subsystem}/{pair.role}"] = (role.label, *role.aliases)
    return found


def _strangers(subsystems: Mapping[str, Subsystem], wanted: set[str]) -> Iterable[str]:
    """What the others are called, less what is also part of a wanted one's name."""
    ours = " ".join(name.lower() for code in wanted for name in _names(subsystems[code]))
    for code, subsystem in subsystems.items():
        if code not in wanted:
            yield from (name for name in _names(subsystem) if name.lower() not in ours)


def _days(request: AccessRequest) -> set[dt.date]:
    """Days that the application or its letter may be named by: drawn up, signed, sent, and those between."""
    moments = [moment for moment in (request.created_at, request.sent_at, request.status_since) if moment]
    first = min(moments).astimezone(MOSCOW).date()
    last = (request.sent_at or max(moments)).astimezone(MOSCOW).date()
    days = {first + dt.timedelta(days=number) for number in range(min((last - first).days, 400) + 1)}
    signed = (request.signature or {}).get("signed_on")
    return days | ({dt.date.fromisoformat(str(signed))} if signed else set())


def _sent_files(work: Work, request: AccessRequest) -> Iterable[str]:
    query = select(col(OutboxLetter.attachments)).where(col(OutboxLetter.request_id) == request.id)
    for attachments in work.session.execute(query, execution_options=EVERYWHERE).scalars():
        yield from (str(file.get("name") or "") for file in attachments)
