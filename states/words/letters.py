"""Words for letters out and in, and for what was read in them."""

from __future__ import annotations

from models.letters import InboxState, OutboxState

PURPOSES = {
    "package": "заявка в СТП",
    "follow-up": "напоминание в СТП",
    "reply": "ответ в СТП",
    "first-login": "просьба о первом входе",
    "login-check": "просьба проверить вход",
    "nudge": "напоминание работнику",
    "review": "вопросы проверки доступа",
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
