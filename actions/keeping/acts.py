"""Acts of erasure as they are kept outside the database: by row numbers only, so that they can be done again in a copy put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models.audit import Event

ACTIONS = ("erasure.act", "patients.erased", "erasure.repeated")
Points = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ErasedLetter:
    """A letter that came in: enough to know it when the mailbox gives it again."""

    account: str
    folder: str
    uid_validity: int
    uid: int | None
    sha256: str
    essence: str
    received_at: str


@dataclass
class Act:
    """What one act erased. `requests` with the status each had by then; `history`: see `points`."""

    requests: dict[int, str] = field(default_factory=dict)
    patients: list[int] = field(default_factory=list)
    cards: list[int] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    letters: list[ErasedLetter] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)  # hashes of the acts that it does again
    history: Points = ()
    seq: int = 0
    hash: str = ""

    def __bool__(self) -> bool:
        return bool(self.requests or self.patients or self.cards or self.workers or self.items or self.letters)

    def at(self, session: Session, event: Event) -> Act:
        """With its place in the log."""
        self.history, self.seq, self.hash = points(session), event.seq, event.hash
        return self

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Act:
        """Raises KeyError, TypeError, ValueError for what is none."""
        made = cls(**told)
        made.requests = {int(number): str(status) for number, status in made.requests.items()}
        made.letters = [ErasedLetter(**letter) for letter in told["letters"]]
        made.history = tuple((int(seq), str(digest)) for seq, digest in told["history"])
        return made

    def followed(self, history: Points, head: int) -> bool:
        """Whether it was done in what became of a log with this history that ends at `head`, where that log lacks it."""
        before = len(history)
        if not before or self.history[:before] != history:
            return False
        return len(self.history) == before or head < self.history[before][0]


def points(session: Session) -> Points:
    """What tells one history from another: the first event, and each return of a copy."""
    query = select(col(Event.seq), col(Event.hash)).where(
        (col(Event.seq) == 1) | (col(Event.action) == "backup.restored")
    )
    return tuple((seq, digest) for seq, digest in session.execute(query.order_by(col(Event.seq))).tuples())


def merged(acts: Iterable[Act]) -> Act:
    """All of them as one."""
    whole = Act()
    for act in acts:
        whole.requests |= act.requests
        for name in ("patients", "cards", "workers", "items", "letters"):
            known = getattr(whole, name)
            known += [each for each in getattr(act, name) if each not in known]
        whole.repeats += [act.hash, *act.repeats]
    return whole
