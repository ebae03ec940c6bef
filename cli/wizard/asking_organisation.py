"""For whom: found on record or in ФРНСИ, or told by its ИНН."""

from __future__ import annotations

from cli.output import say
from cli.wizard.records import Found, Records
from cli.wizard.sheet import Sheet
from cli.wizard.talking import line, listed, yes_no
from models.identifiers import BadIdentifier, inn_digits

_HELP = (
    "Введите ИНН, ОГРН или слова из названия: поиск в ваших карточках и в ФРНСИ. Организации там нет – введите её ИНН."
)


def ask_organisation(sheet: Sheet, records: Records) -> None:
    known = records.found()
    listed(entry.text for entry in known)
    was = sheet.organisation.name or sheet.organisation.inn
    while True:
        text = line(
            f"Организация: ИНН, ОГРН, слова{' или номер из списка' if known else ''}{f' [{was}]' if was else ''}",
            help=_HELP,
        )
        if not text and sheet.organisation_id:
            return
        if text.isdigit() and 1 <= int(text) <= len(known):
            _take(sheet, records, known[int(text) - 1])
            return
        found = records.found(text) if text else []
        if not found:
            inn = _as_inn(text)
            if inn and yes_no("  Не найдена. Завести карточку с этим ИНН?", current=True):
                _take(sheet, records, Found(inn, ""))
                return
            continue
        if len(found) == 1 and found[0].inn == text.strip():
            _take(sheet, records, found[0])
            return
        known = found
        listed(entry.text for entry in known)


def _as_inn(text: str) -> str:
    try:
        return inn_digits(text)
    except BadIdentifier as problem:
        told = problem if text.replace(" ", "").isdigit() else "Введите ИНН или другие слова."
        say(f"  Ничего не найдено. {told}")
        return ""


def _take(sheet: Sheet, records: Records, found: Found) -> None:
    records.choose(sheet, found)
    say(f"  {sheet.organisation.full_name or 'Карточка пуста, заполните её ниже'}, ИНН {sheet.organisation.inn}")
