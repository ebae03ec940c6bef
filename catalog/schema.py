"""What the catalogue's files may say. An unknown key, a dangling reference or an unknown rule is refused."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

CODE, RULE_ID, WEB_ADDRESS = r"^[a-z][a-z0-9-]*$", r"^[A-Z]{3}-\d+$", r"^https?://"
Code = Annotated[str, StringConstraints(pattern=CODE)]
RuleId = Annotated[str, StringConstraints(pattern=RULE_ID)]
Confidence = Literal["quoted", "derived", "assumed"]
Severity = Literal["error", "warning", "advice"]


class Entry(BaseModel):
    """Every table of every file: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleText(Entry):
    """A row of the regulation: what it asks, in plain Russian, and where it stands."""

    id: RuleId
    title: str
    source: str


class OrganisationKind(Entry):
    """Тип организации; `registry_names` are the values of the refbook's column that mean it."""

    code: Code
    label: str
    genitive: str
    aliases: tuple[str, ...] = ()
    refbook: Literal["1461", "1519"] = "1461"
    registry_names: tuple[str, ...] = ()
    add_layout: Code
    branch_layout: Code | None = None
    roles_rule: RuleId | None = None  # why roles meant for other kinds are refused
    rule: RuleId


class Authority(Entry):
    """Which level a body of health administration governs at."""

    code: Code
    label: str
    level: Code


class Level(Entry):
    """Уровень роли."""

    code: Code
    label: str


class Exclusion(Entry):
    """Two levels that one person never holds together, in any subsystem."""

    levels: tuple[Code, Code]
    rule: RuleId
    message: str


class RoleExclusion(Entry):
    """Two roles of a subsystem that one person never holds together."""

    roles: tuple[Code, Code]
    rule: RuleId
    message: str


class Role(Entry):
    """Роль в подсистеме. It decides what three columns of the application say (APP-7, APP-8, APP-9)."""

    code: Code
    label: str
    aliases: tuple[str, ...] = ()
    level: Code
    subject: Literal["registered", "federation"] = "registered"
    organisation_text: str = "{organisation}"
    inn: Literal["own", "dash"] = "own"
    organisation_kinds: tuple[Code, ...] = ()
    authorities: tuple[Code, ...] = ()
    refused_for_education: tuple[Literal["professional", "additional"], ...] = ()
    restricted_by: RuleId | None = None
    default: bool = False
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    source: str
    confidence: Confidence


class StaffAdvice(Entry):
    """Whom the regulation recommends as the user."""

    unit: Literal["hr", "maintenance"]
    severity: Severity
    rule: RuleId
    message: str


class Caution(Entry):
    """Something to say when an organisation of these kinds asks for the subsystem."""

    organisation_kinds: tuple[Code, ...]
    severity: Severity
    rule: RuleId
    message: str


class Needs(Entry):
    """The subsystem is of no use to an organisation in which nobody works in another one."""

    subsystem: Code
    rule: RuleId
    message: str


class OwnCard(Entry):
    """Access for the sake of one's own card is refused."""

    rule: RuleId
    message: str


class Act(Entry):
    """An act that is issued anew each year: its number is data by year."""

    year: int
    label: str
    source: str
    confidence: Confidence


class Subsystem(Entry):
    """Подсистема ЕГИСЗ."""

    code: Code
    name: str
    full_name: str
    aliases: tuple[str, ...] = ()
    link: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    source: str
    confidence: Confidence
    same_level_as: tuple[Code, ...] = ()
    same_level_rule: RuleId | None = None
    staff_advice: StaffAdvice | None = None
    own_card: OwnCard | None = None
    needs: Needs | None = None
    cautions: tuple[Caution, ...] = ()
    exclusions: tuple[RoleExclusion, ...] = ()
    acts: tuple[Act, ...] = ()
    roles: tuple[Role, ...] = ()

    def usual_role(self, kind: str, authority: str | None) -> Role | None:
        """What an organisation of this kind and authority asks for when nobody names a role."""
        own = [
            role
            for role in self.roles
            if kind in role.organisation_kinds and (not role.authorities or authority in role.authorities)
        ]
        usual = [role for role in self.roles if role.default]
        return next(iter([*own, *usual, *self.roles]), None)


class Subordination(Entry):
    """Кому подведомственна организация."""

    code: Code
    label: str


class Body(Entry):
    """Чей представитель подписывает and whose seal stands. `is_own` tells when the applicant is that body itself."""

    code: Code
    label: str
    genitive: str
    head: str
    is_own: dict[str, str] = {}


class Capacity(Entry):
    """В каком качестве подписывает подписант (SGN-1).

    `rank` compares («не ниже заместителя»); `signs_own` is false for whom an ordinary application needs more.
    """

    code: Code
    label: str
    genitive: str
    rank: int
    signs_own: bool = True
    needs_attorney: bool = False
    seal_optional: bool = False
    sole_proprietor: bool = False


class Destination(Entry):
    """Куда направляют заявки, с даты."""

    since: dt.date
    address: str
    source: str
    confidence: Confidence


class Desk(Entry):
    """СТП ЕГИСЗ: addresses by date, trusted domains, hours, the web channel."""

    name: str
    destinations: tuple[Destination, ...]
    trusted_domains: tuple[str, ...]
    web_name: str
    web_link: str
    gosuslugi_link: str
    gosuslugi_name: str


class Link(Entry):
    """An address of the portal that letters and pages show."""

    code: Code
    label: str
    url: str
    rule: RuleId


class OrganisationsFile(Entry):
    """`register_code` is the subsystem in which every organisation must stand (ORG-1)."""

    register_code: Code
    kinds: tuple[OrganisationKind, ...]
    authorities: tuple[Authority, ...]
    levels: tuple[Level, ...]
    exclusions: tuple[Exclusion, ...]
    subordinations: tuple[Subordination, ...]
    bodies: tuple[Body, ...]
    capacities: tuple[Capacity, ...]


class DeskFile(Entry):
    desk: Desk
    links: tuple[Link, ...]


class RulesFile(Entry):
    rules: tuple[RuleText, ...]
