"""A finding of the page of health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["good", "note", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Check:
    """`told` is the state in a sentence, `more` its details, `mend` what to do when it is not good."""

    code: str
    name: str
    level: Level
    told: str
    more: tuple[str, ...] = ()
    mend: str = ""
