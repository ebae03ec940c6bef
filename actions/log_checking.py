"""The chain of the log checked piece by piece, so that a long one shows how far it has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from actions import audit
from actions.audit import Anchor, Verdict
from models.record import Event

PIECE = 50_000


@dataclass(frozen=True, slots=True)
class Checked:
    """Events up to `reached` are whole; `verdict` is there when nothing is left to look at."""

    reached: int
    of: int
    verdict: Verdict | None = None


def check_piece(session: Session, after: int, anchors: Iterable[Anchor] = (), *, most: int = PIECE) -> Checked:
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
    verdict = _chain(session, after, start, most)
    if verdict.ok and verdict.events < min(after + most, head.seq) and _is_gap(session, verdict.events, head.seq):
        missing = verdict.events + 1
        verdict = Verdict(
            verdict.events, verdict.head, missing, f"Записи № {missing} нет: она удалена или переставлена."
        )
    if verdict.ok and verdict.events == after + most:
        return Checked(verdict.events, max(head.seq, verdict.events))
    return Checked(verdict.events, head.seq, audit.compared(session, verdict, [head, *anchors]))


def check_whole(session: Session, anchors: Iterable[Anchor] = ()) -> Verdict:
    """All pieces, one after the other."""
    known, reached = list(anchors), 0
    while True:
        checked = check_piece(session, reached, known)
        if checked.verdict is not None:
            return checked.verdict
        reached = checked.reached


def _chain(session: Session, after: int, start: str, most: int) -> Verdict:
    """Columns instead of rows of the model: a million events are three times as fast."""
    query = (
        select(
            col(Event.seq), col(Event.at), col(Event.actor), col(Event.action), col(Event.subject), col(Event.data),
            col(Event.previous), col(Event.hash),
        )
        .where(col(Event.seq) > after, col(Event.seq) <= after + most)
        .order_by(col(Event.seq))
    )  # fmt: skip
    count, last = after, start
    for seq, at, actor, action, subject, data, previous, hash in session.execute(query):
        if seq != count + 1:
            return Verdict(count, last, count + 1, f"Записи № {count + 1} нет: она удалена или переставлена.")
        if previous != last or hash != audit.event_hash(seq, at, actor, action, subject, data, previous):
            return Verdict(count, last, seq, f"Запись № {seq} изменена или подменена.")
        count, last = seq, hash
    return Verdict(count, last)


def _is_gap(session: Session, seq: int, head: int) -> bool:
    """Nothing follows at the end of a piece: a gap, or the end of the log when nothing at all does."""
    query = select(col(Event.seq)).where(col(Event.seq) > seq, col(Event.seq) <= head)
    return session.execute(query.limit(1)).first() is not None
