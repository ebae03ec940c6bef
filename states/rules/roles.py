"""Roles: who may ask for which, which go together, which exclude one another, also with roles already held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from catalog import Catalog
from catalog.kinds import RequestKind
from catalog.schema import Role, Subsystem
from models.facts import LineFacts, OrganisationFacts, RequestFacts, RoleRef
from models.findings import Finding, Severity
from states.rules.telling import of_line, of_request


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    kind = catalog.kind(facts.kind)
    if not kind.people or not kind.roles_asked:
        return
    if kind.revokes:
        for line in facts.lines:
            yield from _held(facts, line, catalog)
        return
    for line in facts.lines:
        yield from _asked(facts, line, catalog)
        yield from _allowed(line, facts, catalog)
        yield from _same_level(line, catalog)
        yield from _exclusions(facts, line, catalog)
        yield from _role_exclusions(facts, line, catalog)
        yield from _in_force(facts, line, catalog)
        yield from _own_card(line, catalog)
    for code in catalog.kind(facts.kind).subsystems:
        yield from _of_subsystem(facts, catalog.subsystems[code], catalog)


def _asked(facts: RequestFacts, line: LineFacts, catalog: Catalog) -> Iterator[Finding]:
    wanted = catalog.kind(facts.kind).subsystems
    names = " и ".join(catalog.subsystems[code].name for code in wanted)
    if not line.roles:
        yield of_line("APP-10", line, "subsystem", f"Не указано, к чему нужен доступ. В этой заявке: {names}.")
    requested = {code for kind in catalog.kinds.values() for code in kind.subsystems}
    asked = dict.fromkeys(ref.subsystem for ref in line.roles if ref.subsystem in requested)
    strange = [catalog.subsystems[code].name for code in asked if code not in wanted]
    if strange:
        yield of_line(
            "APP-10",
            line,
            "subsystem",
            f"Подсистема {', '.join(strange)} не из этой заявки (здесь {names}). Для неё нужна другая заявка.",
        )


def is_refused(role: Role, organisation: OrganisationFacts) -> bool:
    """The role is for organisations of another kind, or for bodies of another level."""
    if role.organisation_kinds and organisation.kind not in role.organisation_kinds:
        return True
    return bool(role.authorities) and organisation.authority not in role.authorities


def _allowed(line: LineFacts, facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    """One error for each rule that refuses some of the line's roles."""
    organisation = facts.organisation
    refused: dict[str, list[Role]] = {}
    for role in (catalog.role(ref.subsystem, ref.role) for ref in line.roles):
        if is_refused(role, organisation):
            refused.setdefault(_why(role, facts, catalog), []).append(role)
        yield from _education(role, line, organisation)
    kind = catalog.organisation_kind(organisation.kind).label
    for rule, roles in refused.items():
        yield of_line(rule, line, "role", _refusal(roles, kind, catalog))


def _why(role: Role, facts: RequestFacts, catalog: Catalog) -> str:
    """In the registers the organisation's own kind says which roles it gets (ORG-9, ORG-10)."""
    organisation = facts.organisation
    of_other_kind = role.organisation_kinds and organisation.kind not in role.organisation_kinds
    if not catalog.kind(facts.kind).organisation_rules:
        return role.restricted_by or "ORG-10"
    own = catalog.organisation_kind(organisation.kind).roles_rule
    return (own if of_other_kind and role.default and not role.authorities else None) or role.restricted_by or "ORG-10"


def _education(role: Role, line: LineFacts, organisation: OrganisationFacts) -> Iterator[Finding]:
    level = organisation.education.level if organisation.education else None
    if level in role.refused_for_education:
        yield of_line(
            role.restricted_by or "ORG-9",
            line,
            "role",
            f"Роль «{role.label}» не дают организациям дополнительного профессионального образования.",
        )


def _refusal(roles: list[Role], kind: str, catalog: Catalog) -> str:
    bodies = dict.fromkeys(catalog.authority_label(code) for role in roles for code in role.authorities)
    kinds = dict.fromkeys(catalog.organisation_kind(code).label for role in roles for code in role.organisation_kinds)
    labels = ", ".join(f"«{role.label}»" for role in roles)
    one = len(roles) == 1
    return (
        f"{'Роль' if one else 'Роли'} {labels} – не для этой организации ({kind}). "
        f"{'Её' if one else 'Их'} запрашивает: {', '.join(bodies or kinds)}. Выберите другую роль."
    )


def _same_level(line: LineFacts, catalog: Catalog) -> Iterator[Finding]:
    for subsystem in {ref.subsystem for ref in line.roles}:
        entry = catalog.subsystems[subsystem]
        own = _levels(line, {subsystem}, catalog)
        other = _levels(line, set(entry.same_level_as), catalog)
        if own and other and own != other:
            labels = ", ".join(f"«{catalog.role(ref.subsystem, ref.role).label}»" for ref in sorted(line.roles))
            yield of_line(
                entry.same_level_rule or "APP-16",
                line,
                "role",
                f"Уровень ролей разный: {labels}. В обеих подсистемах он должен быть одинаковым.",
            )


def _levels(line: LineFacts, subsystems: set[str], catalog: Catalog) -> set[str]:
    return {catalog.role(ref.subsystem, ref.role).level for ref in line.roles if ref.subsystem in subsystems}


def _exclusions(facts: RequestFacts, line: LineFacts, catalog: Catalog) -> Iterator[Finding]:
    """Levels that nobody holds together, within the line and with what the person holds already."""
    asked = {catalog.role(ref.subsystem, ref.role).level for ref in line.roles}
    held = {
        _level_of(RoleRef(h.subsystem, h.role), catalog) for h in facts.held if line.snils and h.snils == line.snils
    }
    for exclusion in catalog.exclusions:
        one, other = exclusion.levels
        together = asked | held
        if one in together and other in together and (one in asked or other in asked):
            already = "" if {one, other} <= asked else " Одна из них у работника уже есть."
            yield of_line(exclusion.rule, line, "role", exclusion.message + already)


def _role_exclusions(facts: RequestFacts, line: LineFacts, catalog: Catalog) -> Iterator[Finding]:
    """Two roles of one subsystem that nobody holds together, also with what the person holds already (HIV-1)."""
    for code in dict.fromkeys(ref.subsystem for ref in line.roles):
        asked = {ref.role for ref in line.roles if ref.subsystem == code}
        held = {h.role for h in facts.held if line.snils and h.snils == line.snils and h.subsystem == code}
        for exclusion in catalog.subsystems[code].exclusions:
            pair = set(exclusion.roles)
            if pair <= asked | held and pair & asked:
                already = "" if pair <= asked else " Одна из них у работника уже есть."
                yield of_line(exclusion.rule, line, "role", exclusion.message + already)


def _in_force(facts: RequestFacts, line: LineFacts, catalog: Catalog) -> Iterator[Finding]:
    """A role that the catalogue gives from or until a date."""
    for role in (catalog.role(ref.subsystem, ref.role) for ref in line.roles):
        if facts.today and not is_current(role, facts.today):
            yield of_line(
                role.restricted_by or "APP-10",
                line,
                "role",
                f"Роль «{role.label}» сейчас не действует. Выберите другую.",
            )


def is_current(entry: Role | Subsystem | RequestKind, day: dt.date) -> bool:
    """Between the dates that the catalogue gives, both included."""
    return (entry.valid_from is None or entry.valid_from <= day) and (
        entry.valid_until is None or day <= entry.valid_until
    )


def _held(facts: RequestFacts, line: LineFacts, catalog: Catalog) -> Iterator[Finding]:
    """What is to be ended must be there."""
    if not line.roles:
        yield of_line("APP-10", line, "role", "Не указано, какие роли прекратить.")
    held = {
        (h.subsystem, h.role)
        for h in facts.held
        if h.snils == line.snils and h.organisation_inn == facts.organisation.inn
    }
    for ref in line.roles:
        if (ref.subsystem, ref.role) not in held:
            label = catalog.role(ref.subsystem, ref.role).label
            yield of_line("APP-10", line, "role", f"Роль «{label}» за работником не числится.", Severity.WARNING)


def _level_of(ref: RoleRef, catalog: Catalog) -> str:
    """A held role that the catalogue has dropped excludes nothing."""
    entry = catalog.subsystems.get(ref.subsystem)
    return next((role.level for role in entry.roles if role.code == ref.role), "") if entry else ""


def _own_card(line: LineFacts, catalog: Catalog) -> Iterator[Finding]:
    if not line.own_card:
        return
    for code in dict.fromkeys(ref.subsystem for ref in line.roles):
        own_card = catalog.subsystems[code].own_card
        if own_card:
            yield of_line(own_card.rule, line, "purpose", own_card.message)


def _of_subsystem(facts: RequestFacts, subsystem: Subsystem, catalog: Catalog) -> Iterator[Finding]:
    asking = [line for line in facts.lines if any(ref.subsystem == subsystem.code for ref in line.roles)]
    if not asking:
        return
    for caution in subsystem.cautions:
        if facts.organisation.kind in caution.organisation_kinds:
            yield of_request(caution.rule, "subsystem", caution.message, Severity(caution.severity))
    yield from _staff(asking, subsystem)
    yield from _needs(facts, subsystem)


def _staff(asking: list[LineFacts], subsystem: Subsystem) -> Iterator[Finding]:
    """Said once for all who are not marked, and to each who is marked as somebody else."""
    advice = subsystem.staff_advice
    if advice is None:
        return
    severity = Severity(advice.severity)
    if severity is Severity.ADVICE:
        yield of_request(advice.rule, "unit", advice.message, severity)
        return
    for line in asking:
        if line.unit is not None and line.unit != advice.unit:
            yield of_line(advice.rule, line, "unit", advice.message, severity)
    unmarked = [line for line in asking if line.unit is None]
    if unmarked:
        yield of_request(advice.rule, "unit", f"{advice.message} Не отмечены: {len(unmarked)}.", severity)


def _needs(facts: RequestFacts, subsystem: Subsystem) -> Iterator[Finding]:
    needs = subsystem.needs
    if needs is None:
        return
    asked = any(ref.subsystem == needs.subsystem for line in facts.lines for ref in line.roles)
    inn = facts.organisation.inn
    held = any(h.subsystem == needs.subsystem and h.organisation_inn == inn for h in facts.held)
    if not asked and not held:
        yield of_request(needs.rule, "subsystem", needs.message, Severity.WARNING)
