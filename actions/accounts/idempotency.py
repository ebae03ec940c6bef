"""Answers of the API kept under the caller's key, so that a call repeated after a broken line acts once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from actions.context import Conflict, Work
from models.account import IdempotencyKey

KEPT = dt.timedelta(hours=24)
_UNANSWERED = 0  # status of a claim whose action is still under way


class Busy(Conflict):
    """The same key is being worked on this very moment."""

    problem = "idempotency-busy"
    retry_after = 1


def find(work: Work, account_id: int, key: str) -> IdempotencyKey | None:
    """None when the key is new or its time is over."""
    query = select(IdempotencyKey).where(col(IdempotencyKey.account_id) == account_id, col(IdempotencyKey.key) == key)
    found: IdempotencyKey | None = work.session.execute(query).scalar_one_or_none()
    if found is not None and work.now - found.created_at >= KEPT:
        work.session.delete(found)
        work.session.flush()
        return None
    return found


def claim(work: Work, account_id: int, key: str, digest: str) -> IdempotencyKey:
    """Taken in the action's own transaction, so both are there or neither. Raises Busy when another was faster."""
    row = IdempotencyKey(account_id=account_id, key=key, digest=digest, status=_UNANSWERED, created_at=work.now)
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        raise Busy("Вызов с этим ключом повтора выполняется. Повторите через секунду.") from None
    return row


def answer(row: IdempotencyKey, *, status: int, media_type: str, body: str) -> None:
    row.status, row.media_type, row.body = status, media_type, body


def release(work: Work, row: IdempotencyKey) -> None:
    """Nothing came of it: the same key may be tried again."""
    work.session.delete(row)
    work.session.flush()


def erase_old(work: Work) -> int:
    """They may hold names. Returns how many went."""
    result: CursorResult[object] = work.session.execute(  # type: ignore[assignment]
        delete(IdempotencyKey).where(col(IdempotencyKey.created_at) <= work.now - KEPT)
    )
    return int(result.rowcount)
