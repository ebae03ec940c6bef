"""What a form may ask for, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.facts import SealPolicy
from models.naming import Named


@dataclass(frozen=True, slots=True)
class OrganisationText(Named):
    """What papers say of the organisation; `kind` is a label, `seal` is None while nobody has said."""

    full_name: str
    short_name: str = ""
    kind: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    oid: str = ""
    subject: str = ""
    address: str = ""
    head_post: str = ""
    head_name: str = ""
    seal: SealPolicy | None = None


@dataclass(frozen=True, slots=True)
class Attorney:
    """Доверенность."""

    number: str
    made_on: dt.date


@dataclass(frozen=True, slots=True)
class Signer:
    """Подписант; with `attorney` when he acts on a power of attorney."""

    post: str
    name: str
    attorney: Attorney | None = None


@dataclass(frozen=True, slots=True)
class Employee:
    """A line as it is printed; roles decide `subject`, `organisation` and `inn` (APP-7, APP-8, APP-9) beforehand."""

    surname: str
    given: str
    snils: str
    patronymic: str = ""
    email: str = ""
    subject: str = ""
    organisation: str = ""
    inn: str = ""
    subsystem: str = ""
    role: str = ""
    post: str = ""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field of the request kind as it is printed."""

    code: str
    label: str
    value: str
    required: bool
    rule: str


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """Everything a form may ask for. `answers` are fields that a person filled in, by code.

    `asked` are the kind's fields that apply, in its order; `words` further placeholders; `seal_of` names the body whose
    seal stands when it is not the organisation's own. `practice`: the paper says on every page that it is none to submit.
    """

    request: int
    number: str
    version: int
    made_on: dt.date
    title: str
    organisation: OrganisationText
    signer: Signer | None = None
    rows: tuple[Employee, ...] = ()
    subsystems: tuple[str, ...] = ()
    desk_address: str = ""
    reply_to: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    enclosures: tuple[str, ...] = ()
    asked: tuple[AskedField, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    seal_of: str = ""
    practice: bool = False
