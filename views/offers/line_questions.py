"""What a request of a kind asks about each person, and which roles he may be given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from catalog import Catalog
from catalog.kinds import Confirmation, RequestKind
from models.facts import OrganisationFacts, RoleRef
from states.rules.roles import is_current, is_refused

UNITS = (("hr", "кадровая"), ("maintenance", "административно-хозяйственная"), ("other", "другая"))
ORDER = ("surname", "given", "patronymic", "snils", "email", "post")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is so of a person or not; `name` is of a line's fact, `finding` what a finding about it calls it."""

    name: str
    label: str
    finding: str


_ESIA_EMAIL = Mark("email_is_esia", "почта – с Госуслуг", "email")
_ESIA_ACCOUNT = Mark("esia_confirmed", "запись на Госуслугах подтверждена", "esia")
_OWN_CARD = Mark("own_card", "только для своей карточки", "purpose")


@dataclass(frozen=True, slots=True)
class LineQuestions:
    """`texts` in the order of asking, `required` those that must not be empty; the others are marks and choices."""

    texts: tuple[str, ...]
    required: frozenset[str]
    roles: bool
    until: bool  # whether roles can be asked for until a day
    unit: bool
    marks: tuple[Mark, ...]
    confirmations: tuple[Confirmation, ...]


def line_questions(kind: RequestKind, catalog: Catalog) -> LineQuestions:
    """The post is asked for where the form has a column for it, too."""
    asked: set[str] = set(kind.line_fields)
    if "surname" in asked:
        asked.add("patronymic")
    if kind.organisation_rules:
        asked.add("post")
    scope = [catalog.subsystems[code] for code in kind.subsystems] if kind.roles_asked else []
    marks = (
        (_ESIA_EMAIL, "email" in asked and kind.esia_email != "any"),
        (_ESIA_ACCOUNT, kind.first_login),
        (_OWN_CARD, any(entry.own_card for entry in scope)),
    )
    return LineQuestions(
        texts=tuple(name for name in ORDER if name in asked),
        required=frozenset(kind.line_fields),
        roles=kind.roles_asked,
        until=kind.roles_asked and not kind.revokes,
        unit=any(entry.staff_advice for entry in scope),
        marks=tuple(mark for mark, wanted in marks if wanted),
        confirmations=kind.confirmations,
    )


def role_options(
    kind: RequestKind,
    catalog: Catalog,
    organisation: OrganisationFacts,
    day: dt.date,
    *,
    held: Collection[RoleRef] = (),
) -> list[RoleRef]:
    """For an end of access the roles that the person holds; else those of the kind that are not for others."""
    if kind.revokes and held:
        return sorted(set(held))
    refs = [
        RoleRef(code, role.code)
        for code in kind.subsystems or catalog.subsystems
        for role in catalog.subsystems[code].roles
        if is_current(role, day)
    ]
    allowed = [ref for ref in refs if not is_refused(catalog.role(ref.subsystem, ref.role), organisation)]
    return allowed or refs


def usual_roles(kind: RequestKind, catalog: Catalog, organisation: OrganisationFacts) -> tuple[RoleRef, ...]:
    """One role of each subsystem of the kind, as the organisation may have it."""
    if not kind.roles_asked:
        return ()
    usual = [
        (code, catalog.subsystems[code].usual_role(organisation.kind, organisation.authority))
        for code in kind.subsystems
    ]
    return tuple(RoleRef(code, role.code) for code, role in usual if role is not None)


def role_label(ref: RoleRef, catalog: Catalog, *, named: bool) -> str:
    """`named`: with the subsystem's name, where the role's own does not say it."""
    label, name = catalog.role(ref.subsystem, ref.role).label, catalog.subsystems[ref.subsystem].name
    return f"{name}: {label}" if named and name not in label else label
