"""Sessions of the page: a random token in a cookie, its hash here, ended at any moment."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlmodel import col

from actions.context import NotFound, Work
from actions.log import audit
from models.account import Account, AccountSession

_SEEN_EVERY = dt.timedelta(minutes=5)  # a write per look would be too many


_HALF = dt.timedelta(minutes=10)  # to look for the phone
_ANEW = dt.timedelta(minutes=15)  # to change how one logs in, after showing once more that one is oneself


def start(work: Work, account: Account, *, agent: str = "", address: str = "", proven: bool = True) -> str:
    """The token for the cookie. Sessions that ran out are cleared away on the way.

    Not `proven`: the second step is awaited, and the session opens nothing but it.
    """
    token = secrets.token_urlsafe(32)
    work.session.execute(delete(AccountSession).where(col(AccountSession.ends_at) < work.now))
    work.session.add(
        AccountSession(
            token_hash=hashed(token),
            account_id=account.id or 0,
            started_at=work.now,
            seen_at=work.now,
            ends_at=work.now + (dt.timedelta(days=work.policy.session_days) if proven else _HALF),
            agent=agent[:200],
            address=address[:100],
            proven=proven,
        )
    )
    if proven:
        account.last_login_at = work.now
        audit.record(work, "account.logged-in", f"account:{account.id}")
    return token


def hashed(token: str) -> str:
    """Tokens are long and random, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def find(work: Work, token: str, *, proven: bool = True) -> tuple[AccountSession, Account] | None:
    """None when there is no such session, it is over, idle for too long, or its account is switched off."""
    query = (
        select(AccountSession, Account)
        .join(Account, col(Account.id) == col(AccountSession.account_id))
        .where(col(AccountSession.token_hash) == hashed(token), col(Account.active).is_(True))
        .where(col(AccountSession.proven).is_(proven))
    )
    found = work.session.execute(query).first()
    if found is None:
        return None
    session, account = found
    idle_from = work.now - dt.timedelta(hours=work.policy.session_idle_hours)
    return (session, account) if session.ends_at > work.now and session.seen_at > idle_from else None


def is_stale(work: Work, session: AccountSession, address: str = "") -> bool:
    """Whether it is time to note that the session is alive, or from where."""
    return work.now - session.seen_at > _SEEN_EVERY or bool(address and address != session.address)


def touch(work: Work, session_id: int, address: str = "") -> None:
    session = work.session.get(AccountSession, session_id)
    if session is not None:
        session.seen_at, session.address = work.now, address[:100] or session.address


def prove_anew(work: Work, session_id: int) -> None:
    """Its user has shown a moment ago that it is he, and not somebody who sat down at an open page."""
    session = work.session.get(AccountSession, session_id)
    if session is not None:
        session.proven_anew_at = work.now
        work.session.flush()


def is_proven_anew(work: Work, session_id: int | None) -> bool:
    session = work.session.get(AccountSession, session_id) if session_id is not None else None
    return session is not None and session.proven_anew_at is not None and work.now - session.proven_anew_at < _ANEW


def of(work: Work, account: Account) -> Sequence[AccountSession]:
    """Those still running, the newest first."""
    idle_from = work.now - dt.timedelta(hours=work.policy.session_idle_hours)
    query = select(AccountSession).where(
        col(AccountSession.account_id) == account.id,
        col(AccountSession.ends_at) > work.now,
        col(AccountSession.proven).is_(True),
        col(AccountSession.seen_at) > idle_from,
    )
    return work.session.execute(query.order_by(col(AccountSession.seen_at).desc())).scalars().all()


def end(work: Work, token: str) -> None:
    work.session.execute(delete(AccountSession).where(col(AccountSession.token_hash) == hashed(token)))


def end_one(work: Work, account: Account, number: int) -> None:
    """Raises NotFound for another's, or one that is over."""
    session = work.session.get(AccountSession, number)
    if session is None or session.account_id != account.id:
        raise NotFound("Такого сеанса у вас нет: возможно, он уже завершён.")
    work.session.delete(session)
    audit.record(work, "account.session-ended", f"account:{account.id}", session=number)


def end_all(work: Work, account: Account, *, keep: int | None = None) -> None:
    where = [col(AccountSession.account_id) == account.id]
    if keep is not None:
        where.append(col(AccountSession.id) != keep)
    work.session.execute(delete(AccountSession).where(*where))
