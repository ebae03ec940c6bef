"""Words that pages use for codes of the database. Codes of the catalogue have their labels there."""

from __future__ import annotations

from models.facts import Licence, RegistryStatus, SealPolicy
from models.letters import InboxState, OutboxState
from models.request import AccessRequest, LineState, Status
from states.guards import STATUS_LABELS
from states.lifecycle import STEPS

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
    "add-application-docx": "Заявка на добавление, Word",
    "add-application-xlsx": "Заявка на добавление, Excel",
    "cover-letter-docx": "Сопроводительное письмо, Word",
    "trouble-report-docx": "Обращение о неполадке, Word",
}
OUTCOMES = {
    "granted": "доступ предоставлен",
    "rejected": "отказ",
    "partial": "одним предоставлен, другим отказано",
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
EVENTS = {f"request.{step.trigger}": step.label for step in STEPS} | {
    "request.created": "Черновик создан",
    "request.lines-replaced": "Список работников заменён",
    "letter.promised": "Письмо поставлено в очередь",
    "letter.sent": "Письмо отправлено",
    "letter.uncertain": "Судьба письма неясна",
    "letter.failed": "Письмо не отправлено",
    "letter.delayed": "Отправка отложена",
    "letter.resent": "Письмо отправляется снова",
    "letter.received": "Письмо получено",
    "letter.matched": "Письмо прочитано",
    "letter.triage": "Письмо ждёт человека",
    "letter.settled": "Письмо разобрано человеком",
    "letter.unreadable": "Письмо не прочесть",
    "letter.downloaded": "Письмо скачано",
    "file.added": "Добавлен файл",
    "file.downloaded": "Файл скачан",
    "package.made": "Собран комплект для Центра СТП",
    "documents.made": "Документы сформированы",
    "scan.read": "Скан прочитан",
    "line.verified": "Работник подтвердил вход",
    "line.trouble": "Работник сообщил о неполадке",
    "grant.made": "Роль предоставлена",
    "grant.ended": "Роль прекращена",
    "holders.exported": "Выгружен список ролей",
    "organisation.added": "Заведена карточка организации",
    "organisation.changed": "Изменена карточка организации",
    "person.enrolled": "Заведён работник",
    "person.changed": "Изменены сведения о работнике",
    "person.esia-confirmed": "Учётная запись на Госуслугах подтверждена",
    "person.first-login": "Первый вход выполнен",
    "desk.address-confirmed": "Подтверждён адрес СТП",
    "erasure.act": "Акт об уничтожении данных",
}
SEALS = {SealPolicy.SEAL: "есть", SealPolicy.NO_SEAL: "не предусмотрена"}
LICENCES = {Licence.HELD: "есть", Licence.APPLICANT: "соискатель", Licence.NONE: "нет"}


def state_label(status: Status, *, by_login: bool = True) -> str:
    """As guards call it; where nobody logs in to prove it, «verified» is a checked result."""
    if status is Status.VERIFIED and not by_login:
        return "результат проверен"
    return STATUS_LABELS[status]


def path_of(request: AccessRequest, *, paper: str, by_login: bool) -> list[tuple[Status, str, str]]:
    """(status, label, past | now | ahead) along the way that this request goes."""
    way = [Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED, Status.VERIFIED]
    if paper != "signed":
        way.remove(Status.SIGNED)
    if request.status in (Status.REJECTED, Status.WITHDRAWN):
        way = way[: way.index(Status.GRANTED)] if request.status is Status.REJECTED else [Status.DRAFT]
        way.append(request.status)
    here = way.index(request.status)
    places = ("past" if place < here else "now" if place == here else "ahead" for place in range(len(way)))
    return [(status, state_label(status, by_login=by_login), place) for status, place in zip(way, places, strict=True)]
