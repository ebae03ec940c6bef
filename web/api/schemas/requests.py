"""A request as it is told."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from models.request import LineState, Status
from models.row_numbers import LARGEST
from web.api.schemas.common import FindingOut, In, Out


class OrganisationBrief(Out):
    id: int
    inn: str = Field(examples=["7707083893"])
    kpp: str
    name: str = Field(description="Краткое название, а если его нет – полное")


class RequestBrief(Out):
    """Заявка в списке."""

    id: int
    number: str = Field(examples=["ЕД-2026-000012"])
    url: str = Field(description="Страница заявки для человека")
    kind: str = Field(description="Код вида заявки, см. `/catalog/kinds`")
    state: Status
    state_label: str = Field(examples=["ждёт ответа"])
    state_since: dt.datetime
    version: int = Field(description="Растёт, когда заявку правят: бумаги прежней версии недействительны")
    revision: int = Field(description="Растёт с каждым шагом и правкой; передавайте её в шаг")
    organisation: OrganisationBrief
    ticket: str | None = Field(description="Номер обращения в СТП или регистрационный номер")
    deadline: dt.datetime | None = Field(description="До какого времени ждём ответ")
    deadline_warnings: list[str] = Field(description="Чем срок не точен: на какой год нет производственного календаря")
    overdue: bool


class RequestSearchIn(In):
    """Слова передают в теле: в адресах имён не бывает."""

    text: str = Field(
        default="", max_length=200, description="Номер, обращение или организация. Работников ищут в `/people/search`"
    )
    state: Status | None = Field(default=None, description="Состояние")
    organisation: str = Field(default="", max_length=12, description="ИНН организации")
    overdue: bool = Field(default=False, description="Только с истёкшим сроком ответа")
    after: int = Field(default=0, ge=0, le=LARGEST, description="`next` предыдущей страницы")
    limit: int = Field(default=50, ge=1, le=200)


class RequestPage(Out):
    items: list[RequestBrief]
    next: int | None = Field(description="Передайте в `after`, чтобы получить следующие; null – больше нет")


class FieldOut(Out):
    code: str
    label: str
    value: str = Field(description="Данные пациента скрыты; их показывает `revealPatients`")
    patient: bool = Field(description="Данные пациента")


class AttachmentOut(Out):
    code: str
    name: str
    media_type: str
    size: int
    pages: int | None
    unread: list[str] = Field(description="Что в файле программа прочитать не может")
    looked_by: str = Field(description="Кто подтвердил, что посмотрел такой файл и данных пациентов в нём нет")
    looked_at: dt.datetime | None


class OutcomeOut(Out):
    code: str
    label: str
    next: str


class RoleOut(Out):
    """Запрошенная роль и чем для неё кончилось. У вида без ролей – одна запись с пустыми кодами."""

    subsystem: str
    role: str
    label: str
    state: LineState
    reason: str | None = Field(description="Причина отказа")
    quote: str | None = Field(description="Предложение ответа, которым это решено; чужие СНИЛС скрыты")
    ground: str | None = Field(description="На чём основан ответ, записанный человеком")
    letter: int | None = Field(description="Номер письма, которым это решено")
    until: dt.date | None = Field(description="До какого дня дан доступ, если день назван в ответе")
    asked_until: dt.date | None = Field(description="До какого дня доступ просили, если на срок")


class LineOut(Out):
    """Строка заявки: работник и чем для него кончилось."""

    id: int
    row: int
    person_id: int | None = Field(description="Номер работника; null, пока СНИЛС неверен")
    person: str
    roles: list[RoleOut]
    role_labels: list[str]
    state: LineState = Field(description="Итог строки по её ролям")
    state_label: str
    reason: str | None = Field(description="Причины отказа по ролям строки, каждая один раз")
    first_login_on: dt.datetime | None
    verified_at: dt.datetime | None


class FileOut(Out):
    id: int
    purpose: str
    label: str
    name: str
    media_type: str
    size: int
    sha256: str
    version: int
    current: bool = Field(description="Относится к нынешней версии и не заменён")
    added_at: dt.datetime


class LetterOut(Out):
    id: int
    direction: Literal["in", "out"]
    purpose: str
    state: str
    state_label: str
    at: dt.datetime
    subject: str
    problem: str | None


class EventOut(Out):
    at: dt.datetime
    what: str
    by: str


class AskedOut(Out):
    """Что спрашивает шаг."""

    name: str = Field(description="Поле тела запроса")
    required: bool
    about: str
    values: list[str] | None = Field(default=None, description="Возможные значения")


class StepOut(Out):
    trigger: str = Field(examples=["validate"])
    label: str
    confirm: str = Field(description="Что произойдёт вне дома, например уйдёт письмо")
    asks: list[AskedOut]


class RequestOut(RequestBrief):
    """Заявка целиком."""

    kind_title: str
    channel: str
    question: str | None = Field(description="Вопрос СТП, на который ещё не ответили")
    fields: list[FieldOut]
    attachments: list[AttachmentOut]
    outcome: OutcomeOut | None
    lines: list[LineOut]
    files: list[FileOut]
    letters: list[LetterOut]
    held: str | None = Field(description="Почему письма ждут и как их отпустить: адрес СТП ещё не подтверждён")
    findings: list[FindingOut] = Field(description="Что мешает перейти дальше")
    steps: list[StepOut] = Field(description="Какие шаги можно сделать и что они спрашивают")
    timeline: list[EventOut]
    related: list[int] = Field(description="Номера связанных заявок")


class UnreadOut(Out):
    sheet: str = Field(description="Лист; пусто, если он один")
    row: int = Field(description="Строка, как считает Excel")
    why: str = Field(description="filtered, hidden, other-sheet, hidden-sheet, outside, doubtful")


class RosterOut(Out):
    """Что взято из списка."""

    count: str = Field(examples=["прочитано 12 из 14 строк с людьми"])
    read: int
    people: int = Field(description="Строк с людьми в файле")
    unread: list[UnreadOut]
    others: list[int] = Field(description="Черновики других организаций из списка")
    request: RequestOut


class CommentOut(Out):
    id: int
    at: dt.datetime
    by: str
    text: str = Field(description="Пусто у убранного")
    removed: bool


class Checked(Out):
    """Что скажет проверка."""

    ok: bool = Field(description="Ошибок нет: шаг пройдёт")
    state: Status
    revision: int
    findings: list[FindingOut]
