"""Words that pages use for codes of the database. Codes of the catalogue have their labels there."""

from __future__ import annotations

from actions.event_labels import EVENT_LABELS
from models.facts import Licence, RegistryStatus, SealPolicy
from models.letters import InboxState, OutboxState
from models.request import AccessRequest, LineState, Status
from states.guards import status_label
from states.lifecycle import STEPS, Trait

LINES = {
    LineState.OPEN: "ждёт",
    LineState.GRANTED: "доступ дан",
    LineState.REJECTED: "отказ",
    LineState.VERIFIED: "вход подтверждён",
    LineState.TROUBLE: "не получается войти",
    LineState.MOVED: "отказ, в новой заявке",
}
OUTBOX = {
    OutboxState.PROMISED: "в очереди",
    OutboxState.CLAIMED: "отправляется",
    OutboxState.SENDING: "отправляется",
    OutboxState.SENT: "отправлено",
    OutboxState.UNCERTAIN: "судьба неясна",
    OutboxState.FAILED: "не отправлено",
    OutboxState.CANCELLED: "отменено",
}
INBOX = {
    InboxState.STORED: "ещё не прочитано",
    InboxState.APPLIED: "применено",
    InboxState.NOTED: "принято к сведению",
    InboxState.TRIAGE: "ждёт человека",
    InboxState.SETTLED: "разобрано",
    InboxState.FAILED: "не удалось прочесть",
}
LETTERS = {
    "package": "Заявка в СТП",
    "reply": "Ответ на вопрос СТП",
    "follow-up": "Напоминание СТП",
    "first-login": "Просьба о первом входе",
    "login-check": "Просьба проверить вход",
    "nudge": "Напоминание работнику",
    "digest": "Сводка дел",
}
FILES = {
    "scan": "Подписанный скан",
    "scan-original": "Скан, как загружен",
    "application-docx": "Заявка, Word",
    "application-xlsx": "Заявка, Excel",
    "attorney": "Доверенность",
    "licence-draft": "Проект заявления о лицензии",
    "screenshot": "Снимок экрана",
    "answer-ground": "На чём основан ответ",
    "add-application-docx": "Заявка на добавление, Word",
    "add-application-xlsx": "Заявка на добавление, Excel",
    "authority-letter-docx": "Письмо тому, кто подписывает, Word",
    "cover-letter-docx": "Сопроводительное письмо, Word",
    "trouble-report-docx": "Обращение о неполадке, Word",
}
OUTCOMES = {
    "granted": "доступ предоставлен",
    "rejected": "отказ",
    "partial": "предоставлено не всё",
    "question": "вопрос",
    "unclear": "непонятно",
    "none": "решения нет",
}
READ_AS = {
    "acknowledgement": "обращение зарегистрировано",
    "answer": "ответ на заявку",
    "bounce": "письмо вернулось",
    "auto-reply": "автоответ",
    "other": "другое",
}
REGISTRY = {
    RegistryStatus.FOUND: "есть",
    RegistryStatus.ABSENT: "нет, нужна заявка на добавление",
    RegistryStatus.WRONG_KIND: "есть с другим типом",
    RegistryStatus.DELETED: "запись удалена",
    RegistryStatus.AMBIGUOUS: "несколько записей",
    RegistryStatus.UNKNOWN: "не проверено: справочник не загружен",
}
# What the audit page calls events; steps are called as in the table of steps.
EVENTS = {f"request.{step.trigger}": step.label for step in reversed(STEPS)} | EVENT_LABELS  # the desk's arrow first
SEALS = {SealPolicy.SEAL: "есть", SealPolicy.NO_SEAL: "не предусмотрена"}
LICENCES = {Licence.HELD: "есть", Licence.APPLICANT: "соискатель", Licence.NONE: "нет"}


def path_of(request: AccessRequest, traits: frozenset[Trait]) -> list[tuple[Status, str, str]]:
    """(status, label, past | now | ahead) along the way that this request goes."""
    way = [Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED, Status.VERIFIED]
    if "signed" not in traits:
        way.remove(Status.SIGNED)
    if "desk" not in traits:
        way.remove(Status.SENT)
    if request.status in (Status.REJECTED, Status.WITHDRAWN):
        way = way[: way.index(Status.GRANTED)] if request.status is Status.REJECTED else [Status.DRAFT]
        way.append(request.status)
    here, by_login = way.index(request.status), "login" in traits
    places = ("past" if place < here else "now" if place == here else "ahead" for place in range(len(way)))
    return [(status, status_label(status, by_login=by_login), place) for status, place in zip(way, places, strict=True)]
