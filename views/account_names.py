"""Who an account is: pages name people, not logins."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from models.account import Account


def person_called(work: Work, login: str) -> str:
    """An account's name; the login itself for what is no account (a command)."""
    account = work.session.execute(select(Account).where(col(Account.login) == login)).scalar_one_or_none()
    return account.name if account else login
