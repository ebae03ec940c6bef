"""Whoever sits down at an open session does not get the account with it: the present password is asked for."""

from __future__ import annotations

from starlette.requests import Request

from actions.accounts import accounts, logins, passwords
from web.shell.installed import installed
from web.shell.users import own

WRONG = "Нынешний пароль не подходит."


def fits(request: Request, typed: str) -> bool:
    """Counted before it is looked at. Raises TooSoon."""
    user = own(request)
    with installed(request).work(by=user.login) as work:
        stored = accounts.get(work, user.id).password_hash
        logins.begin(work, f"own:{user.id}", "")
    if not passwords.fits(typed, stored):
        return False
    with installed(request).work(by=user.login) as work:
        logins.succeeded(work, f"own:{user.id}", "")
    return True
