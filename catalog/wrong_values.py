"""What pydantic finds wrong with a value, as one Russian sentence for files of the catalogue, settings and calls alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.schema import CODE, RULE_ID, WEB_ADDRESS

_OTHER = "значение не подходит."
_DATE, _TIME = "дату пишут так: 2026-11-23.", "время пишут так: 09:00."
_MOMENT = "момент пишут так: 2026-11-23T10:00:00+03:00."
_WHOLE, _NUMBER, _TICK = "нужно целое число.", "нужно число.", "нужно true или false."
_LIST, _FIELDS = "нужен список в квадратных скобках.", "нужны поля в фигурных скобках."
_LONG, _SHORT = "слишком длинно: можно не больше {max_length}.", "слишком коротко: нужно не меньше {min_length}."
_SENTENCES = {
    "missing": "обязательно, а не указано.",
    "extra_forbidden": "такого ключа нет, проверьте написание.",
    "json_invalid": "не разобрать как JSON.",
    "string_type": "нужен текст в кавычках.",
    "bool_type": _TICK,
    "bool_parsing": _TICK,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_parsing": _NUMBER,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _FIELDS,
    "model_type": _FIELDS,
    "model_attributes_type": _FIELDS,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "timezone_aware": "укажите часовой пояс: 2026-11-23T10:00:00+03:00.",
    "time_type": _TIME,
    "time_parsing": _TIME,
    "enum": "можно только: {expected}.",
    "literal_error": "можно только: {expected}.",
    "string_too_long": _LONG,
    "too_long": _LONG,
    "string_too_short": _SHORT,
    "too_short": _SHORT,
    "greater_than_equal": "нужно не меньше {ge}.",
    "greater_than": "нужно больше {gt}.",
    "less_than_equal": "нужно не больше {le}.",
    "less_than": "нужно меньше {lt}.",
    "value_error": "{error}.",
}
_PATTERNS = {
    CODE: "код пишут латинскими строчными буквами, цифрами и дефисами.",
    RULE_ID: "правило пишут так: APP-1.",
    WEB_ADDRESS: "адрес начинается с https://.",
}


def sentence(error: Mapping[str, Any], *, quoting: bool = True) -> str:
    """Of one of `ValidationError.errors()`. Only words of our own validators may repeat the value; `quoting` False leaves them out."""
    kind, limits = str(error["type"]), dict(error.get("ctx") or {})
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(limits.get("pattern")), _OTHER)
    if kind == "value_error" and not quoting:
        return _OTHER
    limits["expected"] = str(limits.get("expected", "")).replace(" or ", " или ")
    return _SENTENCES.get(kind, _OTHER).format_map(limits)
