"""What a step brings along."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from web.api.schemas.common import In, Word, Words


class AnswerIn(In):
    """Ответ о работнике: обо всех его ролях сразу."""

    line: int = Field(description="Номер строки (id)")
    outcome: Literal["granted", "rejected"]
    reason: Words = Field(default="", description="Причина отказа")
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ, если день назван")


class PairIn(In):
    """Ответ об одной роли одного работника; он важнее ответа о работнике."""

    line: int | None = Field(default=None, description="Номер строки (id); или snils")
    snils: Word = Field(default="", description="СНИЛС работника вместо номера строки", examples=["112-233-445 95"])
    subsystem: Word = Field(default="", description="Код или название подсистемы")
    role: Word = Field(default="", description="Код или название роли; пусто – все роли подсистемы")
    outcome: Literal["granted", "rejected"]
    reason: Words = Field(default="", description="Причина отказа")
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ, если день назван")


class SignatureIn(In):
    """Подпись на бумаге, скан которой уже приложен."""

    capacity: Word = "head"
    body: Word = ""
    name: Word = ""
    post: Word = ""
    signed_on: dt.date | None = None
    attorney_number: Word = ""
    attorney_date: dt.date | None = None
    attorney_until: dt.date | None = None
    seal: Literal["yes", "no"] | None = Field(default=None, description="Есть ли на скане печать")
    readable: bool = Field(default=False, description="Подпись и печать видны чётко")


class StepIn(In):
    """Данные шага. Какие нужны, сказано в `steps` заявки."""

    revision: int | None = Field(default=None, description="Номер правки, который вы видели; или заголовок If-Match")
    ticket: Word = Field(default="", description="Номер обращения или регистрационный номер")
    registered_on: dt.date | None = Field(default=None, description="Дата регистрации у получателя")
    outcome: Word = Field(default="", description="Код того, что получено")
    question: Words = Field(default="", description="О чём спрашивает СТП")
    text: Words = Field(default="", description="Ответ, который уйдёт в СТП")
    reason: Words = Field(default="", description="Причина отказа или возврата письма")
    ground: Words = Field(
        default="",
        description="На чём основан ответ: кто, когда и как его сообщил, не короче 10 знаков",
        examples=["Звонок СТП 23 ноября, оператор Петрова"],
    )
    ground_letter: int | None = Field(
        default=None, description="Или номер пришедшего письма; файл – в форме, ground_file"
    )
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ тем, у кого свой день не назван")
    confirm_address: bool = Field(default=False, description="Подтверждаю адрес СТП при первой отправке")
    answers: list[AnswerIn] = Field(default=[], max_length=2000, description="Ответ о каждом работнике")
    pairs: list[PairIn] = Field(
        default=[], max_length=5000, description="Ответ о роли работника, где роли решены по-разному"
    )
    signature: SignatureIn | None = None
    by_hand: bool = Field(default=False, description="Коды на скане не читаются, но это страницы этой версии")
