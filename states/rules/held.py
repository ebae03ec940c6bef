"""Roles that one person holds, judged together: what nobody may hold at once, what is not for his organisation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from catalog import Catalog
from catalog.schema import Role
from models.facts import OrganisationFacts, RoleRef
from models.findings import Finding, Severity, sourced
from states.rules.roles import is_current, is_refused


@dataclass(frozen=True, slots=True)
class HeldHere:
    """A role in force. `organisation_kind`, `authority`: of the organisation's card, codes of the catalogue.

    `first_login`: the kind of request by which it was given wants the first login proven.
    """

    subsystem: str
    role: str
    organisation_kind: str = "medical"
    authority: str | None = None
    first_login: bool = True


@dataclass(frozen=True, slots=True)
class Clash:
    """What is wrong, and with which of the roles."""

    finding: Finding
    roles: frozenset[RoleRef]


def clashes(held: Collection[HeldHere], catalog: Catalog, *, day: dt.date, logged_in: bool) -> list[Clash]:
    """`logged_in`: the first login is proven. Roles that the catalogue has dropped clash with nothing."""
    known = {entry: role for entry in held if (role := _role(entry, catalog)) is not None}
    return [
        *_of_levels(known, catalog),
        *_of_pairs(known, catalog),
        *_of_unlike_levels(known, catalog),
        *_of_organisations(known, catalog),
        *_of_dates(known, day),
        *(() if logged_in else _without_login(held)),
    ]


def _role(entry: HeldHere, catalog: Catalog) -> Role | None:
    subsystem = catalog.subsystems.get(entry.subsystem)
    return next((role for role in subsystem.roles if role.code == entry.role), None) if subsystem else None


def _clash(rule: str, message: str, entries: Collection[HeldHere], severity: Severity = Severity.ERROR) -> Clash:
    roles = frozenset(RoleRef(entry.subsystem, entry.role) for entry in entries)
    return Clash(sourced(Finding(rule, severity, message, field="role")), roles)


def _of_levels(known: dict[HeldHere, Role], catalog: Catalog) -> Iterator[Clash]:
    for exclusion in catalog.exclusions:
        sides = [[entry for entry, role in known.items() if role.level == level] for level in exclusion.levels]
        if all(sides):
            yield _clash(exclusion.rule, exclusion.message, [*sides[0], *sides[1]])


def _of_pairs(known: dict[HeldHere, Role], catalog: Catalog) -> Iterator[Clash]:
    for code in dict.fromkeys(entry.subsystem for entry in known):
        for exclusion in catalog.subsystems[code].exclusions:
            both = [entry for entry in known if entry.subsystem == code and entry.role in exclusion.roles]
            if {entry.role for entry in both} == set(exclusion.roles):
                yield _clash(exclusion.rule, exclusion.message, both)


def _of_unlike_levels(known: dict[HeldHere, Role], catalog: Catalog) -> Iterator[Clash]:
    """Each pair of subsystems once, whichever of them names the other."""
    told: set[frozenset[str]] = set()
    for code in dict.fromkeys(entry.subsystem for entry in known):
        subsystem = catalog.subsystems[code]
        for other in subsystem.same_level_as:
            here = {entry: role.level for entry, role in known.items() if entry.subsystem == code}
            there = {entry: role.level for entry, role in known.items() if entry.subsystem == other}
            pair = frozenset((code, other))
            if here and there and pair not in told and set(here.values()) != set(there.values()):
                told.add(pair)
                labels = ", ".join(f"«{known[entry].label}»" for entry in (*here, *there))
                message = (
                    f"Уровень ролей разный: {labels}. Оставьте одинаковый: лишнюю роль отзовите, нужную запросите."
                )
                yield _clash(subsystem.same_level_rule or "APP-16", message, [*here, *there])


def _of_organisations(known: dict[HeldHere, Role], catalog: Catalog) -> Iterator[Clash]:
    for entry, role in known.items():
        if is_refused(role, OrganisationFacts(kind=entry.organisation_kind, authority=entry.authority)):
            kind = catalog.organisation_kind(entry.organisation_kind).label
            message = (
                f"Роль «{role.label}» не для этой организации ({kind}). "
                "Отзовите роль или исправьте тип организации в её карточке."
            )
            yield _clash(role.restricted_by or "ORG-10", message, [entry])


def _of_dates(known: dict[HeldHere, Role], day: dt.date) -> Iterator[Clash]:
    for entry, role in known.items():
        if not is_current(role, day):
            message = f"Роль «{role.label}» в этот день по каталогу не действовала. Отзовите её или проверьте каталог."
            yield _clash(role.restricted_by or "APP-10", message, [entry], Severity.WARNING)


def _without_login(held: Collection[HeldHere]) -> Iterator[Clash]:
    wanting = [entry for entry in held if entry.first_login]
    if wanting:
        message = "Первый вход работника не подтверждён, а роль уже есть. Попросите его войти и отметьте вход."
        yield _clash("USR-3", message, wanting, Severity.WARNING)
