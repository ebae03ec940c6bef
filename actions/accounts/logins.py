"""Failed logins are slowed: each costs the next one of the same login, or from the same address, more time.

The counts are in the database, so they hold for all processes of the page. Whose browser is known is not counted here
(see known_browsers): a stranger who fails on purpose makes only strangers wait.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import math

from sqlmodel import col, delete

from actions.context import Work
from models.account import FailedLogin
from refusals import Refusal

# Of one login from one address; of one login from anywhere; of one address, which many people of a clinic share.
_FREE = {"pair": 5, "login": 50, "address": 30}
_LONGEST = dt.timedelta(minutes=15)
_FORGOTTEN = dt.timedelta(hours=24)


class TooSoon(Refusal):
    """Logging in has to wait; the text says how long."""

    http_status = 429

    def __init__(self, wait: dt.timedelta) -> None:
        self.retry_after = max(1, math.ceil(wait.total_seconds()))
        minutes, seconds = divmod(self.retry_after, 60)
        told = f"{minutes} мин" if minutes else f"{seconds} с"
        super().__init__(f"Слишком много неудачных попыток. Повторите через {told}.")


def begin(work: Work, login: str, address: str) -> None:
    """Count a try before the password is looked at, so that tries side by side are counted too. Raises TooSoon."""
    counted = (("pair", f"{login}|{address}"), ("login", login), ("address", address))
    rows = [(_row(work, use, value), _FREE[use]) for use, value in counted if value]
    for row, free in rows:
        wait = row.failed_at + _delay(row.failures, free) - work.now
        if wait > dt.timedelta(0):
            raise TooSoon(wait)
    for row, _ in rows:
        row.failures += 1
        row.failed_at = work.now
    work.session.flush()


def _delay(failures: int, free: int) -> dt.timedelta:
    """Nothing for the first ones, then 2 s, 4 s, 8 s … a quarter of an hour."""
    if failures < free:
        return dt.timedelta(0)
    return min(dt.timedelta(seconds=2 ** min(failures - free + 1, 12)), _LONGEST)


def _row(work: Work, use: str, value: str) -> FailedLogin:
    row = _known(work, use, value)
    if row is None:
        row = FailedLogin(key=_key(work, use, value), failures=0, failed_at=work.now)
        work.session.add(row)
    elif work.now - row.failed_at > _FORGOTTEN:
        row.failures = 0
    return row


def _known(work: Work, use: str, value: str) -> FailedLogin | None:
    return work.session.get(FailedLogin, _key(work, use, value), with_for_update=True)


def _key(work: Work, use: str, value: str) -> str:
    return hmac.new(work.policy.link_secret, f"{use}:{value.strip().lower()}".encode(), hashlib.sha256).hexdigest()


def count(work: Work, use: str, value: str) -> int:
    """How often this happened, this time included, without a day's rest between two."""
    row = _row(work, use, value)
    row.failures += 1
    row.failed_at = work.now
    work.session.flush()
    return row.failures


def succeeded(work: Work, login: str, address: str) -> None:
    """The try was right: the login starts anew, its try is taken off the address, and old failures are cleared away."""
    by_pair, by_login, by_address = (
        _known(work, use, value)
        for use, value in (("pair", f"{login}|{address}"), ("login", login), ("address", address))
    )
    for row in filter(None, (by_pair, by_login)):
        work.session.delete(row)
    if by_address is not None:
        by_address.failures = max(0, by_address.failures - 1)
    work.session.flush()
    work.session.execute(delete(FailedLogin).where(col(FailedLogin.failed_at) < work.now - _FORGOTTEN))
