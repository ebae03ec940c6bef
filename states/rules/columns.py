"""Three columns that the role decides: subject, organisation, ИНН (APP-7, APP-8, APP-9); never typed, only compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from catalog import Catalog
from catalog.schema import Role
from models.facts import LineFacts, OrganisationFacts
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier, format_snils, inn_digits, valid_snils
from models.text import fold
from states.rules.roles import is_refused
from states.rules.subjects import known_subject
from states.rules.telling import of_line

FEDERATION = "РФ"
DASH = "–"
_DASHES = {"-", "–", "—", "−", "нет", "прочерк"}
_FEDERATION_SPELLINGS = {"рф", "российская федерация", "россия"}
_ALL = "все организации"
_UNFINISHED = re.compile(r"все организации(,? подведомственные?)?[ .,:«»\"-]*")
_NOISE = re.compile(r"[^\w]+")
_FORMS = (
    ("общество с ограниченной ответственностью", "ооо"),
    ("публичное акционерное общество", "пао"),
    ("закрытое акционерное общество", "зао"),
    ("открытое акционерное общество", "оао"),
    ("акционерное общество", "ао"),
    ("автономная некоммерческая организация", "ано"),
    ("государственное бюджетное учреждение здравоохранения", "гбуз"),
    ("государственное автономное учреждение здравоохранения", "гауз"),
    ("государственное казенное учреждение здравоохранения", "гкуз"),
    ("федеральное государственное бюджетное учреждение", "фгбу"),
    ("федеральное государственное бюджетное образовательное учреждение высшего образования", "фгбоу во"),
    ("муниципальное бюджетное учреждение здравоохранения", "мбуз"),
    ("частное учреждение здравоохранения", "чуз"),
    ("государственное бюджетное учреждение", "гбу"),
    ("индивидуальный предприниматель", "ип"),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """A line as the application prints it."""

    snils: str
    subject: str
    organisation: str
    inn: str
    subsystem: str
    role: str


def columns_of(line: LineFacts, organisation: OrganisationFacts, catalog: Catalog) -> Columns:
    """What the roles of the line make of the columns; a line without roles prints the organisation's own."""
    roles = _roles(line, catalog)
    role = roles[0] if roles else None
    return Columns(
        snils=format_snils(line.snils) if valid_snils(line.snils) else line.snils,
        subject=FEDERATION if role and role.subject == "federation" else organisation.subject_name,
        organisation=_organisation_text(role, organisation),
        inn=DASH if role and role.inn == "dash" else organisation.inn,
        subsystem=" и ".join(dict.fromkeys(catalog.subsystems[ref.subsystem].name for ref in line.roles)),
        role="; ".join(entry.label for entry in roles),
    )


def _roles(line: LineFacts, catalog: Catalog) -> list[Role]:
    return [catalog.role(ref.subsystem, ref.role) for ref in line.roles]


def _organisation_text(role: Role | None, organisation: OrganisationFacts) -> str:
    if role is None:
        return organisation.full_name
    text = role.organisation_text
    unknown = ("{organisation}" in text and not organisation.full_name) or (
        "{subject}" in text and not organisation.subject_name
    )
    return "" if unknown else text.format(organisation=organisation.full_name, subject=organisation.subject_name)


def typed_columns(line: LineFacts, organisation: OrganisationFacts, catalog: Catalog) -> Iterator[Finding]:
    """A typed value that differs from the derived one is an error that names the right one; a blank is filled in.

    What only follows from a role that the organisation will not get is a warning: the role is wrong, not the column.
    """
    derived = columns_of(line, organisation, catalog)
    refused = any(is_refused(role, organisation) for role in _roles(line, catalog))
    severity = Severity.WARNING if refused else Severity.ERROR
    yield from _typed_subject(line, derived, severity)
    yield from _typed_organisation(line, derived, catalog, severity)
    yield from _typed_inn(line, derived, severity)


def _typed_subject(line: LineFacts, derived: Columns, severity: Severity) -> Iterator[Finding]:
    typed = (line.subject or "").strip()
    federal = fold(typed) in _FEDERATION_SPELLINGS
    if not typed or (federal and derived.subject == FEDERATION):
        return
    found = known_subject(typed)
    if federal:
        right = (
            f"Здесь нужно «{derived.subject}»."
            if derived.subject
            else "Укажите субъект, где зарегистрирована организация."
        )
        yield of_line("APP-7", line, "subject", f"«РФ» пишут только для ролей ФОИВ и МЗ. {right}")
    elif derived.subject == FEDERATION and (found or severity is Severity.ERROR):
        yield of_line("APP-7", line, "subject", f"Для этой роли пишут «РФ», а не «{typed}».", severity)
    elif found is None:
        yield of_line("APP-7", line, "subject", f"Субъекта РФ «{typed}» нет. Напишите, например, «Тверская область».")
    elif derived.subject and found.name != derived.subject:
        yield of_line(
            "APP-7",
            line,
            "subject",
            f"Указан субъект «{typed}», а организация зарегистрирована в субъекте «{derived.subject}».",
        )


def _typed_organisation(line: LineFacts, derived: Columns, catalog: Catalog, severity: Severity) -> Iterator[Finding]:
    typed = (line.organisation_text or "").strip()
    roles = _roles(line, catalog)
    if _UNFINISHED.fullmatch(fold(typed)) and not derived.organisation:
        bare = typed.rstrip(' .,:«»"')
        told = f"После слов «{bare}» нет названия. Допишите, чьи это организации."
        yield of_line("APP-8", line, "organisation", told, severity)
        return
    if (
        fold(typed).startswith(_ALL)
        and not derived.organisation
        and any(role.organisation_text.startswith(_ALL) for role in roles)
    ):
        return  # a list for somebody whose name is not known here
    if not typed or (derived.organisation and _same_organisation(typed, derived.organisation)):
        return
    if derived.organisation:
        told = f"Организация «{typed}» не та: для этой заявки пишут «{derived.organisation}»."
        yield of_line("APP-8", line, "organisation", told, severity)
    elif fold(typed).startswith(_ALL):
        told = f"«{typed}» пишут только для ролей РЗН, ОУЗ, ФОИВ и МЗ. Впишите полное название организации."
        yield of_line("APP-8", line, "organisation", told)


def _same_organisation(first: str, second: str) -> bool:
    """Quotes, word order of the legal form and abbreviations do not count."""
    one, other = _bare_name(first), _bare_name(second)
    return one == other or one <= other or other <= one


def _bare_name(text: str) -> set[str]:
    plain = fold(text)
    for long, short in _FORMS:
        plain = plain.replace(fold(long), short)
    return {word for word in _NOISE.split(plain) if word}


def _typed_inn(line: LineFacts, derived: Columns, severity: Severity) -> Iterator[Finding]:
    typed = (line.inn or "").strip()
    if not typed:
        return
    dashed = fold(typed) in _DASHES
    if dashed and derived.inn != DASH:
        yield of_line(
            "APP-9", line, "inn", "Прочерк ставят только для ролей РЗН, ОУЗ, ФОИВ и МЗ. Впишите ИНН организации."
        )
    if dashed:
        return
    try:
        digits = inn_digits(typed)
    except BadIdentifier as problem:
        yield of_line("APP-9", line, "inn", str(problem))
        return
    if derived.inn == DASH:
        yield of_line("APP-9", line, "inn", "Для этой роли вместо ИНН ставят прочерк.", severity)
    elif derived.inn and digits != derived.inn:
        yield of_line("APP-9", line, "inn", f"ИНН {digits} другой организации: у этой {derived.inn}.")
