"""A request for ФРМО and ФРМР for five employees, and letters that answer it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from notifications.deciding import Asked, AskedRole, decide_letter
from notifications.reading import KnownPerson, Reading
from notifications.reading.result import Decision
from tests.letters.building import PATTERNS, letter

KEPT = Path(__file__).parent / "kept"
ANSWERS: dict[str, Any] = json.loads((KEPT / "answers.json").read_text("utf-8"))
PEOPLE = tuple(
    KnownPerson(one["snils"], one["surname"], one["name"], one["patronymic"], one["position"])
    for one in ANSWERS["people"]
)
SUBSYSTEMS = {
    "frmo": ("ФРМО", "Федеральный реестр медицинских организаций"),
    "frmr": ("ФРМР", "Федеральный регистр медицинских работников"),
}
ROLE = ("Работник организации", "Работник МО", "Пользователь МО")


def asked(
    people: tuple[KnownPerson, ...] = PEOPLE, subsystems: tuple[str, ...] = ("frmo", "frmr"), **other: Any
) -> Asked:
    """What the request asks for; `other` replaces single facts."""
    facts: dict[str, Any] = {
        "number": "ЕД-2026-000012",
        "people": people,
        "roles_asked": tuple(AskedRole(one.snils, code, "organisation") for one in people for code in subsystems),
        "subsystems": {code: SUBSYSTEMS[code] for code in subsystems},
        "roles": {f"{code}/organisation": ROLE for code in subsystems},
        "strange": ("РЭМД", "ИЭМК", "ФРБТ", "ФРВИЧ", "ВМП"),
        "organisation": ("ООО «Клиника»", "Общество с ограниченной ответственностью «Клиника»"),
        "dates": (dt.date(2026, 11, 20), dt.date(2026, 11, 23)),
        "today": dt.date(2026, 11, 26),
    }
    return Asked(**{**facts, **other})


def judged(
    text: str, request: Asked | None = None, *, subject: str = "Re: заявка", headers: str = "", **how: Any
) -> Reading:
    """A letter of the desk in the thread of our letter, read against the request."""
    return decide_letter(
        letter(text, subject=subject, extra=headers, **how), patterns=PATTERNS, asked=request or asked()
    )


def decision(text: str, request: Asked | None = None, **how: Any) -> Decision:
    """What such a letter decides; for one that is no answer at all a decision of nothing."""
    from notifications.reading import Outcome

    return judged(text, request, **how).decision or Decision(Outcome.NONE)


def granted(found: Decision) -> set[tuple[str, str]]:
    """(last digits of СНИЛС, subsystem) of everything that the decision grants or would grant."""
    return {(pair.snils[-2:], pair.subsystem) for pair in found.pairs if pair.outcome == "granted"}
