"""What a passkey is asked to sign: drawn by lot, kept with the session that asked, taken once and soon."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import update
from sqlmodel import col

from actions.context import NotFound, Work
from models.account import AccountSession

_SOON = dt.timedelta(minutes=5)


def make(work: Work, session_id: int) -> bytes:
    """A session waits for one answer at a time. Raises NotFound where the session is over."""
    made = secrets.token_bytes(32)
    session = work.session.get(AccountSession, session_id)
    if session is None:
        raise NotFound("Сеанс завершён. Войдите снова.")
    session.challenge, session.challenge_at = made.hex(), work.now
    work.session.flush()
    return made


def take(work: Work, session_id: int) -> bytes | None:
    """None where nothing was asked, or too long ago; whoever comes with the same answer again finds nothing."""
    session = work.session.get(AccountSession, session_id)
    if session is None or session.challenge is None or session.challenge_at is None:
        return None
    waiting, asked_at = session.challenge, session.challenge_at
    taken = update(AccountSession).where(col(AccountSession.id) == session_id, col(AccountSession.challenge) == waiting)
    done = work.session.execute(taken.values(challenge=None, challenge_at=None))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return None
    return bytes.fromhex(waiting) if work.now - asked_at < _SOON else None
