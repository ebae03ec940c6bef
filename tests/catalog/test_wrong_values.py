"""Wrong values are told by the same sentences in files of the catalogue, in settings and in calls."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from catalog.schema import Code, RuleId
from catalog.wrong_values import sentence


class _Any(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = ""
    tick: bool = False
    number: Annotated[int, Field(ge=1, le=9)] = 1
    part: Annotated[float, Field(gt=0, lt=1)] = 0.5
    day: dt.date = dt.date(2026, 1, 1)
    at: dt.datetime | None = None
    hour: dt.time = dt.time(9)
    word: Literal["mail", "web"] = "mail"
    code: Code = "a"
    rule: RuleId = "APP-1"
    short: Annotated[str, Field(min_length=2, max_length=3)] = "ab"
    many: Annotated[tuple[int, ...], Field(max_length=1)] = ()
    table: dict[str, str] = {}


def _told(given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as wrong:
        _Any.model_validate(given)
    [error] = wrong.value.errors()
    return sentence(error)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("text", 5, "нужен текст в кавычках."),
        ("tick", "как-нибудь", "нужно true или false."),
        ("number", "много", "нужно целое число."),
        ("number", 1.5, "нужно целое число."),
        ("number", 0, "нужно не меньше 1."),
        ("number", 10, "нужно не больше 9."),
        ("part", 0, "нужно больше 0.0."),
        ("part", 1, "нужно меньше 1.0."),
        ("part", "x", "нужно число."),
        ("day", "завтра", "дату пишут так: 2026-11-23."),
        ("day", [], "дату пишут так: 2026-11-23."),
        ("at", "завтра", "момент пишут так: 2026-11-23T10:00:00+03:00."),
        ("hour", "утром", "время пишут так: 09:00."),
        ("word", "fax", "можно только: 'mail' или 'web'."),
        ("code", "Код", "код пишут латинскими строчными буквами, цифрами и дефисами."),
        ("rule", "5", "правило пишут так: APP-1."),
        ("short", "a", "слишком коротко: нужно не меньше 2."),
        ("short", "abcd", "слишком длинно: можно не больше 3."),
        ("many", [1, 2], "слишком длинно: можно не больше 1."),
        ("many", 1, "нужен список в квадратных скобках."),
        ("table", 1, "нужны поля в фигурных скобках."),
        ("other", 1, "такого ключа нет, проверьте написание."),
    ],
)
def test_every_wrong_value_is_told_in_russian(name, value, told):
    assert _told({name: value}) == told


def test_what_nobody_foresaw_is_told_without_english_and_without_the_value():
    assert (
        sentence({"type": "complex_str_parsing", "msg": "Input should be…", "input": "Секрет"})
        == "значение не подходит."
    )


def test_words_of_our_own_validators_are_told_unless_they_might_repeat_what_was_sent():
    error = {"type": "value_error", "msg": "", "ctx": {"error": ValueError("«Секрет» – не адрес")}}
    assert sentence(error) == "«Секрет» – не адрес."
    assert sentence(error, quoting=False) == "значение не подходит."
