"""What a draft is made of."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from actions.requests.clashes import Said
from web.api.schemas.common import In, Word, Words


class RoleIn(In):
    subsystem: str = Field(description="Код подсистемы", max_length=100)
    role: str = Field(description="Код роли", max_length=100)


class PersonIn(In):
    """Работник. Неверное не теряется: что не так, скажет проверка."""

    snils: Word = Field(description="СНИЛС", examples=["112-233-445 95"])
    surname: Word = Field(examples=["Иванова"])
    given: Word = Field(examples=["Анна"])
    patronymic: Word = Field(default="", examples=["Петровна"])
    email: Word = Field(default="", examples=["ivanova@clinic.example"])
    post: Word = Field(default="", description="Должность")
    unit: Word | None = Field(default=None, description="Подразделение: hr, maintenance или другое")
    roles: list[RoleIn] | None = Field(default=None, max_length=50, description="Без него – обычные роли вида заявки")
    email_is_esia: bool | None = Field(default=None, description="Это почта из Госуслуг")
    esia_confirmed: bool | None = Field(default=None, description="Учётная запись Госуслуг подтверждена")
    first_login_on: dt.date | None = Field(default=None, description="Когда был первый вход в подсистему")
    own_card: bool | None = Field(default=None, description="Доступ нужен только ради своей карточки")
    confirmed: list[Word] = Field(default=[], max_length=20, description="Подтверждения вида, см. `/catalog/kinds`")
    until: dt.date | None = Field(default=None, description="До какого дня нужны роли, если на срок")


class SignerIn(In):
    """Кто подпишет."""

    capacity: Word = Field(
        default="head", description="head, acting-head, deputy, sole-proprietor, attorney, representative"
    )
    body: Word = Field(default="", description="Чей представитель: own, regional-authority …")
    seal_of: Word = Field(default="", description="Чья печать; по умолчанию того же органа")
    name: Word = ""
    post: Word = ""


class RequestIn(In):
    """Новый черновик."""

    kind: Word = Field(description="Код вида заявки, см. `/catalog/kinds`")
    inn: Word = Field(description="ИНН организации", examples=["7707083893"])
    kpp: Word | None = Field(default=None, description="КПП, если с этим ИНН несколько карточек")
    fields: dict[str, Words] = Field(default={}, description="Сведения вида: код поля – значение")
    people: list[PersonIn] = Field(default=[], max_length=2000)
    signer: SignerIn | None = None


class PeopleIn(In):
    people: list[PersonIn] = Field(max_length=2000)


class FieldsIn(In):
    fields: dict[str, Words] = Field(description="Код поля – значение; пустое убирает", min_length=1)


class RevealIn(In):
    reason: Literal["check", "answer", "asked", "inspection"] = Field(
        description="Зачем: check – сверка перед отправкой, answer – разбор ответа СТП, asked – обращение пациента или врача, inspection – проверка"
    )


class ConfirmIn(In):
    what: Word = Field(description="Код подтверждения вида или esia-email")
    lines: list[int] = Field(default=[], description="Номера строк (id); пусто – обо всех")


class LookIn(In):
    files: list[int] = Field(default=[], description="Номера файлов (id); пусто – все, что ждут просмотра")


class LoginsIn(In):
    proven: bool = Field(description="true – вошёл и видит подсистемы; false – подтвердил Госуслуги и вошёл впервые")
    lines: list[int] = Field(default=[], description="Номера строк (id); пусто – все, от кого этого ждут")


class CommentIn(In):
    text: Words = Field(min_length=1)


class IdentityIn(In):
    said: Said = Field(
        description="checked – номер проверен по документу, имя верное; renamed – у того же человека другое имя; "
        "corrected – опечатка была в карточке"
    )
    since: dt.date | None = Field(default=None, description="Для renamed: с какого дня имя другое")
    ground: Word = ""
