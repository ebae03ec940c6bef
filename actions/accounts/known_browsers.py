"""Browsers that their user has logged in with before: no stranger's failures make them wait at the login."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import delete, select
from sqlmodel import col

from actions.accounts.sessions import hashed
from actions.context import Work
from models.account import Account, KnownBrowser

DAYS = 180
_MOST_MISSES = 20  # wrong passwords in a row: whoever took the cookie guesses like any stranger from then on
_MOST = 20  # of one account


def find(work: Work, account: Account | None, token: str) -> KnownBrowser | None:
    if account is None or not token:
        return None
    query = select(KnownBrowser).where(
        col(KnownBrowser.token_hash) == hashed(token),
        col(KnownBrowser.account_id) == account.id,
        col(KnownBrowser.seen_at) > work.now - dt.timedelta(days=DAYS),
    )
    found: KnownBrowser | None = work.session.execute(query.with_for_update()).scalar_one_or_none()
    return found


def count_try(work: Work, browser: KnownBrowser) -> None:
    """Before the password is looked at; `greet` forgets the count when it was right."""
    browser.misses += 1
    if browser.misses > _MOST_MISSES:
        work.session.delete(browser)
    work.session.flush()


def greet(work: Work, account: Account, token: str) -> str:
    """The right password came from it: the token that it is known by from now on. The oldest are forgotten on the way."""
    browser = find(work, account, token)
    if browser is None:
        token = secrets.token_urlsafe(32)
        browser = KnownBrowser(account_id=account.id or 0, token_hash=hashed(token), seen_at=work.now)
        work.session.add(browser)
    browser.misses, browser.seen_at = 0, work.now
    work.session.flush()
    mine = (
        select(col(KnownBrowser.id))
        .where(col(KnownBrowser.account_id) == account.id)
        .order_by(col(KnownBrowser.seen_at).desc())
    )
    kept = work.session.execute(mine.limit(_MOST)).scalars().all()
    work.session.execute(
        delete(KnownBrowser).where(col(KnownBrowser.account_id) == account.id, col(KnownBrowser.id).not_in(kept))
    )
    return token


def forget_all(work: Work, account: Account) -> None:
    work.session.execute(delete(KnownBrowser).where(col(KnownBrowser.account_id) == account.id))
