"""Words for the rules of the regulation."""

from __future__ import annotations

# What the three letters of a rule's number stand for; those of subsystems are told by the kinds that cite them.
SUBJECTS = {
    "ORG": "Организация",
    "USR": "Работник до заявки",
    "APP": "Заявка",
    "SGN": "Подпись и печать",
    "SND": "Отправка",
    "AWT": "Ожидание ответа",
    "VER": "Проверка доступа",
    "ISS": "Неполадки",
    "GEN": "Все подсистемы",
    "FIL": "Заполнение реестров после доступа",
    "LGN": "Вход в подсистемы",
    "EXT": "Выписка об аккредитации",
}
