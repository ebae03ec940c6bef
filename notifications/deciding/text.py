"""One text on its way to a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog.letters import LetterPatterns
from notifications.deciding.asked import Asked
from notifications.deciding.claims import Claim
from notifications.deciding.known import Finder
from notifications.reading.judging import Clause


@dataclass(slots=True)
class Letter:
    """Its sentences and claims; `spoken` are clauses that belong to a claim of others; `doubts` grow on the way."""

    text: str
    asked: Asked
    patterns: LetterPatterns
    sentences: list[list[Clause]]
    claims: list[Claim]
    spoken: set[int]
    finder: Finder
    doubts: list[str] = field(default_factory=list)


def shown(letter: Letter, clauses: Sequence[Clause]) -> str:
    """The sentence as it stands, for a doubt or a quote."""
    unit = clauses[0].unit
    return " ".join(letter.text[unit.start : unit.end].split())[:120]
