"""Answers in the styles of many desks: what is applied by machine is what a careful reader would record, or nothing."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from notifications.deciding import Asked, decide_letter
from notifications.reading import Kind, KnownPerson, Outcome, Reading
from tests.letters.asking import KEPT, asked
from tests.letters.building import PATTERNS, letter

ANSWERS: list[dict[str, Any]] = json.loads((KEPT / "desk_answers.json").read_text("utf-8"))
PEOPLE = (
    KnownPerson("11223344595", "Иванов", "Пётр", "Сергеевич", 1),
    KnownPerson("12034567867", "Смирнова", "Анна", "Викторовна", 2),
    KnownPerson("13345678925", "Кузнецов", "Олег", "Игоревич", 3),
    KnownPerson("14567890130", "Петрова", "Мария", "Андреевна", 4),
    KnownPerson("15678901242", "Соколова", "Елена", "Дмитриевна", 5),
)
SUBSYSTEMS = {"frmo": "ФРМО", "frmr": "ФРМР"}
VALUES = {"granted": Outcome.GRANTED, "refused": Outcome.REJECTED}
Pairs = dict[tuple[str, str], Outcome]
# Of the answers that decide everything, at least so many are read right by machine; the rest waits for a person.
LEAST_READ = {"plain-grant": 0.8, "plain-refusal": 0.85, "mixed": 0.5, "question": 0.8, "acknowledgement": 0.75}


def _request() -> Asked:
    return asked(
        PEOPLE,
        number="EA-2026-000117",
        strange=("РЭМД", "ИЭМК", "ФРБТ", "ФРВИЧ", "ВМП", "СИП", "ФРНСИ", "ИПС"),
        organisation=(
            "ГБУЗ «Городская поликлиника № 3»",
            "Государственное бюджетное учреждение здравоохранения «Городская поликлиника № 3»",
        ),
        dates=(dt.date(2026, 11, 27), dt.date(2026, 11, 30)),
        today=dt.date(2026, 12, 20),
    )


def _read(case: dict[str, Any]) -> Reading:
    subject = case["subject"] if case["subject"].lower().startswith("re") else f"Re: {case['subject']}"
    return decide_letter(letter(case["text"], subject=subject), patterns=PATTERNS, asked=_request())


def _meant(case: dict[str, Any]) -> Pairs:
    if not isinstance(case["meant"], dict):
        return {}
    each = (
        (person.snils, code, case["meant"][name].get(str(person.position), "none"))
        for code, name in SUBSYSTEMS.items()
        for person in PEOPLE
    )
    return {(snils, code): VALUES[said] for snils, code, said in each if said in VALUES}


def _applied(reading: Reading) -> Pairs:
    found = reading.decision
    if found is None or not found.clear or found.outcome is Outcome.QUESTION:
        return {}
    return {(pair.snils, pair.subsystem): pair.outcome for pair in found.pairs}


@pytest.fixture(scope="module")
def readings() -> list[tuple[dict[str, Any], Reading]]:
    return [(case, _read(case)) for case in ANSWERS]


@pytest.mark.rule("AWT-1")
def test_machine_applies_what_was_meant_or_nothing(readings: list[tuple[dict[str, Any], Reading]]) -> None:
    wrong = [
        (case["id"], case["text"])
        for case, reading in readings
        for applied in [_applied(reading)]
        if applied and applied != _meant(case)
    ]
    assert len(ANSWERS) == 1160 and not wrong


def test_answer_of_a_person_is_never_put_away_as_an_auto_reply(readings: list[tuple[dict[str, Any], Reading]]) -> None:
    assert not [case["id"] for case, reading in readings if _meant(case) and reading.kind is Kind.AUTO_REPLY]


def test_most_plain_answers_need_no_person(readings: list[tuple[dict[str, Any], Reading]]) -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for group, good in _judged(readings):
        total[group] += 1
        right[group] += good
    shares = {group: right[group] / total[group] for group in LEAST_READ}
    assert all(shares[group] >= least for group, least in LEAST_READ.items()), shares


def _judged(readings: list[tuple[dict[str, Any], Reading]]) -> Iterator[tuple[str, bool]]:
    for case, reading in readings:
        group, meant = case["group"], _meant(case)
        outcome = reading.decision.outcome if reading.decision else Outcome.NONE
        if group in ("plain-grant", "plain-refusal", "mixed") and len(meant) == 2 * len(PEOPLE):
            yield group, _applied(reading) == meant
        elif group == "question":
            yield group, outcome is Outcome.QUESTION
        elif group == "acknowledgement":
            yield group, reading.kind is Kind.ACKNOWLEDGEMENT and outcome is Outcome.NONE
