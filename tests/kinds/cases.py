"""For every kind of the catalogue a request that breaks nothing, as a person would give it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from actions.cards import organisations
from actions.context import Work
from actions.requests import attachments, creation
from demo import people
from models.facts import LineFacts, RoleRef, SignatureFacts
from models.request import AccessRequest
from tests.kinds import files

CARD: dict[str, Any] = {
    "full_name": people.FULL_NAME, "short_name": people.SHORT_NAME, "subject": "77", "kpp": people.KPP,
    "head_name": people.HEAD_NAME, "head_post": people.HEAD_POST, "seal": "seal", "licence": "held",
    "subordination": "health", "officer_email": "officer@clinic.example",
}  # fmt: skip
REGION = {"kind": "health-administration", "authority": "regional", "licence": None}
SCHOOL = {
    "kind": "educational", "licence": None, "subordination": "",
    "education": {"licence": True, "teaches_medicine": True, "level": "professional"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """`roles` are (subsystem, role); `files` attachment code to (name, bytes); `outcome` what an answer brings."""

    card: dict[str, Any] = field(default_factory=dict)
    roles: tuple[tuple[str, str], ...] = ()
    people: int = 0
    line: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    signer: dict[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    late_files: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def but(self, **changes: Any) -> Case:
        """The same with other values: dictionaries are laid over, everything else replaced."""
        merged = {
            name: {key: part for key, part in {**getattr(self, name), **value}.items() if part is not DROP}
            if isinstance(value, dict)
            else value
            for name, value in changes.items()
        }
        return replace(self, **merged)


DROP = object()


def lines(case: Case) -> list[LineFacts]:
    return [
        LineFacts(
            **{
                "snils": people.bare_snils(person),
                "surname": person.surname,
                "given": person.given,
                "patronymic": person.patronymic,
                "email": person.email,
                "post": person.post,
                "unit": "hr",
                "roles": tuple(RoleRef(*pair) for pair in case.roles),
                "esia_confirmed": True,
                "email_is_esia": True,
                "first_login_on": dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
                "row": number,
                **case.line,
            }
        )
        for number, person in enumerate(people.EMPLOYEES[: case.people], 1)
    ]


def card_of(work: Work, case: Case) -> int:
    card = organisations.card(work, people.INN)
    organisations.change(work, card, {**CARD, **case.card})
    assert card.id is not None
    return card.id


def drafted(work: Work, kind: str, case: Case) -> AccessRequest:
    """The draft with everything attached."""
    planned = SignatureFacts(**case.signer) if case.signer else None
    request = creation.create(
        work, kind=kind, organisation_id=card_of(work, case), lines=lines(case), fields=case.fields, signer=planned
    )
    for code, (name, data) in case.files.items():
        attachments.attach(work, request, code, name, data)
    return request


def _access(subsystem: str, *roles: str, **more: Any) -> Case:
    return Case(roles=tuple((subsystem, role) for role in roles or ("institution-user",)), people=2, **more)


PDF = ("Приказ.pdf", files.pdf("Order"))
OUZ = {"capacity": "head", "body": "regional-authority", "name": "Громов Павел Ильич", "post": "Министр"}
DEPUTY = {**OUZ, "capacity": "deputy", "post": "Заместитель министра"}
OWN = {"capacity": "head", "name": people.HEAD_NAME, "post": people.HEAD_POST}
_RECORDS = {
    "action": "change", "records": "77-0012345\n77-0012346", "description": "Исправить дату взятия на учёт.",
    "reason": "Ошибка при вводе.",
}  # fmt: skip
_PERSON = {"birth-date": "14.05.1985", "identity-document": "паспорт 45 08 123456, выдан 01.02.2010"}

CASES: dict[str, Case] = {
    "frmo-access": Case(roles=(("frmo", "organisation"),), people=2),
    "frmr-access": Case(roles=(("frmr", "organisation"),), people=2),
    "frmo-frmr-access": Case(roles=(("frmo", "organisation"), ("frmr", "organisation")), people=2),
    "frmo-add-organisation": Case(),
    "students-access": Case(card=SCHOOL, roles=(("students", "education"),), people=2),
    "iemk-access": _access("iemk"),
    "iemk-delete-semd": Case(
        fields={"records": "СЭМД «Эпикриз» от 12.10.2026", "reason": "Документ отправлен дважды."},
        files={"correction-act": ("Акт.pdf", files.pdf("Act"))}, signer=DEPUTY,
    ),
    "iemk-answer-error": Case(fields={"message-id": "6f1c1b9e-0c61-4f5e-9a0e-3f1f5b0f9a11"}),
    "remd-access": _access("remd"),
    "remd-delete-emd": Case(
        fields={"records": "ЭМД «Протокол» от 12.10.2026", "reason": "Документ отправлен не тому пациенту."},
        files={"correction-act": ("Акт.docx", files.docx("Акт о корректировке сведений"))}, signer=DEPUTY,
    ),
    "remd-answer-error": Case(files={"request-sample": ("запрос.xml", b"<?xml version='1.0'?><request/>")}),
    "sip-reports-iemk": _access("sip", "report-user"),
    "sip-reports-remd": _access("sip", "report-user"),
    "dsp-access": _access("dsp"),
    "dsp-reorganisation": Case(
        fields={"order-number": "15-од", "order-date": "2026-10-01", "changes": "Присоединена поликлиника № 2."},
        files={"order": PDF}, signer=OUZ,
    ),
    "dsp-renaming": Case(
        fields={"old-name": "ГКБ № 1", "new-name": "ГКБ имени Пирогова", "order-number": "16", "order-date": "01.10.2026"},
        files={"order": ("Приказ.jpg", files.picture("JPEG"))}, signer=OWN,
    ),
    "dsp-lift-limit": Case(fields={"reason": "Карты за первый квартал вводились на бумаге."}, signer=OUZ),
    "dsp-update-doctors": Case(people=2, line={"confirmed": ("gives-conclusions", "open-record"), "email": ""}),
    "dsp-inpatient": Case(fields={"action": "add", "institution": "Областной дом ребёнка"}),
    "dsp-add-educational": Case(
        fields={"full-name": "Школа № 5", "institution-subject": "Тверская область", "address": "Тверь, ул. Мира, 1"}
    ),
    "vmp-add-organisation": _access(
        "vmp",
        fields={
            "organisation-type": "взрослое", "oid": "1.2.643.5.1.13.13.12.2.77.7809", "within-oms": "нет",
            "sections": "Раздел 1, профиль Абдоминальная хирургия, группы 1, 2",
        },
        files={"licence": ("Лицензия.pdf", files.pdf("Licence"))},
    ),
    "vmp-tie-user": _access(
        "vmp", fields={"login": "orlova", "contact-phone": "+7 495 123-45-67", "contact-email": "it@clinic.example"}
    ).but(people=1),
    "skl-access": _access("skl", fields={"organisation-class": "referring"}, signer=OUZ),
    "skl-official": Case(
        fields={
            "organisation-class": "sanatorium", "action": "add", "official-name": "Зайцева Нина Олеговна",
            "official-post": "главная медсестра", "official-phone": "8 (495) 123-45-67", "official-email": "z@clinic.example",
        },
        signer=OWN,
    ),
    "skl-voucher-dates": Case(
        fields={
            "patient-name": "Козлов Степан Егорович", "voucher": "АБ 123456", "arrival": "2026-12-01",
            "reason": "Рейс отменён.",
        },
        signer=OWN,
    ),
    "skl-insurer": Case(
        fields={
            "organisation-class": "ministry", "insurer-full": "АО «Страховая компания»", "insurer-short": "СК",
            "insurer-subject": "Москва", "insurer-code": "77001",
        },
        card={"kind": "health-administration", "authority": "ministry", "licence": None},
        signer={**OWN, "body": "ministry-department", "post": "Директор департамента"},
    ),
    "skl-tie-patient": Case(
        fields={
            "organisation-class": "referring", "patient-name": "Козлов Степан Егорович", "patient-snils": "112-233-445 95",
            "patient-birth-date": "01.02.1960", "initiator-name": "Зайцева Нина Олеговна",
            "initiator-contacts": "8 495 123-45-67", "institution-subject": "Московская область",
            "institution": "Санаторий «Сосны»", "ground": "Пациент прошёл лечение в этой организации.",
        },
        signer=OUZ,
    ),
    "orphan-access": _access("orphan", "authority-user", card=REGION),
    "hiv-access": _access("hiv", "institution-user", signer=OUZ),
    "hiv-change-records": Case(fields=_RECORDS, signer=OUZ),
    "hiv-missing-drug": Case(
        card={"subordination": "fmba"}, fields={"mnn": "Ламивудин", "form": "таблетки", "dosage": "150 мг"},
        signer={**OUZ, "body": "fmba-centre", "post": "Главный врач центра"},
    ),
    "tub-access": _access("tub"),
    "tub-change-records": Case(
        fields=_RECORDS, files={"details": ("Подробности.docx", files.docx("Запись 77-0012345: дата 12.10.2026"))}
    ),
    "noz-access": _access("noz"),
    "noz-change-records": Case(fields=_RECORDS),
    "ips-register": Case(
        fields={
            "contour": "test", "system-name": "МИС «Садовая»", "contact-name": "Зайцева Нина Олеговна",
            "contact": "8 495 123-45-67, it@clinic.example",
        },
        files={"certificate": ("mis.cer", files.certificate())},
    ),
    "ips-change-certificate": Case(
        fields={
            "contour": "production", "system-name": "МИС «Садовая»", "contact-name": "Зайцева Нина Олеговна",
            "contact": "8 495 123-45-67, it@clinic.example",
        },
        files={"certificate": ("mis.cer", files.gost_certificate())},
    ),
    "extract-gosuslugi": Case(
        people=1, fields={**_PERSON, "ground": "no-access", "phone": "+7 916 123-45-67"}, outcome="accredited",
        late_files={"excerpt-archive": ("Выписка.zip", files.excerpt())},
    ),
    "extract-centre": Case(
        people=1, fields={**_PERSON, "ground": "abroad", "staff": "mid-level", "postal-address": "170000, Тверь, ул. Мира, 1"},
        outcome="not-found",
    ),
    "trouble-report": Case(
        fields={"system": "Реестр организаций", "steps": "Открыл карточку, нажал «Сохранить», появилась ошибка 403."},
        files={"screenshot": ("Снимок.png", files.picture())},
    ),
    "revoke-roles": Case(
        roles=(("frmo", "organisation"), ("frmr", "organisation")), people=2, fields={"ground": "left", "last-day": "30.11.2026"}
    ),
}  # fmt: skip
