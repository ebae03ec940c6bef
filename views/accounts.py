"""Who an account is, and what each has: pages name people, not logins."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from actions.accounts import accounts
from actions.context import Work
from models.account import AccountOrganisation, AccountSession


def person_called(work: Work, login: str) -> str:
    """An account's name; the login itself for what is no account (a command)."""
    account = accounts.find(work, login)
    return account.name if account else login


def organisations_seen(work: Work) -> Counter[int]:
    """By account; of one that sees all of them none are written down."""
    return _counted(work, col(AccountOrganisation.account_id))


def sessions_running(work: Work) -> Counter[int]:
    return _counted(work, col(AccountSession.account_id), col(AccountSession.ends_at) > work.now)


def _counted(work: Work, column: Any, *where: Any) -> Counter[int]:
    query = select(column, func.count()).where(*where).group_by(column)
    return Counter(dict(work.session.execute(query).tuples().all()))
