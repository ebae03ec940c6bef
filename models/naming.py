"""How an organisation is called, wherever its names stand."""

from __future__ import annotations

from typing import Protocol


class _Names(Protocol):
    @property
    def short_name(self) -> str: ...
    @property
    def full_name(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def inn(self) -> str: ...


class Named:
    """What has a short name and a full one, either of which may be missing, and an ИНН."""

    __slots__ = ()

    @property
    def name(self: _Names) -> str:
        """The short name or the full one; "" while it has none."""
        return self.short_name or self.full_name

    @property
    def called(self: _Names) -> str:
        """As people call it: by its name, or at least by its ИНН."""
        return self.name or f"ИНН {self.inn}"

    @property
    def in_full(self: _Names) -> str:
        """The full name or the short one; "" while it has none."""
        return self.full_name or self.short_name
