"""Words that people read for codes of the database. Codes of the catalogue have their labels there."""

from __future__ import annotations

from models.facts import Licence, RegistryStatus, SealPolicy
from models.letters import InboxState, OutboxState
from models.request import LineState, Status

PURPOSES = {
    "package": "заявка в СТП",
    "follow-up": "напоминание в СТП",
    "reply": "ответ в СТП",
    "first-login": "просьба о первом входе",
    "login-check": "просьба проверить вход",
    "nudge": "напоминание работнику",
    "review": "вопросы проверки доступа",
}


STATUS_LABELS: dict[Status, str] = {
    Status.DRAFT: "черновик",
    Status.VALIDATED: "проверена",
    Status.SIGNED: "подписана",
    Status.SENT: "отправлена",
    Status.AWAITING: "ждёт ответа",
    Status.GRANTED: "доступ дан",
    Status.REJECTED: "отказ",
    Status.VERIFIED: "вход подтверждён",
    Status.WITHDRAWN: "отозвана",
}


_RESULT_LABELS = {Status.GRANTED: "выполнена", Status.VERIFIED: "результат проверен"}


def status_label(status: Status, *, by_login: bool = True) -> str:
    """Where nobody logs in to prove it, nothing is called access."""
    return STATUS_LABELS[status] if by_login else _RESULT_LABELS.get(status, STATUS_LABELS[status])


EMPLOYEE = "работник по личной ссылке"


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


SEALS = {SealPolicy.SEAL: "есть", SealPolicy.NO_SEAL: "не предусмотрена"}


LICENCES = {Licence.HELD: "есть", Licence.APPLICANT: "соискатель", Licence.NONE: "нет"}


LINES_ON_RECORD = {
    LineState.OPEN: "ждёт ответа",
    LineState.GRANTED: "исполнено",
    LineState.REJECTED: "отказ",
    LineState.VERIFIED: "проверено",
    LineState.TROUBLE: "работник сообщил о неполадке",
    LineState.MOVED: "отказ, перенесён в новую заявку",
}
