"""Words for letters out and in, and for what was read in them."""

from __future__ import annotations

from models.letters import InboxState, OutboxState

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
    InboxState.APPLIED: "принято программой",
    InboxState.NOTED: "принято к сведению",
    InboxState.TRIAGE: "ждёт решения",
    InboxState.SETTLED: "разобрано",
    InboxState.FAILED: "не удалось прочесть",
}

# What a letter of ours is, by its purpose.
LETTERS = {
    "package": "Заявка в СТП",
    "reply": "Ответ на вопрос СТП",
    "follow-up": "Напоминание СТП",
    "first-login": "Просьба о первом входе",
    "login-check": "Просьба проверить вход",
    "nudge": "Напоминание работнику",
    "digest": "Сводка дел",
    "review": "Вопросы проверки доступа",
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


# What a person decided about a letter.
DECISIONS = {
    "acknowledge": "СТП зарегистрировала обращение",
    "grant": "доступ предоставлен всем",
    "partial": "предоставлено не всё",
    "reject": "отказ",
    "ask": "СТП спрашивает",
    "bounce": "письмо вернулось",
    "note": "принято к сведению",
}

# How a letter found its request.
MATCHED_BY = {
    "references": "это ответ на наше письмо",
    "ticket": "по номеру обращения",
    "number": "по номеру заявки в письме",
    "by-hand": "её назвал тот, кто принёс письмо",
}

# Whose words a part of a letter is.
VOICES = {"own": "Слова отправителя", "forwarded": "Пересланное письмо", "enclosed": "Вложенное письмо"}
