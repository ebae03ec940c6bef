"""What was understood of a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from notifications.reading.authenticity import Place, Statement, Verdict
from notifications.reading.told import Attached, Voice


class Kind(StrEnum):
    """What sort of letter it is. A notice of delay is an auto-reply with `delayed` set, never a bounce."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"
    BOUNCE = "bounce"
    AUTO_REPLY = "auto-reply"
    OTHER = "other"


class Outcome(StrEnum):
    """What an answer decides; NONE for every letter that is no answer."""

    GRANTED = "granted"
    REJECTED = "rejected"
    PARTIAL = "partial"
    QUESTION = "question"
    UNCLEAR = "unclear"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A line of our request: eleven digits of СНИЛС, the name in the nominative, its place from 1."""

    snils: str
    surname: str = ""
    name: str = ""
    patronymic: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True)
class Addressee:
    """One address of a letter and what became of it: `action` is failed, delayed, or a word for arrived."""

    address: str
    status: str = ""
    action: str = ""
    diagnostic: str = ""
    permanent: bool = True


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report on delivery (RFC 3464 or plain text). `permanent` is False while the server still tries.

    Its own values are those of the worst of `addressees`, each of which has a fate of its own.
    """

    recipient: str = ""
    status: str = ""
    action: str = ""
    diagnostic: str = ""
    original_message_id: str = ""
    permanent: bool = True
    addressees: tuple[Addressee, ...] = ()

    def __post_init__(self) -> None:
        """What comes back from storage are plain dictionaries."""
        restored = (Addressee(**each) if isinstance(each, Mapping) else each for each in self.addressees)
        object.__setattr__(self, "addressees", tuple(restored))


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """What a letter says of one asked role, in the sentence that says so; `until`: a last day (ISO) that it names."""

    snils: str
    subsystem: str
    role: str
    outcome: Outcome
    quote: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """When the desk says it will answer: a day (ISO), or a number of working days or hours from its letter."""

    quote: str
    day: str = ""
    working_days: int = 0
    working_hours: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What a letter decides of one request. `outcome` is clear only without `doubts`; `pairs` then cover all asked for.

    `ticket`: the desk's number as this letter settles it, None where it names none or several; `merged`: it replaces ours.
    """

    outcome: Outcome
    pairs: tuple[DecidedPair, ...] = ()
    doubts: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    ticket: str | None = None
    ticket_quote: str = ""
    merged: bool = False
    term: Term | None = None

    @property
    def clear(self) -> bool:
        """Whether a machine may apply the outcome."""
        return not self.doubts and self.outcome not in (Outcome.NONE, Outcome.UNCLEAR)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Decision:
        """Back from `asdict`, also through JSON."""
        parts = dict(told)
        parts["outcome"] = Outcome(parts["outcome"])
        parts["pairs"] = tuple(DecidedPair(**{**pair, "outcome": Outcome(pair["outcome"])}) for pair in parts["pairs"])
        parts["doubts"], parts["quotes"] = tuple(parts["doubts"]), tuple(parts["quotes"])
        parts["term"] = Term(**parts["term"]) if parts.get("term") else None
        return cls(**parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """A letter as it was read: a proposal with its evidence. `decision`: against what one request asked for.

    `closing`: it only closes the ticket or asks for a mark, which says nothing new once the outcome is known.
    """

    kind: Kind
    outcome: Outcome
    ticket: str | None = None
    our_number: str | None = None
    trusted: bool = False
    lines: dict[str, Outcome] = field(default_factory=dict)
    line_reasons: dict[str, str] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    sender: str = ""
    subject: str = ""
    date: str = ""
    message_id: str = ""
    text: str = ""
    quoted: str = ""
    bounce: Bounce | None = None
    delayed: bool = False
    problems: list[str] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    closing: bool = False
    automatic: bool = False
    decision: Decision | None = None
    voices: list[Voice] = field(default_factory=list)  # whose words the letter holds, the sender's first
    attachments: list[Attached] = field(default_factory=list)
    from_file: str = ""  # the attachment whose words make the proposal
    withheld: list[str] = field(default_factory=list)  # why no machine may act on it, in words
    from_desk: bool = False  # its From names the desk, which anybody can write
    statements: list[Statement] = field(default_factory=list)  # of mail servers on who wrote it
    our_tail: str = ""  # the random end of our number, as it stands there
    doubted: bool = False  # a file may say otherwise: not even a person is offered it in one click

    def clear(self) -> bool:
        """Whether a machine may apply it: from the desk, decided, and decided for every line it names."""
        if not self.trusted or self.kind is not Kind.ANSWER or self.withheld:
            return False
        values = set(self.lines.values())
        if self.outcome is Outcome.PARTIAL:
            return Outcome.GRANTED in values and values <= {Outcome.GRANTED, Outcome.REJECTED, Outcome.QUESTION}
        return self.outcome in (Outcome.GRANTED, Outcome.REJECTED) and values <= {self.outcome}

    def as_json(self) -> dict[str, Any]:
        """The contract of the command `letter read`."""
        return {
            "kind": self.kind.value,
            "outcome": self.outcome.value,
            "ticket": self.ticket,
            "trusted": self.trusted,
            "lines": {snils: outcome.value for snils, outcome in self.lines.items()},
            "evidence": list(self.evidence),
            "references": list(self.references),
        }

    def as_dict(self) -> dict[str, Any]:
        """Everything, JSON-able: what is kept in the database and what leaves the sandbox's child."""
        return asdict(self)

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Reading:
        """Back from `as_dict`; a key it does not know raises TypeError."""
        parts = dict(stored)
        parts["kind"], parts["outcome"] = Kind(parts["kind"]), Outcome(parts["outcome"])
        parts["lines"] = {snils: Outcome(value) for snils, value in parts.get("lines", {}).items()}
        if parts.get("bounce") is not None:
            parts["bounce"] = Bounce(**parts["bounce"])
        if parts.get("decision") is not None:
            parts["decision"] = Decision.from_dict(parts["decision"])
        parts["voices"] = [Voice(**voice) for voice in parts.get("voices", [])]
        parts["statements"] = [
            Statement(each["server"], Verdict(each["verdict"]), Place(each["place"]))
            for each in parts.get("statements", [])
        ]
        parts.setdefault("from_desk", parts.get("trusted", False))  # of letters read by a former release
        parts["attachments"] = [Attached(**file) for file in parts.get("attachments", [])]
        return cls(**parts)
