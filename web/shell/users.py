"""Who is looking: the user of a request, what he may do, and his organisations."""

from __future__ import annotations

from starlette.requests import Request

from actions.accounts.user import User
from models.account import Account, Role


def user_from(account: Account, session_id: int | None) -> User:
    return User(
        id=account.id or 0,
        login=account.login,
        name=account.name,
        roles=frozenset(Role(role) for role in account.roles),
        only_of=None if account.everywhere else account.id,
        theme=account.theme,
        session_id=session_id,
    )


def user_of(request: Request) -> User | None:
    """None on pages that need no account."""
    user: User | None = request.scope.get("state", {}).get("user")
    return user


def own(request: Request) -> User:
    """The user of a page behind the door, where there is always one."""
    user = user_of(request)
    assert user is not None, "a page behind the door without a user"
    return user
