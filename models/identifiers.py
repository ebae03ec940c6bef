"""Numbers with check digits: СНИЛС, ИНН, ОГРН(ИП); КПП and OID by their form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.text import tidy
from refusals import Refusal


class BadIdentifier(Refusal, ValueError):
    """The value is not such a number; the text is a Russian sentence for the person who typed it."""


_ANY_SPACE_OR_DASH = re.compile(r"[\s\-\u2010-\u2015\u2212._/]+")
_BEFORE_SNILS = re.compile(r"^['\"`’]*(снилс|№|n)?[\s:№.]*", re.IGNORECASE)
_FLOAT_TAIL = re.compile(r"^(\d+)\.0+$")
_SNILS_UNCHECKED_UP_TO = 1001998
_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_12 = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}")
_OID = re.compile(r"[0-2](\.(0|[1-9]\d*)){2,}")


def bare(value: object) -> str:
    """The value less spaces, dashes and dots; a whole number that Excel kept as 123.0 loses its tail."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = tidy(str(value))
    tail = _FLOAT_TAIL.match(text)
    return tail.group(1) if tail else _ANY_SPACE_OR_DASH.sub("", text)


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def valid_snils(digits: str) -> bool:
    """СНИЛС: eleven digits; numbers up to 001-001-998 carry no check number."""
    if not re.fullmatch(r"[0-9]{11}", digits) or digits == "0" * 11:
        return False
    if int(digits[:9]) <= _SNILS_UNCHECKED_UP_TO:
        return True
    return _weighted(digits, range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def snils_digits(value: object) -> str:
    """Eleven digits out of any usual spelling; zeros that Excel lost in front are put back. Rule APP-2.

    Raises BadIdentifier with a sentence in Russian.
    """
    text = bare(_BEFORE_SNILS.sub("", tidy(value)) if isinstance(value, str) else value)
    if not text:
        raise BadIdentifier("СНИЛС не указан.")
    if len(re.findall("[0-9]", text)) >= 22:
        raise BadIdentifier("В ячейке несколько номеров. Оставьте один СНИЛС: каждому работнику – своя строка.")
    if not re.fullmatch(r"[0-9]+", text):
        strange = ", ".join(f"«{sign}»" for sign in list(dict.fromkeys(re.sub(r"[0-9]", "", text)))[:5])
        raise BadIdentifier(
            f"В СНИЛС должны быть только цифры, пробелы и дефисы, а здесь ещё {strange}. Проверьте номер."
        )
    if len(text) > 11:
        raise BadIdentifier(f"В СНИЛС 11 цифр, а здесь {len(text)}. Уберите лишние.")
    restored = text.zfill(11)
    if len(text) < 9 or not valid_snils(restored):
        if len(text) < 11:
            raise BadIdentifier(f"В СНИЛС 11 цифр, а здесь {len(text)}. Впишите номер полностью.")
        raise BadIdentifier("Контрольное число СНИЛС не сходится: в номере ошибка. Сверьте с документом.")
    return restored


def format_snils(digits: str) -> str:
    """The one spelling that is written everywhere: 112-233-445 95."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def mask_snils(digits: str) -> str:
    """For places where the number may be recognised but not read: ***-***-445 95."""
    return f"***-***-{digits[6:9]} {digits[9:]}"


def valid_inn(digits: str) -> bool:
    """ИНН: ten digits of an organisation or twelve of a person."""
    if re.fullmatch(r"[0-9]{10}", digits):
        return digits != "0" * 10 and _weighted(digits, _INN_10) % 11 % 10 == int(digits[9])
    if re.fullmatch(r"[0-9]{12}", digits):
        first = _weighted(digits, _INN_11) % 11 % 10 == int(digits[10])
        return digits != "0" * 12 and first and _weighted(digits, _INN_12) % 11 % 10 == int(digits[11])
    return False


def inn_digits(value: object) -> str:
    """Ten or twelve digits; one zero that Excel lost in front is put back. Rule APP-9. Raises BadIdentifier."""
    text = bare(value)
    if not text:
        raise BadIdentifier("ИНН не указан.")
    if not re.fullmatch(r"[0-9]+", text):
        raise BadIdentifier("В ИНН должны быть только цифры.")
    for candidate in (text, "0" + text):
        if valid_inn(candidate):
            return candidate
    if len(text) not in (10, 12):
        raise BadIdentifier(f"В ИНН 10 цифр (у организации) или 12 (у ИП), а здесь {len(text)}.")
    raise BadIdentifier("Контрольная цифра ИНН не сходится: в номере ошибка. Сверьте со свидетельством.")


def valid_ogrn(digits: str) -> bool:
    """ОГРН of thirteen digits or ОГРНИП of fifteen."""
    if re.fullmatch(r"[0-9]{13}", digits):
        return int(digits[:12]) % 11 % 10 == int(digits[12])
    if re.fullmatch(r"[0-9]{15}", digits):
        return int(digits[:14]) % 13 % 10 == int(digits[14])
    return False


def ogrn_digits(value: object) -> str:
    """Thirteen or fifteen digits. Raises BadIdentifier."""
    text = bare(value)
    if valid_ogrn(text):
        return text
    if not re.fullmatch(r"[0-9]{13}|[0-9]{15}", text):
        raise BadIdentifier("В ОГРН 13 цифр, в ОГРНИП 15. Проверьте номер.")
    raise BadIdentifier("Контрольная цифра ОГРН не сходится: в номере ошибка.")


def kpp_code(value: object) -> str:
    """КПП: four digits, two digits or capital Latin letters, three digits. Raises BadIdentifier."""
    text = bare(value).upper()
    if len(text) == 8 and text.isdigit():
        text = "0" + text
    if not _KPP.fullmatch(text):
        raise BadIdentifier("КПП – девять знаков, например 770101001. Проверьте номер.")
    return text


def oid_code(value: object) -> str:
    """OID: numbers joined by dots, without spaces. Raises BadIdentifier."""
    text = re.sub(r"\s+", "", tidy(str(value)))
    if not _OID.fullmatch(text):
        raise BadIdentifier("OID – это числа через точку, например 1.2.643.5.1.13.13.12.2.77.1234.")
    return text
