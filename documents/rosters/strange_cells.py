"""Cells that say something impossible: a formula without a value, a word beside a name, a birth date of another century."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from catalog.rosters import FIELD_NAMES
from documents.rosters.headings import Cell
from documents.rosters.names import Names
from documents.rosters.parts import RosterRow
from models.findings import Finding, Severity

_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|Н/Д|ССЫЛКА!|ЗНАЧ!|ИМЯ\?|ДЕЛ/0!|ЧИСЛО!|ПУСТО!)|Err:\d+")
_RULES = {
    "snils": "APP-2", "surname": "APP-3", "name": "APP-3", "given": "APP-4", "given_patronymic": "APP-4", "patronymic": "APP-5",
    "email": "APP-6", "subject": "APP-7", "organisation": "APP-8", "inn": "APP-9", "subsystem": "APP-10", "role": "APP-10",
}  # fmt: skip
_PHONE = re.compile(r"[\d\s()+\-–./,;]|доб\w*|вн\w*|тел\w*|моб\w*|раб\w*|факс", re.IGNORECASE)
_FIRST_YEAR = 1900


def without_unset(row: RosterRow) -> tuple[RosterRow, list[Finding]]:
    """The row with blanks where a formula has no value, and what is said of each."""
    wrong = {field: value for field, value in row.cells.items() if is_unset(value)}
    found = [_no_value(field, value, row) for field, value in wrong.items() if field in _RULES]
    marked = {code: value for code, value in row.marks.items() if is_unset(value)}
    found += [_no_value("subsystem", value, row) for value in marked.values()]
    cells = {field: "" if field in wrong else value for field, value in row.cells.items()}
    marks = {code: "" if code in marked else value for code, value in row.marks.items()}
    return replace(row, cells=cells, marks=marks), found


def is_unset(value: Cell) -> bool:
    text = str(value)
    return (text.startswith("=") and len(text) > 1) or _ERROR.fullmatch(text) is not None


def _no_value(field: str, value: Cell, row: RosterRow) -> Finding:
    place = f"{(row.places or {}).get(field, '')}{row.row}" if (row.places or {}).get(field) else ""
    error = str(value) if not str(value).startswith("=") else ""
    told = f" (вместо него ошибка {error})" if error else ""
    mend = (
        f" Если ошибка останется, впишите в ячейку само значение: {FIELD_NAMES.get(field, 'данные')}." if error else ""
    )
    return Finding(
        _RULES[field],
        Severity.ERROR,
        f"В ячейке {place + ' ' if place else ''}формула без значения{told}: откройте и сохраните в Excel, потом загрузите список снова.{mend}",
        row=row.number,
        field=field,
    )


def beside_the_name(names: Names, row: int, person: str | None) -> Iterator[Finding]:
    """A post that stands beside the name is known for one; anything else is for a person to look at."""
    if names.rest and not names.rest_is_post:
        message = f"Рядом с именем в ячейке стоит «{names.rest}». Оставьте только фамилию, имя и отчество."
        yield Finding("APP-3", Severity.ERROR, message, row=row, field="name", person=person)


def impossible(row: RosterRow, person: str | None, today: dt.date | None) -> Iterator[Finding]:
    """Values of columns that no application prints, yet a mistake in them is one of the whole row."""
    phone = str(row.cells.get("phone", "")).strip()
    digits = sum(character.isdigit() for character in phone)
    if phone and not is_unset(phone) and phone not in "-–—" and (_PHONE.sub("", phone) or not 5 <= digits <= 40):
        message = (
            f"«{phone[:60]}» – не номер телефона. Напишите, например, +7 495 123-45-67, или оставьте ячейку пустой."
        )
        yield Finding("APP-11", Severity.ERROR, message, row=row.number, field="phone", person=person)
    born = str(row.cells.get("birth_date", "")).strip()
    day = day_of(born)
    if day is not None and day.year < _FIRST_YEAR:
        message = f"Год рождения {day.year} раньше {_FIRST_YEAR}. Исправьте дату рождения «{born}»."
        yield Finding("APP-11", Severity.ERROR, message, row=row.number, field="birth_date", person=person)
    elif day is not None and today is not None and day > today:
        message = f"Дата рождения {born} ещё не наступила. Исправьте её."
        yield Finding("APP-11", Severity.ERROR, message, row=row.number, field="birth_date", person=person)
    elif born and day is None and re.search(r"\d", born):
        message = f"«{born[:40]}» – не дата рождения. Напишите, например, 05.03.1984."
        yield Finding("APP-11", Severity.ERROR, message, row=row.number, field="birth_date", person=person)
    first = str(row.cells.get("first_login", "")).strip()
    if day_of(first) is None and re.search(r"\d.*\d", first):
        message = f"«{first[:40]}» – не дата первого входа. Напишите, например, 23.11.2026."
        yield Finding("USR-3", Severity.ERROR, message, row=row.number, field="first_login", person=person)


def day_of(text: str) -> dt.date | None:
    """A day as people and programs write it."""
    plain = re.sub(r"(?<!\s)\s*+(г\.?|года)$", "", text)
    for form in (
        "%d.%m.%Y",
        "%Y-%m-%d",
        "%Y-%m-%dT%H:%M:%S",
        "%d.%m.%Y %H:%M",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%y",
        "%d/%m/%Y",
        "%d-%m-%Y",
        "%Y",
    ):
        try:
            return dt.datetime.strptime(plain, form).date()
        except ValueError:
            continue
    return None
