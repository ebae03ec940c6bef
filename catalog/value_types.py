"""What a field of a request kind may hold: how a value is called, typed and shown. How it is read stands in `states.rules.values`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Control = Literal["text", "area", "select", "yes-no", "date", "email", "tel", "number"]


@dataclass(frozen=True, slots=True)
class ValueType:
    """`separators` part the items of a list; `own_words`: whatever people write, so patients' data are looked for in it."""

    label: str
    sample: str = ""
    control: Control = "text"
    separators: str = ""
    own_words: bool = False


VALUE_TYPES: dict[str, ValueType] = {
    "text": ValueType("текст", "текст", own_words=True),
    "long-text": ValueType("текст в несколько строк", "текст", "area", own_words=True),
    "number": ValueType("число", "1", "number"),
    "date": ValueType("дата", "2026-11-23", "date"),
    "choice": ValueType("выбор из списка", control="select"),
    "yes-no": ValueType("да или нет", "да", "yes-no"),
    "list": ValueType("список, по одному в строке", "первое", "area", "\n;", own_words=True),
    "snils": ValueType("СНИЛС", "112-233-445 95"),
    "inn": ValueType("ИНН", "7707083893"),
    "oid": ValueType("OID", "1.2.643.5.1.13.13.12.2.77.99001"),
    "email": ValueType("адрес электронной почты", "orlova@clinic.example", "email"),
    "phone": ValueType("телефон", "+7 495 123-45-67", "tel"),
    "person": ValueType("фамилия, имя, отчество полностью", "Орлова Мария Петровна"),
    "subject": ValueType("субъект РФ", "Тверская область"),
    "record-numbers": ValueType(
        "номера записей, по одному в строке", "770000000012345", "area", "\n;,", own_words=True
    ),
}
