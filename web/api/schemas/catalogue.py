"""What the API tells of the catalogue."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field


class _Entry(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CatalogRole(_Entry):
    code: str
    label: str
    level: str
    valid_from: dt.date | None
    valid_until: dt.date | None


class SubsystemOut(_Entry):
    """Подсистема ЕГИСЗ."""

    code: str
    name: str
    full_name: str
    link: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    roles: list[CatalogRole]


class KindBrief(_Entry):
    """Вид заявки коротко."""

    code: str
    title: str
    short_title: str
    subsystems: list[str]
    people: bool = Field(description="В заявке есть работники")
    signature: bool = Field(description="Нужен подписанный скан")
    to_desk: bool = Field(description="Идёт в СТП ЕГИСЗ")
    valid_from: dt.date | None
    valid_until: dt.date | None


class KindChoice(_Entry):
    value: str
    label: str


class KindFieldOut(_Entry):
    code: str
    label: str
    type: str
    required: bool
    help: str
    example: str
    choices: list[KindChoice]
    holds: str = Field(description="patient – данные пациента, staff – о работниках, facts – остальное")
    rule: str


class KindAttachmentOut(_Entry):
    code: str
    title: str
    media_types: list[str]
    max_megabytes: int
    max_pages: int | None
    required: bool
    sent: bool = Field(description="Уходит с заявкой; false – остаётся в доме")
    help: str
    rule: str


class KindConfirmation(_Entry):
    code: str
    label: str
    rule: str


class KindOutcome(_Entry):
    code: str
    label: str
    next: str
    rule: str


class KindOut(KindBrief):
    """Вид заявки."""

    about: str
    line_fields: list[str] = Field(description="Что нужно знать о работнике")
    first_login: bool = Field(description="До отправки нужен первый вход работника")
    desk_hours: int = Field(description="За сколько рабочих часов отвечает СТП")
    answer_days: int | None = Field(description="За сколько дней отвечает другой получатель")
    fields: list[KindFieldOut]
    attachments: list[KindAttachmentOut]
    confirmations: list[KindConfirmation]
    outcomes: list[KindOutcome]
    source: str


class RuleOut(_Entry):
    """Правило."""

    id: str
    title: str
    source: str
