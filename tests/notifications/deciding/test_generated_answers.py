"""What a machine applies of a made-up answer is exactly what was meant, or nothing."""

from __future__ import annotations

import os
import random

from notifications.deciding import decide
from notifications.reading.quoting import split
from tests.letters.building import PATTERNS
from tests.letters.generated import Answer, answer

NUMBER = int(os.environ.get("EGISZ_ANSWERS", "2000"))


def _decided(made: Answer) -> dict[tuple[str, str], str] | None:
    lines = split(made.text, PATTERNS.quotes, "Re: заявка")
    found = decide(lines.own, lines.signature, "Re: заявка", made.request, PATTERNS)
    if not found.clear or found.outcome == "question":
        return None
    return {(pair.snils, pair.subsystem): pair.outcome.value for pair in found.pairs}


def test_applied_is_what_was_meant_or_nothing() -> None:
    chance = random.Random(20261129)
    wrong, plain, understood = [], 0, 0
    for _ in range(NUMBER):
        made = answer(chance)
        decided = _decided(made)
        if decided is not None and decided != made.meaning:
            wrong.append((made.text, decided))
        if made.plain:
            plain += 1
            understood += decided == made.meaning
    assert wrong == []
    assert understood >= 0.97 * plain, f"{understood} of {plain} plain answers understood"
