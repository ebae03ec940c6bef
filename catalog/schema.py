"""What the catalogue's files may say. An unknown key, a dangling reference or an unknown rule is refused."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-\d+$")]
Confidence = Literal["quoted", "derived", "assumed"]


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
    source: str
    confidence: Confidence


class StaffAdvice(Entry):
    """Whom the regulation recommends as the user."""

    unit: Literal["hr", "maintenance"]
    severity: Literal["warning", "advice"]
    rule: RuleId
    message: str


class Caution(Entry):
    """Something to say when an organisation of these kinds asks for the subsystem."""

    organisation_kinds: tuple[Code, ...]
    severity: Literal["error", "warning", "advice"]
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


class Subsystem(Entry):
    """Подсистема ЕГИСЗ."""

    code: Code
    name: str
    full_name: str
    aliases: tuple[str, ...] = ()
    link: str = ""
    source: str
    confidence: Confidence
    same_level_as: tuple[Code, ...] = ()
    same_level_rule: RuleId | None = None
    staff_advice: StaffAdvice | None = None
    own_card: OwnCard | None = None
    needs: Needs | None = None
    cautions: tuple[Caution, ...] = ()
    roles: tuple[Role, ...] = ()


class Attachment(Entry):
    """Приложение к заявке. `required_if` holds facts that must all have the given value."""

    code: Code
    title: str
    media_types: tuple[str, ...]
    max_megabytes: int = 20
    required: bool = False
    required_if: dict[str, str | bool] = {}
    certified_by: tuple[Code, ...] = ()
    rule: RuleId


class KindField(Entry):
    """A field of a request kind that is not a column of its lines."""

    code: Code
    label: str
    type: Literal["text", "long-text", "date", "choice"] = "text"
    required: bool = True
    help: str = ""
    choices: tuple[str, ...] = ()
    rule: RuleId


class RequestKind(Entry):
    """Вид заявки."""

    code: Code
    title: str
    short_title: str
    subsystems: tuple[Code, ...] = ()
    people: bool = True
    first_login: bool = True
    signature: bool = True
    layout: Code
    editable: Literal["docx", "xlsx"] = "docx"
    web_system: str = ""
    desk_hours: int = Field(default=16, gt=0)
    verified: Literal["login", "result"] = "login"
    fields: tuple[KindField, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    companion: Code | None = None  # drafted by itself when the organisation is absent (ORG-3)
    rules: tuple[RuleId, ...] = ()
    source: str
    confidence: Confidence


class Capacity(Entry):
    """В каком качестве подписывает подписант (SGN-1)."""

    code: Code
    label: str
    genitive: str
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


class SubsystemFile(Entry):
    """One file of `catalog/subsystems`."""

    subsystem: Subsystem | None = None
    kinds: tuple[RequestKind, ...] = ()


class OrganisationsFile(Entry):
    """`register_code` is the subsystem in which every organisation must stand (ORG-1)."""

    register_code: Code
    kinds: tuple[OrganisationKind, ...]
    authorities: tuple[Authority, ...]
    levels: tuple[Level, ...]
    exclusions: tuple[Exclusion, ...]
    capacities: tuple[Capacity, ...]


class DeskFile(Entry):
    desk: Desk
    links: tuple[Link, ...]


class RulesFile(Entry):
    rules: tuple[RuleText, ...]
