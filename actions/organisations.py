"""Organisation cards, filled in from the refbook where it knows the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from actions import audit
from actions.context import Conflict, NotFound, Work
from catalog.subjects import find_subject, subject_name
from models.facts import BranchFacts, EducationFacts, Licence, OrganisationFacts, RegistryStatus, Route, SealPolicy
from models.identifiers import BadIdentifier, inn_digits, kpp_code, ogrn_digits
from models.organisation import Organisation
from models.text import fold, tidy
from registry.store import Match, match_organisation

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


_TEXTS = ("kpp", "ogrn", "oid", "full_name", "short_name", "address", "subordination", "head_name", "head_post", "officer_email")


def find(work: Work, inn: str, kpp: str | None = None) -> Organisation | None:
    query = select(Organisation).where(col(Organisation.inn) == inn)
    if kpp:
        query = query.where(col(Organisation.kpp) == kpp)
    return work.session.execute(query.order_by(col(Organisation.id)).limit(1)).scalar_one_or_none()


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
    organisation = Organisation(inn=digits, sole_proprietor=len(digits) == 12)
    _fill_from_refbook(work, organisation)
    work.session.add(organisation)
    work.session.flush()
    audit.record(work, "organisation.added", f"organisation:{organisation.id}", inn=digits)
    return organisation


def _fill_from_refbook(work: Work, organisation: Organisation) -> None:
    record = _match(work, organisation).record
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


def _checked(work: Work, name: str, value: object) -> object:
    if value in ("", None):
        return "" if name in _TEXTS else None
    if name in _NUMBERS:
        return _NUMBERS[name](value)
    if name in _CHOICES:
        return _choice(name, str(value))
    if name == "subject":
        subject = find_subject(str(value))
        if subject is None:
            raise BadIdentifier(f"Субъект РФ «{value}» не найден. Напишите, например, «Москва» или код 77.")
        return subject.code
    if name in ("authority", "subordination"):
        entries = work.catalog.organisations.authorities if name == "authority" else work.catalog.organisations.subordinations
        if value not in {entry.code for entry in entries}:
            known = ", ".join(f"{entry.code} ({entry.label})" for entry in entries)
            raise BadIdentifier(f"Значение «{value}» не подходит. Есть: {known}.")
    if name == "kind":
        codes = [kind.code for kind in work.catalog.organisations.kinds]
        if value not in codes:
            raise BadIdentifier(f"Тип организации «{value}» неизвестен. Есть: {', '.join(codes)}.")
    return tidy(value) if isinstance(value, str) else value


def _choice(name: str, value: str) -> object:
    try:
        return _CHOICES[name](value)
    except ValueError:
        known = ", ".join(member.value for member in _CHOICES[name])
        raise BadIdentifier(f"Значение «{value}» не подходит. Возможны: {known}.") from None


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
