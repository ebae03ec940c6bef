"""Letters that wait for a person."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from actions.answers.inbox import DECISIONS
from web.api.schemas.common import In, Out, Word, Words
from web.api.schemas.steps import AnswerIn, PairIn


class AttachedOut(Out):
    """Файл в письме."""

    place: int = Field(description="Номер вложения, считая с 0")
    name: str
    media_type: str = Field(description="По содержимому, если оно узнано")
    size: int
    text: str = Field(description="Прочитанный текст, у больших файлов – начало")
    whole: bool = Field(description="Прочитано всё, что в файле написано")
    problem: str = Field(description="Почему прочитано не всё")


class TriageOut(Out):
    """Письмо, которое ждёт человека."""

    id: int
    received_at: dt.datetime
    sender: str
    subject: str
    request: int | None
    read_as: str
    outcome: str
    ticket: str
    evidence: list[str]
    suggestion: str = Field(description="Решение, на которое похоже письмо; пусто, если неясно")
    problem: str | None
    settled: bool
    brought_by: str | None = Field(
        description="Кто принёс письмо вручную (когда – received_at); пусто у пришедших по почте"
    )
    doubts: list[str] = Field(description="Почему программа не решила сама и чего не смогла прочесть")
    attachments: list[AttachedOut]


class TakenOut(TriageOut):
    """Письмо, принесённое файлом."""

    already: bool = Field(description="Это письмо уже было в программе, ничего не записано")


class SettleIn(In):
    decision: Literal["acknowledge", "grant", "reject", "partial", "ask", "bounce", "note"]
    request: int | None = Field(default=None, description="Заявка, если письмо к ней не привязалось само")
    ticket: Word = ""
    answers: list[AnswerIn] = Field(default=[], max_length=2000, description="Для partial: ответ о каждом работнике")
    pairs: list[PairIn] = Field(default=[], max_length=5000, description="Для partial: ответ о роли работника")
    text: Words = Field(default="", description="Причина или слова письма")


assert set(DECISIONS) == set(SettleIn.model_fields["decision"].annotation.__args__)  # type: ignore[union-attr]
