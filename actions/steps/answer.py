"""What a step is told, whoever tells it: a page's form, a call, a command, a letter, the post, a correction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from models.answers import Ground, PairAnswer, PairKey, Said
from models.facts import RequestFacts, SignatureFacts


class Upload(NamedTuple):
    """A file as it came."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Brought:
    """Files that come with an answer; a refused step keeps the scan and what was received all the same."""

    scan: tuple[Upload, ...] = ()
    attorney: Upload | None = None
    by_hand: bool = False  # the codes of the scan cannot be read; a person vouches for its pages
    ground: Upload | None = None
    received: tuple[tuple[str, Upload], ...] = ()  # with the code that the kind gives to such a file


@dataclass(frozen=True, slots=True)
class Answer:
    """Each step reads what its guards and effects need; the rest stays as it is here.

    `said` and `brought` are as a person told them; `pairs` and `ground` are what `actions.answers.entering` makes of them.
    Row numbers: `letter`, `file`, `granted`, `refused` (roles), `wrong` (roles answered wrongly), `lines`.
    """

    ticket: str | None = None
    outcome: str | None = None  # a code of the kind's outcomes
    said: tuple[Said, ...] = ()
    pairs: Mapping[PairKey, PairAnswer] = field(default_factory=dict)
    reason: str = ""
    until: dt.date | None = None  # the last day of every grant that names none
    answered_at: dt.datetime | None = None  # None: now
    question: str = ""
    reply: str = ""
    signature: SignatureFacts | None = None
    confirm_address: bool = False  # a person says yes to the desk's address
    channel: str | None = None  # how the papers went, where not by mail
    registered_on: dt.date | None = None
    due: dt.datetime | None = None  # the term as the desk names it, or as a correction puts it back
    ground: Ground = field(default_factory=Ground)
    brought: Brought = field(default_factory=Brought)
    letter: int | None = None
    file: int | None = None
    matched_by: str | None = None
    granted: tuple[int, ...] | None = None
    refused: tuple[int, ...] | None = None
    # of corrections
    wrong: tuple[int, ...] | None = None
    lines: tuple[int, ...] | None = None
    back_to: int | None = None  # a version
    earlier: Mapping[int, dt.datetime] = field(default_factory=dict)  # since when, by row numbers of roles
    sent_at: dt.datetime | None = None
    restores_term: bool = False
    judged: RequestFacts | None = None  # the facts that the step's guards have just read

    def in_log(self) -> dict[str, object]:
        """What of it the log may hold: no names, no free text."""
        told = {
            "ticket": self.ticket, "letter": self.letter, "file": self.file, "matched_by": self.matched_by, "channel": self.channel,
            "lines": self.lines, "outcome": self.outcome, "granted": self.granted, "refused": self.refused, "wrong": self.wrong,
            "back_to": self.back_to,
        }  # fmt: skip
        return {name: value for name, value in told.items() if value is not None}


NOTHING = Answer()
