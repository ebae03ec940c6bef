"""How the demo desk is to behave: data, so that a demonstration or a test can ask for any course of events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType


class Outcome(StrEnum):
    """What the desk makes of a letter."""

    GRANT = "grant"
    PARTLY = "partly"
    REFUSE = "refuse"
    ASK = "ask"
    BOUNCE = "bounce"
    SILENT = "silent"


EVERYBODY = "*"
_GRANT_ALL: Mapping[str, tuple[Outcome, ...]] = MappingProxyType({EVERYBODY: (Outcome.GRANT,)})


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """`turns`: by ИНН, by the sender's address or "*", what each letter in turn gets; the last one goes on for ever.

    Times in seconds. `refused` are СНИЛС (digits) that a partly granted application loses; without them, its last.
    """

    turns: Mapping[str, tuple[Outcome, ...]] = field(default_factory=lambda: _GRANT_ALL)
    refused: frozenset[str] = frozenset()
    acknowledge_after: float = 1.0
    answer_after: float = 5.0

    @classmethod
    def from_file(cls, path: Path) -> DeskPlan:
        """Read a JSON object with the same names. Raises ValueError on unknown names and outcomes."""
        told = json.loads(path.read_text(encoding="utf-8"))
        unknown = set(told) - {"turns", "refused", "acknowledge_after", "answer_after"}
        if unknown:
            raise ValueError(f"unknown names in the desk's plan: {', '.join(sorted(unknown))}")
        if "turns" in told:
            told["turns"] = {key: tuple(map(Outcome, outcomes)) for key, outcomes in told["turns"].items()}
        if "refused" in told:
            told["refused"] = frozenset(told["refused"])
        return cls(**told)

    def key_for(self, names: tuple[str, ...]) -> str:
        """The first of these names that the plan knows, else the one for everybody."""
        return next((name for name in names if name in self.turns), EVERYBODY)

    def outcome(self, key: str, turn: int) -> Outcome:
        course = self.turns.get(key) or _GRANT_ALL[EVERYBODY]
        return course[min(turn, len(course) - 1)]
