"""Lists of УНРЗ as people paste them. The format is not known: the pattern comes from outside."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.rules.record_numbers import RecordNumbers, record_numbers

pytestmark = pytest.mark.rule("TUB-1", "NOZ-1")
PATTERN = r"[0-9A-Za-zА-Яа-я]+([-/][0-9A-Za-zА-Яа-я]+)*"
A, B, C = "770000123456", "770000123457", "77-00012/3-аб"


def read(text: str) -> RecordNumbers:
    return record_numbers(text, PATTERN)


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\n{B}\n{C}", f"{A}\r\n{B}\r\n\r\n{C}\r\n", f"{A}, {B}, {C}.", f"{A};{B};{C};", f"{A}\t{B}\t{C}", f"{A} {B} {C}",
        f"{A}\u00a0{B}\u2003{C}", f"1) {A}; 2) {B}; 3) {C}", f"1. {A}\n2. {B}\n3. {C}", f"1){A} 2){B} 3){C}",
        f"1\t{A}\n2\t{B}\n3\t{C}", f"• {A}\n• {B}\n• {C}", f"– {A}\n– {B}\n– {C}", f"- {A}\n- {B}\n* {C}",
        f"«{A}», \"{B}\", '{C}'", f"УНРЗ: {A}, УНРЗ: {B}, УНРЗ {C}", f"УНРЗ№{A}; № {B}; №{C}", f"'{A}\n'{B}\n'{C}",
        f"({A}), [{B}], {C}", f"{A}.0\n{B},00\n{C}", f"\ufeff{A}\u200b\n{B}\n{C}",
        f"Добрый день!\nПросим удалить записи {A} и {B}, а также {C}.\nСпасибо.", f"УНРЗ\n{A}\n{B}\n{C}", f"{A} ,{B} , {C}",
        "７７００００１２３４５６; 770000123457; 77-00012/3-аб",
    ],
)  # fmt: skip
def test_numbers_are_taken_from_whatever_was_pasted(text: str) -> None:
    assert read(text) == RecordNumbers((A, B, C))


def test_repeats_are_told_once_and_case_does_not_count() -> None:
    assert read(f"{A}, {B}, {A}, {A}, {C}, {C.upper()}") == RecordNumbers((A, B, C), repeated=(A, C))


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("7,70001E+11", "7,70001E+11"),
        ("7.70001E+11", "7.70001E+11"),
        ("7,7E11", "7,7E11"),
        (f"{A} – {B}", f"{A} - {B}"),
        (f"{A}–{B}", f"{A} - {B}"),
        (f"{A}-{B}", f"{A}-{B}"),
        (f"{A}...{B}", f"{A}...{B}"),
        (f"с {A} по {B}", f"с {A} по {B}"),
        ("770 000 123 456", "770 000 123 456"),
        ("12.01.2025", "12.01.2025"),
        ("123", "123"),
        ("7700_0012", "7700_0012"),
    ],
)
def test_what_is_no_number_is_strange_and_never_dropped(text: str, strange: str) -> None:
    assert read(text) == RecordNumbers(strange=(strange,))
    assert read(f"{C}; {text}") == RecordNumbers((C,), strange=(strange,))


@pytest.mark.rule("TUB-2", "NOZ-2")
@pytest.mark.parametrize("text", ["11223344595", "112-233-445 95", "112-233-445-95", "112–233–445 95"])
def test_a_snils_among_record_numbers_is_a_persons(text: str) -> None:
    found = read(f"{A}, {text}, {B}")
    assert found.numbers == (A, B)
    assert [number.replace("-", "").replace(" ", "") for number in found.snils] == ["11223344595"]
    assert found.strange == ()


def test_zeros_in_front_make_no_snils() -> None:
    assert read("00012345678") == RecordNumbers(("00012345678",))


def test_another_pattern_is_another_answer() -> None:
    assert record_numbers(f"{A}, {C}", r"\d{12}") == RecordNumbers((A,), strange=(C,))


@given(
    st.lists(st.integers(min_value=10**11, max_value=10**12 - 1).map(str), unique=True, max_size=30),
    st.sampled_from(["\n", "; ", ", ", "\t", " "]),
)
def test_any_list_comes_back_in_order(numbers: list[str], sign: str) -> None:
    assert read(sign.join(numbers)) == RecordNumbers(tuple(numbers))


@given(st.text(alphabet="17 -–.,;\n\tаE+№«)/", max_size=60))
def test_any_text_is_read(text: str) -> None:
    found = read(text)
    assert not set(found.numbers) & set(found.strange)


@pytest.mark.parametrize("piece", ["1", "1-", "1 ", " - ", "с ", "а1", "7E1", "1-\n"])
def test_a_long_text_is_read_at_once(piece: str) -> None:
    started = time.process_time()
    read(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 3
