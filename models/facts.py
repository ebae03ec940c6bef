"""Facts that rules judge: plain values with no database behind them. None means "not stated"."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from models.attachments import AttachmentFacts
from models.naming import Named
from models.text import fold


class RegistryStatus(StrEnum):
    """What the refbook copy says of an organisation (ORG-1, ORG-2)."""

    FOUND = "found"
    ABSENT = "absent"
    WRONG_KIND = "wrong-kind"
    DELETED = "deleted"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


class Licence(StrEnum):
    """Лицензия: there is one, it is applied for, there is none."""

    HELD = "held"
    APPLICANT = "applicant"
    NONE = "none"


class SealPolicy(StrEnum):
    """Печать: there is one, or charter or status do without."""

    SEAL = "seal"
    NO_SEAL = "no-seal"


class Route(StrEnum):
    """How an applicant or a sole proprietor gets into ФРМО (ORG-4)."""

    LETTER = "letter"
    GOSUSLUGI = "gosuslugi"


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """Филиал: three conditions of a registration of its own (ORG-11)."""

    head_inn: str
    head_kpp: str | None = None
    head_registered: bool | None = None
    listed_in_egrul: bool | None = None


@dataclass(frozen=True, slots=True)
class EducationFacts:
    """Образовательная организация (ORG-8); `level` is professional or additional (ДПО)."""

    licence: bool | None = None
    teaches_medicine: bool | None = None
    employs_practising_staff: bool | None = None
    level: str = "professional"


@dataclass(frozen=True, slots=True)
class OrganisationFacts(Named):
    """Карточка организации. `kind` and `authority` are codes of the catalogue, `subject` a tax-service code."""

    inn: str = ""
    kpp: str | None = None
    ogrn: str | None = None
    oid: str | None = None
    full_name: str = ""
    short_name: str = ""
    kind: str = "medical"
    authority: str | None = None
    sole_proprietor: bool = False
    subject: str | None = None
    subject_name: str = ""
    address: str = ""
    head_name: str = ""
    head_post: str = ""
    seal: SealPolicy | None = None
    licence: Licence | None = None
    branch: BranchFacts | None = None
    education: EducationFacts | None = None
    registry: RegistryStatus = RegistryStatus.UNKNOWN
    route: Route | None = None
    subordination: str = ""  # code of the catalogue, "" while nobody has said


@dataclass(frozen=True, slots=True, order=True)
class RoleRef:
    """A role of a subsystem, both as codes of the catalogue."""

    subsystem: str
    role: str


@dataclass(frozen=True, slots=True)
class FullName:
    """Фамилия, имя, отчество."""

    surname: str = ""
    given: str = ""
    patronymic: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)

    def agrees(self, other: FullName) -> bool:
        """The same name however it is spelled: case, ё/е and spaces do not count, nor a patronymic that one leaves out."""
        if fold(str(self)) == fold(str(other)):
            return True
        same = fold(self.surname) == fold(other.surname) and fold(self.given) == fold(other.given)
        return same and not (self.patronymic and other.patronymic)


@dataclass(frozen=True, slots=True)
class Known:
    """As whom a СНИЛС is on record. `here`: by the organisation itself, `former` what it called him before, with the day it ended.

    `drafts`: by its other drafts, as (number, name), where it is not on record yet. `elsewhere`: by other organisations.
    """

    here: FullName | None = None
    former: tuple[tuple[dt.date, FullName], ...] = ()
    drafts: tuple[tuple[str, FullName], ...] = ()
    elsewhere: tuple[FullName, ...] = ()


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Строка заявки: one employee and the roles asked for. `snils` is digits, possibly wrong ones as typed.

    `subject`, `organisation_text`, `inn` hold what was typed in a roster; None where the roster has no such column.
    """

    snils: str = ""
    surname: str = ""
    given: str = ""
    patronymic: str = ""
    email: str = ""
    roles: tuple[RoleRef, ...] = ()
    post: str = ""
    unit: str | None = None  # "hr", "maintenance" or other
    own_card: bool | None = None
    email_is_esia: bool | None = None
    esia_confirmed: bool | None = None
    first_login_on: dt.datetime | None = None
    subject: str | None = None
    organisation_text: str | None = None
    inn: str | None = None
    confirmed: tuple[str, ...] = ()  # codes of the kind's confirmations
    asked_until: str = ""  # the last day asked for all its roles: ISO, or as typed when it is no date
    snils_checked: str = ""  # `identity` of the line when the officer held the number against a document
    row: int | None = None

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)

    @property
    def full_name(self) -> FullName:
        return FullName(self.surname, self.given, self.patronymic)

    @property
    def identity(self) -> str:
        """Whom the line says to be whose number; another number or another name makes another one."""
        return f"{self.snils} {fold(self.name)}"


@dataclass(frozen=True, slots=True)
class ToldHolding:
    """Строка списка имеющихся ролей: who has what, since when, and whose words or which paper of which day say so.

    Dates are ISO, or as typed when they are none; the last day stands in `line.asked_until`.
    """

    line: LineFacts
    since: str = ""
    told_by: str = ""
    told_on: str = ""


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A grant in force; `organisation_inn` is "" where the user may not know whose it is."""

    snils: str
    subsystem: str
    role: str
    organisation_inn: str


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """Подпись: who signed and in what capacity; for which body, and whose seal stands (codes of the catalogue).

    `body` "" is the applicant itself; `seal_of` "" is the signer's own body.
    """

    capacity: str = ""
    body: str = ""
    seal_of: str = ""
    name: str = ""
    post: str = ""
    signed_on: dt.date | None = None
    attorney_number: str = ""
    attorney_date: dt.date | None = None
    attorney_until: dt.date | None = None
    seal_present: bool | None = None
    readable_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """Everything the rules may ask about one request."""

    kind: str
    organisation: OrganisationFacts
    lines: tuple[LineFacts, ...] = ()
    held: tuple[HeldRole, ...] = ()
    emails_of_others: dict[str, str] = field(default_factory=dict)  # folded e-mail -> СНИЛС of its owner
    known: dict[str, Known] = field(default_factory=dict)  # СНИЛС -> as whom it is on record
    signature: SignatureFacts | None = None
    fields: dict[str, str] = field(default_factory=dict)
    attachments: frozenset[str] = (
        frozenset()
    )  # codes: scan, editable, attorney, licence-draft, add-scan, add-editable …
    attached: tuple[AttachmentFacts, ...] = ()  # the kind's own attachments, as their content was read
    scan_complete: bool = False
    name_on_papers: str = ""  # what the organisation was when the papers were made, where it is another now
    version: int = 1
    twin: str = ""  # number of an identical request that is under way
    today: dt.date | None = None
