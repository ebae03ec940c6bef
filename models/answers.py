"""What an answer says of each role that was asked for, and what the answer rests on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, NamedTuple

from models.text import tidy

Outcome = Literal["granted", "rejected"]
LEAST_GROUND = 10  # characters in which a person can say who told it and when


class PairKey(NamedTuple):
    """A worker's line and one role of it; both codes are "" where the kind of request has no roles."""

    line_id: int
    subsystem: str
    role: str


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """What was said of one role: `quote` is the sentence that decided it, `until` an end date that it names."""

    outcome: Outcome
    reason: str = ""
    quote: str = ""
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What an answer rests on: a received letter, a file of the request (both row numbers), or words of whom and when."""

    letter: int | None = None
    file: int | None = None
    words: str = ""

    @property
    def enough(self) -> bool:
        return self.letter is not None or self.file is not None or len(tidy(self.words)) >= LEAST_GROUND


@dataclass(frozen=True, slots=True)
class Said:
    """A part of an answer as a person enters it: of everybody, of one worker, of one role, or of one worker's role.

    `subsystem` and `role` are codes or names of the catalogue. The narrower part counts.
    """

    outcome: Outcome
    reason: str = ""
    until: dt.date | None = None
    line: int | None = None
    snils: str = ""
    subsystem: str = ""
    role: str = ""
    exact: bool = False  # of one role even where it has no name

    @property
    def narrowness(self) -> tuple[int, bool]:
        who, what = bool(self.line or self.snils), bool(self.subsystem or self.role or self.exact)
        return who + what, who and bool(self.role or self.exact)
