"""The pages' own fixtures serve here too."""

from tests.web.conftest import light_passwords, officer, stranger, world

__all__ = ["light_passwords", "officer", "stranger", "world"]
