"""Synthetic organisations, people and papers."""

from __future__ import annotations

import datetime as dt

from catalog.layouts import layout
from documents.paper.paper import Employee, OrganisationText, Paper, PaperFacts, Signer, compose
from models.facts import SealPolicy

TODAY = dt.date(2026, 11, 23)
CLINIC = OrganisationText(
    full_name="Общество с ограниченной ответственностью «Клиника № 5»",
    short_name="ООО «Клиника № 5»",
    kind="медицинская организация",
    inn="7707083893",
    kpp="770701001",
    ogrn="1027700132195",
    subject="г. Москва",
    address="г. Москва, ул. Тестовая, д. 1",
    head_post="Главный врач",
    head_name="Иванов Иван Иванович",
    seal=SealPolicy.SEAL,
)
SOLE_PROPRIETOR = OrganisationText(
    full_name="Индивидуальный предприниматель Шевченко Пётр Аркадьевич",
    short_name="ИП Шевченко П. А.",
    inn="500100732259",
    ogrn="304500116000157",
    subject="Московская область",
    head_post="Индивидуальный предприниматель",
    head_name="Шевченко Пётр Аркадьевич",
    seal=SealPolicy.NO_SEAL,
)
LONG_NAME = (
    "Федеральное государственное бюджетное образовательное учреждение высшего образования «Национальный "
    "исследовательский медицинский университет имени академика Н. Н. Тестова» Министерства здравоохранения "
    "Российской Федерации, филиал в Ханты-Мансийском автономном округе – Югре"
)
_SNILS = ("112-233-445 95", "087-654-303 00", "412-402-212 00", "132-109-303 00", "944-620-062 00", "637-345-332 00")
_SURNAMES = ("Иванова", "Петров-Водкин", "Константинопольская-Задунайская", "Щёголев", "Ли")


def employees(count: int, organisation: OrganisationText = CLINIC) -> tuple[Employee, ...]:
    return tuple(
        Employee(
            surname=_SURNAMES[place % len(_SURNAMES)],
            given="Анна",
            patronymic="" if place % 7 == 3 else "Александровна",
            snils=_SNILS[place % len(_SNILS)],
            email=f"anna.ivanova-{place + 1}@clinic-example.ru",
            subject=organisation.subject,
            organisation=organisation.full_name,
            inn=organisation.inn,
            subsystem="ФРМО и ФРМР" if place % 2 else "ФРМО",
            role="Работник организации (ФРМО); Работник организации (ФРМР)" if place % 2 else "Работник организации",
        )
        for place in range(count)
    )


def facts(count: int = 2, organisation: OrganisationText = CLINIC, **changes: object) -> PaperFacts:
    given: dict[str, object] = {
        "request": 123,
        "number": "ЕД-2026-000123",
        "version": 1,
        "made_on": TODAY,
        "title": "Заявка на предоставление доступа к ФРМО и ФРМР",
        "organisation": organisation,
        "signer": Signer(organisation.head_post, organisation.head_name),
        "rows": employees(count, organisation),
        "subsystems": ("ФРМО", "ФРМР"),
        "desk_address": "desk@desk-example.ru",
        "reply_to": "kadry@clinic-example.ru",
    }
    return PaperFacts(**{**given, **changes})  # type: ignore[arg-type]


def application(count: int = 2, organisation: OrganisationText = CLINIC, **changes: object) -> Paper:
    return compose(layout("access"), facts(count, organisation, **changes))
