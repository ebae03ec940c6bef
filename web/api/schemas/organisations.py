"""Organisations and what became of them."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from models.request import Status
from models.row_numbers import LARGEST
from web.api.schemas.common import In, Out, Word
from web.api.schemas.requests import OrganisationBrief


class OrganisationOut(OrganisationBrief):
    """Карточка организации."""

    ogrn: str
    oid: str
    full_name: str
    short_name: str
    kind: str
    authority: str | None
    sole_proprietor: bool
    subject: str | None = Field(description="Субъект РФ, код")
    address: str
    time_zone: str
    head_name: str
    head_post: str
    seal: str | None
    licence: str | None
    route: str | None
    subordination: str
    registry: str = Field(
        description="Что говорит справочник ФРНСИ: found, absent, wrong-kind, deleted, ambiguous, unknown"
    )


class OrganisationSearchIn(In):
    """Слова передают в теле: в адресах имён не бывает."""

    text: str = Field(default="", max_length=200, description="Слова названия")
    inn: str = Field(default="", max_length=12, description="ИНН")
    after: int = Field(default=0, ge=0, le=LARGEST, description="`next` предыдущей страницы")
    limit: int = Field(default=100, ge=1, le=500)


class OrganisationPage(Out):
    items: list[OrganisationBrief]
    next: int | None


class OrganisationRenameIn(In):
    """Названные поля меняются с этого дня, остальные остаются."""

    full_name: Word | None = None
    short_name: Word | None = None
    inn: Word | None = None
    kpp: Word | None = None
    ogrn: Word | None = None
    oid: Word | None = None
    since: dt.date = Field(description="С какого дня")
    ground: Word = Field(description="Основание", examples=["лист записи ЕГРЮЛ от 20.11.2026 № 5"])


class OrganisationMoveIn(In):
    target: int = Field(description="Номер карточки, в которую переходят роли и заявки")
    since: dt.date = Field(description="С какого дня")
    ground: Word = Field(description="Основание", examples=["лист записи ЕГРЮЛ от 20.11.2026 № 5"])


class StaleRequestOut(Out):
    id: int
    number: str
    status: Status


class OrganisationChangeOut(Out):
    """Записанное переименование или переход. `letter` – проект письма в СТП, сам он никуда не уходит."""

    id: int
    since: dt.date
    before: dict[str, str]
    after: dict[str, str]
    successor: int | None = Field(description="Номер карточки, в которую всё перешло")
    roles: int
    requests: int
    ground: str
    recorded_at: dt.datetime
    recorded_by: str
    withdrawn_at: dt.datetime | None = Field(description="Когда записано, что изменения не было")
    withdrawn_reason: str | None
    letter: str
    on_paper: list[StaleRequestOut] = Field(
        default=[], description="Заявки, чьи документы называют прежнюю организацию"
    )


class OrganisationIn(In):
    inn: Word = Field(examples=["7707083893"])
