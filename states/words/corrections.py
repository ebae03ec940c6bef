"""Words for corrections: what was wrong, and the fields that one changes."""

from __future__ import annotations

# What was recorded wrongly, by `actions.corrections.corrections.Kind`.
CORRECTIONS = {
    "answer": "Ответ был другим",
    "no-answer": "Ответа не было",
    "ticket": "Номер обращения не тот",
    "login": "Вход не подтверждён",
    "hand-over": "Заявку не передавали",
    "signature-date": "Дата подписи не та",
    "letter": "Письмо разобрано неверно",
    "name": "Решение об имени работника неверно",
    "first-login": "Первого входа не было",
    "reorganisation": "Изменение организации записано по ошибке",
    "version": "Подали снова из-за неверного отказа: вернуть прежнюю версию",
    "since": "Доступ дали ещё по прежней версии",
}

CHANNELS = {"mail": "письмом", "web": "через Центр СТП", "elsewhere": "получателю"}
REQUEST_FIELDS = {
    "status": "состояние",
    "ticket": "номер обращения",
    "channel": "как подана",
    "outcome": "что получено",
    "question": "вопрос СТП",
    "sent_at": "отправлена",
    "due_at": "срок ответа",
    "next_reminder_at": "следующее напоминание",
    "signed_on": "дата подписи",
    "organisation_id": "организация",
}
ROLE_FIELDS = {
    "state": "ответ",
    "until": "дано до",
    "reason": "причина отказа",
    "quote": "слова ответа",
    "ground": "основание",
}
