"""The chain of the log checked piece by piece, so that a long one shows how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from actions.log import audit
from actions.log.audit import Anchor, Seals, Verdict
from models.audit import Event

PIECE = 50_000


@dataclass(frozen=True, slots=True)
class Checked:
    """Events up to `reached` are whole; `verdict` is there when nothing is left to look at."""

    reached: int
    of: int
    verdict: Verdict | None = None


def check_piece(
    session: Session, after: int, anchors: Iterable[Anchor] = (), seals: Seals | None = None, *, most: int = PIECE
) -> Checked:
    """Go on behind event `after`, which an earlier piece has proven with everything before it."""
    head = audit.anchor(session)
    start = (
        session.execute(select(col(Event.hash)).where(col(Event.seq) == after)).scalar_one_or_none()
        if after
        else audit.START
    )
    if start is None:
        return Checked(
            after, head.seq, Verdict(after, "", after, f"Записи № {after} нет: она удалена или переставлена.")
        )
    verdict = audit.check_between(session, after, start, most, seals)
    if verdict.ok and verdict.events < min(after + most, head.seq) and _is_gap(session, verdict.events, head.seq):
        missing = verdict.events + 1
        verdict = Verdict(
            verdict.events, verdict.head, missing, f"Записи № {missing} нет: она удалена или переставлена."
        )
    if verdict.ok and verdict.events == after + most:
        return Checked(verdict.events, max(head.seq, verdict.events))
    return Checked(verdict.events, head.seq, audit.compared(session, verdict, [head, *anchors]))


def check_whole(session: Session, anchors: Iterable[Anchor] = (), seals: Seals | None = None) -> Verdict:
    """All pieces, one after the other."""
    known, reached = list(anchors), 0
    while True:
        checked = check_piece(session, reached, known, seals)
        if checked.verdict is not None:
            return checked.verdict
        reached = checked.reached


def _is_gap(session: Session, seq: int, head: int) -> bool:
    """Nothing follows at the end of a piece: a gap, or the end of the log when nothing at all does."""
    query = select(col(Event.seq)).where(col(Event.seq) > seq, col(Event.seq) <= head)
    return session.execute(query.limit(1)).first() is not None
