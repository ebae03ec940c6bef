"""Request kinds as data: fields, attachments, who signs, where the papers go, what answers there are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from catalog.schema import WEB_ADDRESS, Code, Confidence, Entry, RuleId, Severity, Subsystem
from catalog.value_types import VALUE_TYPES, ValueType

# What a condition may ask about; behind «field.», «attachment.» stands a code of the same kind.
FACTS = (
    "organisation.kind", "organisation.authority", "organisation.subordination", "organisation.licence",
    "organisation.education", "organisation.sole-proprietor", "organisation.branch", "role",
)  # fmt: skip
_OWN_FACTS = ("field.", "attachment.")


def _known_facts(condition: dict[str, object]) -> dict[str, object]:
    strange = [name for name in condition if name not in FACTS and not name.startswith(_OWN_FACTS)]
    if strange:
        raise ValueError(f"условия «{strange[0]}» нет; есть: {', '.join(FACTS)}, field.КОД, attachment.КОД")
    return condition


Condition = Annotated[dict[str, str | bool | tuple[str, ...]], AfterValidator(_known_facts)]
"""All must hold. A text or one of several texts equals the fact; true and false ask whether there is any."""
ALWAYS: Condition = {}


def _compiles(source: str) -> str:
    try:
        re.compile(source)
    except re.error as error:
        raise ValueError(f"выражение не разобрать: {error}") from error
    return source


Pattern = Annotated[str, AfterValidator(_compiles)]

if TYPE_CHECKING:
    TypeOfValue = str
else:
    TypeOfValue = Literal[tuple(VALUE_TYPES)]
LineField = Literal["snils", "surname", "given", "email", "post"]


class Choice(Entry):
    """A value that a choice may have."""

    value: Code
    label: str


class KindField(Entry):
    """A field of a request kind that is not a column of its lines.

    `pattern` must match the whole value (each item of a list); `holds`: facts are searched for patients' data where the
    kind forbids it, staff is about employees, patient is masked and erased by its own term. Of a date, `past` says that
    it cannot lie ahead, `not_before` names the field of the day that it follows.
    """

    code: Code
    label: str
    type: TypeOfValue = "text"
    required: bool = True
    required_if: Condition = ALWAYS
    only_if: Condition = ALWAYS
    help: str = ""
    example: str = ""
    pattern: Pattern = ""
    choices: tuple[Choice, ...] = ()
    holds: Literal["facts", "staff", "patient"] = "facts"
    missing: str = ""
    past: bool = False
    not_before: str = ""
    rule: RuleId

    @property
    def value_type(self) -> ValueType:
        return VALUE_TYPES[self.type]

    @model_validator(mode="after")
    def _choices_where_chosen(self) -> KindField:
        if bool(self.choices) != (self.type == "choice"):
            raise ValueError(f'поле «{self.code}»: choices нужны полю type = "choice" и только ему')
        return self


class CertificateRule(Entry):
    """Which certificates will do; of several rules the first whose `when` holds counts."""

    when: Condition = ALWAYS
    algorithms: tuple[Literal["rsa", "gost-2001", "gost-2012-256", "gost-2012-512"], ...]
    self_signed: bool = True
    qualified: bool = False
    label: str
    rule: RuleId


class Attachment(Entry):
    """Приложение к заявке. `certified` says by whom the paper is signed and sealed: a person looks at it.

    `sent` false keeps the file in the house; `expects` names how the content is read.
    """

    code: Code
    title: str
    media_types: tuple[str, ...]
    max_megabytes: int = Field(default=20, gt=0)
    max_pages: int | None = None
    required: bool = False
    required_if: Condition = ALWAYS
    expects: Literal["file", "certificate", "excerpt"] = "file"
    accepts: tuple[CertificateRule, ...] = ()
    certified: str = ""
    holds: Literal["facts", "patient"] = "facts"
    sent: bool = True
    help: str = ""
    missing: str = ""
    rule: RuleId


class SignerRule(Entry):
    """Кто подписывает and whose seal stands; of several the first whose `when` holds counts.

    `body` "own" is the applicant itself; `least` is the lowest capacity that will do.
    """

    when: Condition = ALWAYS
    body: Code = "own"
    least: Code = "head"
    label: str
    seal: Literal["required", "policy"] = "policy"
    name_in_full: bool = False
    rule: RuleId
    seal_rule: RuleId | None = None


class Check(Entry):
    """Something that must hold for the kind; `when` says for which requests it is asked."""

    when: Condition = ALWAYS
    must: Condition
    severity: Severity = "error"
    field: str = ""
    rule: RuleId
    message: str


class Confirmation(Entry):
    """What the officer confirms of every person in the request."""

    code: Code
    label: str
    missing: str
    rule: RuleId


class Recipient(Entry):
    """Where the papers go when it is not the desk; of several the first whose `when` holds counts."""

    when: Condition = ALWAYS
    name: str
    address: str = ""
    phone: str = ""
    link: str = ""
    how: str
    rule: RuleId


class Outcome(Entry):
    """Чем кончилось: what was received and what follows; a reminder after so many working days."""

    code: Code
    label: str
    next: str = ""
    remind_days: int | None = None
    needs: Code | None = None  # an attachment without which this outcome cannot be recorded
    rule: RuleId


class KindLink(Entry):
    """Методические материалы и формы."""

    label: str
    url: Annotated[str, Field(pattern=WEB_ADDRESS)]


class RequestKind(Entry):
    """Вид заявки.

    `recipients` empty means СТП. `desk_hours` are working hours of the desk, `answer_days` calendar days of another
    recipient; None there means that no term is known. `letter` is a form for the body that has to sign.
    """

    code: Code
    title: str
    short_title: str
    about: str = ""
    subsystems: tuple[Code, ...] = ()
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None

    people: bool = True
    single: bool = False
    line_fields: tuple[LineField, ...] = ("snils", "surname", "given", "email")
    roles_asked: bool = True
    confirmations: tuple[Confirmation, ...] = ()
    esia_email: Literal["recommended", "required", "any"] = "recommended"
    own_email_rule: RuleId = "APP-14"
    esia_email_rule: RuleId = "APP-13"
    first_login: bool = True
    organisation_rules: bool = False
    applicant: Literal["organisation", "person"] = "organisation"
    checks: tuple[Check, ...] = ()

    fields: tuple[KindField, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    patient_data: Literal["none", "forbidden", "allowed"] = "none"
    patient_rule: RuleId | None = None
    acts_rule: RuleId | None = None  # the subsystem's act of the year is cited on the form under this rule

    signature: bool = True
    signers: tuple[SignerRule, ...] = ()
    layout: Code
    letter: Code | None = None
    editable: tuple[Literal["docx", "xlsx"], ...] = ("docx",)
    channels: tuple[Literal["mail", "web"], ...] = ("mail", "web")
    web_system: str = ""
    recipients: tuple[Recipient, ...] = ()
    number_label: str = "Номер обращения"
    number_required: bool = True

    desk_hours: int = Field(default=16, gt=0)
    answer_days: int | None = Field(default=None, gt=0)
    outcomes: tuple[Outcome, ...] = ()
    revokes: bool = False
    verified: Literal["login", "result", "received"] = "login"
    verified_means: str = ""
    companion: Code | None = None  # drafted by itself when the organisation is absent (ORG-3)

    links: tuple[KindLink, ...] = ()
    rules: tuple[RuleId, ...] = ()
    source: str
    confidence: Confidence

    @property
    def to_desk(self) -> bool:
        """The papers go to СТП."""
        return not self.recipients

    def field(self, code: str) -> KindField | None:
        return next((entry for entry in self.fields if entry.code == code), None)

    def attachment(self, code: str) -> Attachment | None:
        return next((entry for entry in self.attachments if entry.code == code), None)

    def outcome(self, code: str | None) -> Outcome | None:
        return next((entry for entry in self.outcomes if entry.code == code), None)

    @model_validator(mode="after")
    def _consistent(self) -> RequestKind:
        wrong = list(dict.fromkeys(self._contradictions()))
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _contradictions(self) -> Iterator[str]:
        for name in ("fields", "attachments", "outcomes", "confirmations"):
            codes = [entry.code for entry in getattr(self, name)]
            yield from (f"{name}: код «{code}» указан дважды" for code in codes if codes.count(code) > 1)
        for condition in self.conditions():
            yield from _strange_codes(condition, self)
        if (self.patient_data == "forbidden") != (self.patient_rule is not None):
            yield 'patient_rule нужен при patient_data = "forbidden" и только тогда'
        for outcome in self.outcomes:
            if outcome.needs and self.attachment(outcome.needs) is None:
                yield f"outcomes: приложения «{outcome.needs}» у вида нет"

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of the kind."""
        parts = (
            *((entry.required_if, entry.only_if) for entry in self.fields),
            *((entry.required_if,) for entry in self.attachments),
            *((rule.when,) for entry in self.attachments for rule in entry.accepts),
            *((signer.when,) for signer in self.signers),
            *((recipient.when,) for recipient in self.recipients),
            *((entry.when, entry.must) for entry in self.checks),
        )
        return tuple(condition for part in parts for condition in part if condition)


def _strange_codes(condition: Condition, kind: RequestKind) -> Iterator[str]:
    for name, wanted in condition.items():
        group, _, code = name.partition(".")
        if group == "attachment" and kind.attachment(code) is None:
            yield f"условие «{name}»: такого приложения у вида нет"
        if group != "field":
            continue
        entry = kind.field(code)
        if entry is None:
            yield f"условие «{name}»: такого поля у вида нет"
            continue
        values = (wanted,) if isinstance(wanted, str) else wanted if isinstance(wanted, tuple) else ()
        known = {choice.value for choice in entry.choices}
        yield from (
            f"условие «{name}»: значения «{value}» у поля нет" for value in values if known and value not in known
        )


class SubsystemFile(Entry):
    """One file of `catalog/subsystems`."""

    subsystem: Subsystem | None = None
    kinds: tuple[RequestKind, ...] = ()
