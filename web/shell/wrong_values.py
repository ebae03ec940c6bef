"""What pydantic finds wrong with a call, in Russian; what was sent is not repeated, for it may be personal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_TEXTS = {
    "missing": "Поле обязательно.",
    "extra_forbidden": "Такого поля нет. Проверьте название по описанию.",
    "json_invalid": "Тело запроса не разобрать как JSON.",
    "string_type": "Нужна строка.",
    "bool_type": "Нужно true или false.",
    "bool_parsing": "Нужно true или false.",
    "int_type": "Нужно целое число.",
    "int_parsing": "Нужно целое число.",
    "int_from_float": "Нужно целое число.",
    "decimal_parsing": "Нужно число.",
    "float_parsing": "Нужно число.",
    "list_type": "Нужен список.",
    "dict_type": "Нужен объект.",
    "model_type": "Нужен объект.",
    "model_attributes_type": "Нужен объект JSON.",
    "date_parsing": "Дату пишут так: 2026-11-23.",
    "date_from_datetime_parsing": "Дату пишут так: 2026-11-23.",
    "date_type": "Дату пишут так: 2026-11-23.",
    "datetime_parsing": "Момент пишут так: 2026-11-23T10:00:00+03:00.",
    "datetime_from_date_parsing": "Момент пишут так: 2026-11-23T10:00:00+03:00.",
    "timezone_aware": "Укажите часовой пояс: 2026-11-23T10:00:00+03:00.",
}


def wrong_values(errors: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(field, sentence) of each; a place in a list is counted from 0, as programs count."""
    for error in errors:
        yield _field(error["loc"]), _sentence(str(error["type"]), error.get("ctx") or {})


def _field(place: Sequence[object]) -> str:
    """Without «body», «query» and «path»: names do not repeat between them."""
    parts = [str(part) for part in place]
    return ".".join(parts[1:] if parts and parts[0] in ("body", "query", "path", "header") else parts)


def _sentence(kind: str, limits: Mapping[str, Any]) -> str:
    if kind in _TEXTS:
        return _TEXTS[kind]
    if kind in ("enum", "literal_error"):
        return f"Возможны: {str(limits.get('expected', '')).replace(' or ', ', ')}."
    if kind in ("string_too_long", "too_long"):
        return f"Слишком длинно: не больше {limits.get('max_length')}."
    if kind in ("string_too_short", "too_short"):
        return f"Слишком коротко: не меньше {limits.get('min_length')}."
    if kind in ("less_than_equal", "less_than"):
        return f"Слишком много: не больше {limits.get('le', limits.get('lt'))}."
    if kind in ("greater_than_equal", "greater_than"):
        return f"Слишком мало: не меньше {limits.get('ge', limits.get('gt'))}."
    return "Значение не подходит. Сверьтесь с описанием."
