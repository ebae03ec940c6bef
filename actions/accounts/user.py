"""Who is at work: what he may do, and his organisations."""

from __future__ import annotations

from dataclasses import dataclass

from actions.context import Seen
from models.account import Role


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
