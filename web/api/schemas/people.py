"""Employees, and who holds what."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from web.api.schemas.common import In, Out, Word


class PersonBrief(Out):
    id: int
    name: str
    post: str


class HoldingOut(Out):
    subsystem: str
    role: str
    organisation: str
    since: dt.datetime
    until: dt.datetime | None = Field(description="Когда прекращена")
    ends_on: dt.date | None = Field(default=None, description="Последний день, если роль дана на срок")
    request: str | None = Field(description="Номер заявки, которая это доказывает; `null`: внесено со слов")
    source: str | None = Field(default=None, description="Со слов кого внесено, если заявки нет")
    verified: bool


class FormerNameOut(Out):
    """`until` – день, с которого имя другое; `null`: это была опечатка."""

    name: str
    until: dt.date | None
    ground: str


class PersonOut(PersonBrief):
    """Карточка работника в одной организации."""

    organisation: int = Field(description="Номер карточки организации")
    snils: str
    email: str
    former_names: list[FormerNameOut]
    esia_confirmed_on: dt.datetime | None
    first_login_on: dt.datetime | None
    requests: list[int]


class PersonChangeIn(In):
    """Что не названо, остаётся; пустое значение убирает."""

    email: Word | None = None
    post: Word | None = None
    unit: Literal["", "hr", "maintenance", "other"] | None = None


class RenameIn(In):
    """`since` – день, с которого имя другое; без него исправляется опечатка."""

    surname: Word
    given: Word
    patronymic: Word = ""
    since: dt.date | None = None
    ground: Word = Field(default="", description="Например, свидетельство о браке")


class HolderSearchIn(In):
    """ИНН предпринимателя называет человека, поэтому его передают в теле."""

    inn: str = Field(default="", max_length=12, description="ИНН организации")
    as_of: dt.date | None = Field(default=None, description="Дата, на конец дня по Москве; без неё – сейчас")
    known_on: dt.date | None = Field(
        default=None, description="По сведениям на конец этого дня; без неё – с учётом исправлений"
    )


class SearchIn(In):
    """Фамилию передают в теле: в адресах имён не бывает."""

    text: Word = Field(description="Начало фамилии (и имени), не меньше двух букв, или СНИЛС целиком")


class HolderOut(HoldingOut):
    person: str
    snils: str


class HoldersOut(Out):
    as_of: dt.datetime
    known_on: dt.datetime | None = None
    items: list[HolderOut]
