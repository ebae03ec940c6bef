"""Organisation cards, filled in from the refbook where it knows the organisation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlmodel import col

from actions.context import EVERYWHERE, Conflict, NotFound, Work
from actions.log import audit
from catalog.subjects import find_subject, subject_name
from models.facts import (
    BranchFacts,
    EducationFacts,
    Licence,
    OrganisationFacts,
    RegistryStatus,
    RequestFacts,
    Route,
    SealPolicy,
)
from models.findings import Finding, sourced
from models.identifiers import BadIdentifier, inn_digits, kpp_code, ogrn_digits
from models.organisation import Organisation
from models.refbook import RefbookOrganisation
from models.text import fold, tidy
from registry.store import Match, match_organisation
from states.rules import organisation as rules_of_cards
from states.rules.emails import email_problem

_CHOICES = {"seal": SealPolicy, "licence": Licence, "route": Route}
_NUMBERS = {"inn": inn_digits, "kpp": kpp_code, "ogrn": ogrn_digits}
EDITABLE = (
    "kpp",
    "ogrn",
    "oid",
    "full_name",
    "short_name",
    "kind",
    "authority",
    "sole_proprietor",
    "subject",
    "address",
    "time_zone",
    "head_name",
    "head_post",
    "seal",
    "licence",
    "route",
    "subordination",
    "branch",
    "education",
    "officer_email",
)


_TEXTS = (
    "kpp",
    "ogrn",
    "oid",
    "full_name",
    "short_name",
    "address",
    "subordination",
    "head_name",
    "head_post",
    "officer_email",
)


def find(work: Work, inn: str, kpp: str | None = None) -> Organisation | None:
    query = select(Organisation).where(col(Organisation.inn) == inn)
    if kpp:
        query = query.where(col(Organisation.kpp) == kpp)
    return work.session.execute(query.order_by(col(Organisation.id)).limit(1)).scalar_one_or_none()


def numbers_of(work: Work, inn: str) -> list[int]:
    """Of the cards with this ИНН: the organisation's own and its branches'."""
    query = select(col(Organisation.id)).where(col(Organisation.inn) == inn).order_by(col(Organisation.id))
    return [number for number in work.session.execute(query).scalars() if number is not None]


def known(work: Work, inn: object, kpp: str = "") -> Organisation:
    """The card that is there; КПП tells branches apart. Raises BadIdentifier, NotFound."""
    digits = inn_digits(inn)
    found = find(work, digits, kpp_code(kpp) if kpp else None)
    if found is None:
        raise unknown(digits)
    return found


def unknown(inn: str) -> NotFound:
    """The error for an ИНН without a card, with both ways to look for the right one."""
    where = "в разделе «Организации» или командой egisz-access organisation find"
    return NotFound(f"Организации с ИНН {inn} здесь нет. Проверьте номер: найдите организацию {where}.")


# One text whether another's card is there or none: else it would tell which clinics are on record.
NOT_YOURS = (
    "Этой организации нет в вашем списке. Карточку заводит тот, кто видит все организации, а открывает её вам администратор: "
    "«Управление», «Пользователи»."
)


def get(work: Work, organisation_id: int) -> Organisation:
    organisation = work.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound("Такой организации нет.")
    return organisation


def card(work: Work, inn: object) -> Organisation:
    """The organisation's card, made from the refbook (or empty) when new. Raises BadIdentifier (APP-9)."""
    digits = inn_digits(inn)
    found = find(work, digits)
    if found is not None:
        return found
    return _added(work, Organisation(inn=digits, sole_proprietor=len(digits) == 12))


def card_of(work: Work, record: RefbookOrganisation) -> Organisation:
    """A new card of just this record: a branch has a number and a КПП of its own."""
    return _added(work, Organisation(inn=record.inn, sole_proprietor=len(record.inn) == 12), record)


def _added(work: Work, organisation: Organisation, record: RefbookOrganisation | None = None) -> Organisation:
    """Raises Conflict for whoever sees only some organisations: a new card would be none of them."""
    if work.narrowed:
        raise Conflict(NOT_YOURS)
    _fill_from_refbook(work, organisation, record or _match(work, organisation).record)
    work.session.add(organisation)
    work.session.flush()
    audit.record(work, "organisation.added", f"organisation:{organisation.id}", inn=organisation.inn)
    return organisation


def _fill_from_refbook(work: Work, organisation: Organisation, record: RefbookOrganisation | None) -> None:
    if record is None:
        return
    organisation.kpp, organisation.ogrn, organisation.oid = record.kpp or "", record.ogrn or "", record.oid
    organisation.full_name, organisation.short_name = record.full_name, record.short_name or ""
    organisation.fold = fold(f"{record.full_name} {record.short_name or ''}")
    organisation.kind = _kind_of(work, record.kind) or organisation.kind
    subject = find_subject(record.region_name or "")
    organisation.subject = subject.code if subject else None
    organisation.time_zone = subject.time_zone if subject else organisation.time_zone


def _kind_of(work: Work, registry_name: str | None) -> str | None:
    wanted = fold(registry_name or "")
    for kind in work.catalog.organisations.kinds:
        if wanted in {fold(name) for name in kind.registry_names}:
            return kind.code
    return None


def _match(work: Work, organisation: Organisation) -> Match:
    kind = work.catalog.organisation_kind(organisation.kind)
    names = kind.registry_names if organisation.id else None
    return match_organisation(work.session, organisation.inn, kinds=names, kpp=organisation.kpp or None)


def change(work: Work, organisation: Organisation, values: Mapping[str, object]) -> Organisation:
    """Write fields of the card. Raises Conflict for an unknown field, BadIdentifier or ValueError for a bad value."""
    for name, value in values.items():
        if name not in EDITABLE:
            raise Conflict(f"У карточки организации нет поля «{name}». Есть: {', '.join(EDITABLE)}.")
        setattr(organisation, name, _checked(work, name, value))
    organisation.fold = fold(f"{organisation.full_name} {organisation.short_name}")
    work.session.add(organisation)
    work.session.flush()
    audit.record(work, "organisation.changed", f"organisation:{organisation.id}", fields=sorted(values))
    return organisation


def problems(work: Work, organisation: Organisation, values: Mapping[str, object]) -> dict[str, str]:
    """What is wrong with values for the card, by field, all at once; nothing is written."""
    found = {}
    for name, value in values.items():
        try:
            _checked(work, name, value)
        except ValueError as wrong:
            found[name] = str(wrong)
    if (
        "kpp" in values
        and "kpp" not in found
        and _is_taken(work, organisation, str(_checked(work, "kpp", values["kpp"])))
    ):
        found["kpp"] = "Карточка с этими ИНН и КПП уже есть. Откройте её или проверьте КПП."
    return found


def _is_taken(work: Work, organisation: Organisation, kpp: str) -> bool:
    """Everywhere: a user who sees only his organisations may not make a second one of another's."""
    query = select(col(Organisation.id)).where(
        col(Organisation.inn) == organisation.inn, col(Organisation.kpp) == kpp, col(Organisation.id) != organisation.id
    )
    return work.session.execute(query.limit(1), execution_options=EVERYWHERE).first() is not None


def fingerprint(organisation: Organisation) -> str:
    """Changes with every editable field, so that a form over an old card is noticed."""
    told = repr([getattr(organisation, name) for name in EDITABLE])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _checked(work: Work, name: str, value: object) -> object:
    if value in ("", None):
        if name in ("kind", "time_zone"):
            raise BadIdentifier("Пустым не бывает: выберите из списка.")
        return False if name == "sole_proprietor" else "" if name in _TEXTS else None
    if name in _NUMBERS:
        return _NUMBERS[name](value)
    if name == "officer_email" and (problem := email_problem(str(value))):
        raise BadIdentifier(problem)
    if name == "time_zone":
        _known_zone(str(value))
    if name == "branch" and isinstance(value, Mapping):
        return _checked_branch(value)
    if name in _CHOICES:
        return _choice(name, str(value))
    if name == "subject":
        subject = find_subject(str(value))
        if subject is None:
            raise BadIdentifier(f"Субъект РФ «{value}» не найден. Напишите, например, «Москва» или код 77.")
        return subject.code
    if name in ("authority", "subordination"):
        entries = (
            work.catalog.organisations.authorities if name == "authority" else work.catalog.organisations.subordinations
        )
        if value not in {entry.code for entry in entries}:
            known = ", ".join(f"{entry.code} ({entry.label})" for entry in entries)
            raise BadIdentifier(f"Значение «{value}» не подходит. Есть: {known}.")
    if name == "kind":
        codes = [kind.code for kind in work.catalog.organisations.kinds]
        if value not in codes:
            raise BadIdentifier(f"Тип организации «{value}» неизвестен. Есть: {', '.join(codes)}.")
    return tidy(value) if isinstance(value, str) else value


def _known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadIdentifier(f"Часового пояса «{name}» нет. Пример: Asia/Yekaterinburg.") from None


def _checked_branch(value: Mapping[str, object]) -> dict[str, object]:
    """Head's numbers as any others (ORG-11)."""
    checked = dict(value)
    if not value.get("head_inn"):
        raise BadIdentifier("У филиала впишите ИНН головной организации.")
    checked["head_inn"] = inn_digits(value["head_inn"])
    if value.get("head_kpp"):
        checked["head_kpp"] = kpp_code(value["head_kpp"])
    return checked


def _choice(name: str, value: str) -> object:
    try:
        return _CHOICES[name](value)
    except ValueError:
        known = ", ".join(member.value for member in _CHOICES[name])
        raise BadIdentifier(f"Значение «{value}» не подходит. Возможны: {known}.") from None


def findings(work: Work, organisation: Organisation) -> list[Finding]:
    """What an application for access would say of this card (register section 1)."""
    for kind in work.catalog.kinds.values():
        if kind.organisation_rules and kind.people and kind.applicant == "organisation":
            facts = RequestFacts(kind.code, facts_of(work, organisation))
            return [sourced(finding) for finding in rules_of_cards.check(facts, work.catalog)]
    return []


def registry_of(work: Work, organisation: Organisation) -> RegistryStatus:
    """What the refbook says of it today (ORG-1, ORG-2)."""
    return _match(work, organisation).status


def facts_of(work: Work, organisation: Organisation) -> OrganisationFacts:
    """The card as rules judge it, with what the refbook says today (ORG-1, ORG-2, ORG-11)."""
    match = _match(work, organisation)
    branch = BranchFacts(**organisation.branch) if organisation.branch else None  # type: ignore[arg-type]
    if branch is not None and branch.head_registered is None:
        head = match_organisation(work.session, branch.head_inn, kinds=None, kpp=None)
        known = head.status is not RegistryStatus.UNKNOWN
        branch = replace(branch, head_registered=head.status is RegistryStatus.FOUND if known else None)
    return OrganisationFacts(
        inn=organisation.inn,
        kpp=organisation.kpp or None,
        ogrn=organisation.ogrn or None,
        oid=organisation.oid or None,
        full_name=organisation.full_name,
        short_name=organisation.short_name,
        kind=organisation.kind,
        authority=organisation.authority,
        sole_proprietor=organisation.sole_proprietor,
        subject=organisation.subject,
        subject_name=subject_name(organisation.subject) if organisation.subject else "",
        address=organisation.address,
        head_name=organisation.head_name,
        head_post=organisation.head_post,
        seal=organisation.seal,
        licence=organisation.licence,
        branch=branch,
        education=EducationFacts(**organisation.education) if organisation.education else None,  # type: ignore[arg-type]
        registry=match.status,
        route=organisation.route,
        subordination=organisation.subordination or "",
    )
