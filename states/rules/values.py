"""What is typed into a field of a request kind: one spelling of it, or a sentence about what is wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from catalog.kinds import KindField
from models.identifiers import BadIdentifier, format_snils, inn_digits, oid_code, snils_digits
from models.text import fold, tidy
from states.rules.emails import email_problem
from states.rules.record_numbers import record_numbers
from states.rules.subjects import known_subject

YES, NO = "да", "нет"
FIRST_YEAR = 1900
_YES = {"да", "true", "yes", "1", "+", "on"}
_NO = {"нет", "false", "no", "0", "-"}
_ITEM = re.compile(r"^\s*(?:[-–—•*]|\d{1,3}[.)])\s+")
_PHONE_SIGNS = re.compile(r"[\s()+\-–.]|доб\w*|вн\w*", re.IGNORECASE)
_NAME_WORD = re.compile(r"[А-ЯЁA-Z][\w’'\-]*\.?", re.IGNORECASE)
_ANY_NUMBER = r"[0-9A-Za-zА-Яа-яЁё]+([-/.][0-9A-Za-zА-Яа-яЁё]+)*"

_ZONES = dt.timedelta(days=1)  # where the organisation is, the day may have begun earlier

Read = tuple[str, str]  # the one spelling, and what is wrong ("" when nothing)


def read_value(field: KindField, typed: str) -> Read:
    """The value as it is kept and printed, and a Russian sentence when it cannot be what the field asks for."""
    text = typed.strip() if field.value_type.control == "area" else tidy(typed)
    return _READERS[field.type](field, text) if text else ("", "")


def ahead(day: dt.date | None, today: dt.date | None) -> bool:
    """A day that has not come yet, wherever one is."""
    return day is not None and today is not None and day > today + _ZONES


def items_of(value: str) -> list[str]:
    """A list as people type it: one a line or with semicolons, numbered or with dashes."""
    parts = (_ITEM.sub("", part).strip(" \t;,") for part in re.split(r"[\n;]+", value))
    return [part for part in parts if part]


def shown(field: KindField, value: str) -> str:
    """For print: a date as people write it, a choice by its label."""
    if field.type == "choice":
        return next((choice.label for choice in field.choices if choice.value == value), value)
    if field.type == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return f"{dt.date.fromisoformat(value):%d.%m.%Y}"
    if field.value_type.separators:
        return "; ".join(items_of(value))
    return value


def _text(field: KindField, text: str) -> Read:
    if field.pattern and not re.fullmatch(field.pattern, text):
        return text, f"«{_cut(text)}» не подходит.{_example(field)}"
    return text, ""


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"


def _example(field: KindField) -> str:
    return f" Пример: {field.example}." if field.example else ""


def _number(field: KindField, text: str) -> Read:
    plain = text.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", plain) or not float(plain):
        return text, f"«{_cut(text)}» – не число больше нуля.{_example(field)}"
    return _text(field, plain)


def _date(field: KindField, text: str) -> Read:
    return read_date(text)


def read_date(text: str) -> Read:
    """ISO of a date as people write it."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y"):
        try:
            day = dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
        return day.isoformat(), f"Год {day.year} раньше {FIRST_YEAR}. Исправьте дату." if day.year < FIRST_YEAR else ""
    return text, f"«{_cut(text)}» – не дата. Напишите, например, 23.11.2026."


def _choice(field: KindField, text: str) -> Read:
    for choice in field.choices:
        if fold(text) in (fold(choice.value), fold(choice.label)):
            return choice.value, ""
    known = ", ".join(f"{choice.value} ({choice.label})" for choice in field.choices)
    return text, f"«{_cut(text)}» – нет такого варианта. Есть: {known}."


def _yes_no(field: KindField, text: str) -> Read:
    plain = fold(text)
    if plain in _YES or plain in _NO:
        return (YES if plain in _YES else NO), ""
    return text, f"«{_cut(text)}»: нужно «да» или «нет»."


def _list(field: KindField, text: str) -> Read:
    items = items_of(text)
    wrong = [item for item in items if field.pattern and not re.fullmatch(field.pattern, item)]
    problem = f"«{_cut(wrong[0])}» не подходит.{_example(field)}" if wrong else ""
    return "\n".join(items), problem if items else f"Список пуст.{_example(field)}"


def _record_numbers(field: KindField, text: str) -> Read:
    """УНРЗ. Repeats are dropped without a word: the same record is asked about once."""
    found = record_numbers(text, field.pattern or _ANY_NUMBER)
    wrong = [*found.strange]
    if wrong:
        return text, f"«{_cut(wrong[0])}» не похоже на номер записи. Оставьте только номера, по одному в строке."
    numbers = (*found.numbers, *found.snils)
    return "\n".join(numbers), "" if numbers else "В тексте нет ни одного номера записи."


def _identifier(reader: Callable[[object], str]) -> Callable[[KindField, str], Read]:
    def read(field: KindField, text: str) -> Read:
        try:
            value = reader(text)
        except BadIdentifier as problem:
            return text, str(problem)
        return _text(field, value)

    return read


def _snils(typed: object) -> str:
    return format_snils(snils_digits(typed))


def _email(field: KindField, text: str) -> Read:
    return text, email_problem(text)


def _phone(field: KindField, text: str) -> Read:
    digits = _PHONE_SIGNS.sub("", text)
    if not digits.isdigit() or not 6 <= len(digits) <= 16:
        return text, f"«{_cut(text)}» – не номер телефона. Напишите, например, +7 495 123-45-67."
    return text, ""


def _person(field: KindField, text: str) -> Read:
    words = text.split()
    if not 2 <= len(words) <= 6 or not all(_NAME_WORD.fullmatch(word) for word in words):
        return text, f"«{_cut(text)}» – не полное имя. Напишите фамилию, имя и отчество."
    if any(len(word.rstrip(".")) == 1 for word in words):
        return text, "Имя и отчество напишите полностью, без инициалов."
    return text, ""


def _subject(field: KindField, text: str) -> Read:
    found = known_subject(text)
    return (
        (found.name, "")
        if found
        else (text, f"Субъекта РФ «{_cut(text)}» нет. Напишите, например, «Тверская область».")
    )


_READERS: dict[str, Callable[[KindField, str], Read]] = {
    "text": _text,
    "long-text": _text,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "yes-no": _yes_no,
    "list": _list,
    "snils": _identifier(_snils),
    "inn": _identifier(inn_digits),
    "oid": _identifier(oid_code),
    "email": _email,
    "phone": _phone,
    "person": _person,
    "subject": _subject,
    "record-numbers": _record_numbers,
}
