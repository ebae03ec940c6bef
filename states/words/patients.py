"""Words for why a patient's data are looked at."""

from __future__ import annotations

# As an officer chooses it.
REASONS = {
    "check": "сверка перед отправкой",
    "answer": "разбор ответа СТП",
    "asked": "обращение пациента или врача",
    "inspection": "проверка или расследование",
}
# "draft" is said by the page while he fills the form himself.
EVERY_REASON = {**REASONS, "draft": "заполнение черновика"}
