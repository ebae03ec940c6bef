"""Who is looking: the user of a request, what he may do, and his organisations."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from actions.context import Seen
from models.account import Account, Role


@dataclass(frozen=True, slots=True)
class User:
    """`only_of` is his account's number when he sees only his organisations, None when he sees all; narrower with a token."""

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    only_of: Seen
    theme: str
    session_id: int | None  # None: came with a token

    def has(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))

    @property
    def acts(self) -> bool:
        """Whether he carries requests, not only looks at them."""
        return Role.OFFICER in self.roles

    @property
    def comments(self) -> bool:
        return self.has(Role.OFFICER, Role.MANAGER)

    @property
    def administers(self) -> bool:
        return Role.ADMINISTRATOR in self.roles


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
