"""Words for what is typed at a step: its fields, and values that forms spell in codes."""

from __future__ import annotations

SPOKEN = {"granted": "доступ предоставлен", "rejected": "отказ", "yes": "да", "no": "нет", "1": "да"}
TYPED = {
    "ticket": "Номер обращения",
    "registered_on": "Когда зарегистрировано или передано",
    "outcome": "Что получено",
    "question": "О чём спрашивает СТП",
    "text": "Текст",
    "reason": "Причина",
    "ground": "На чём основан ответ",
    "ground_letter": "Номер письма",
    "until": "Доступ дан до",
    "name": "Кто подписал",
    "post": "Должность",
    "signed_on": "Дата подписи",
    "attorney_number": "Номер доверенности",
    "attorney_date": "Дата доверенности",
    "attorney_until": "Доверенность действует до",
    "seal": "Печать на скане",
    "confirm_address": "Адрес СТП верный",
    "purpose": "Какой вход",
}
