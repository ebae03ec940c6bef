"""Putting right what was recorded wrongly."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from web.api.schemas.common import In, Out, Word, Words
from web.api.schemas.steps import AnswerIn, PairIn


class CorrectionIn(In):
    """Что исправить; не названное остаётся как есть."""

    kind: Literal["answer", "no-answer", "ticket", "login", "hand-over", "signature-date", "version", "since"] = Field(
        description="answer – ответ был другим; no-answer – ответа не было; ticket – номер обращения не тот; login – вход не "
        "подтверждён; hand-over – заявку не передавали; signature-date – дата подписи не та; version – подали снова из-за "
        "неверного отказа: вернуть прежнюю версию; since – доступ дали ещё по прежней версии"
    )
    why: Words = Field(description="Почему исправляете, не короче 10 знаков")
    preview: bool = Field(default=False, description="Только показать, что изменится")
    revision: int | None = Field(default=None, description="Номер правки, который вы видели; или заголовок If-Match")
    ticket: Word = Field(default="", description="Правильный номер обращения; пусто – номера нет")
    signed_on: dt.date | None = Field(default=None, description="Правильная дата подписи")
    version: int | None = Field(
        default=None, description="Какая прежняя версия; без него – последняя, которой отказали"
    )
    snils: list[Word] = Field(default_factory=list, description="Чей вход не подтверждён; пусто – всех")
    answers: list[AnswerIn] = Field(default_factory=list, description="Верные ответы о работниках")
    pairs: list[PairIn] = Field(default_factory=list, description="Верные ответы о ролях")
    reason: Words = Field(default="", description="Причина отказа тем, у кого своя не названа")
    until: dt.date | None = Field(default=None, description="До какого дня дан доступ")
    outcome: Word = Field(default="", description="Код того, что получено")
    ground: Words = Field(default="", description="На чём основан верный ответ, не короче 10 знаков")
    ground_letter: int | None = Field(default=None, description="Или номер пришедшего письма")


class WhyIn(In):
    why: Words = Field(description="Почему исправляете, не короче 10 знаков")
    preview: bool = Field(default=False, description="Только показать, что изменится")


class ChangeOut(Out):
    what: str
    before: str
    after: str


class CorrectionOut(Out):
    """`id` нет у того, что ещё не записано. `letters` – письма, которые ушли из-за ошибки."""

    id: int | None
    at: dt.datetime
    by: str
    kind: str
    subject: str
    why: str
    changes: list[ChangeOut]
    letters: list[int]


class CorrectionsOut(Out):
    possible: list[str] = Field(description="Что можно исправить сейчас")
    items: list[CorrectionOut]
