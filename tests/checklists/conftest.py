"""The pages' own fixtures serve here too."""

from tests.web.conftest import officer, stranger, world

__all__ = ["officer", "stranger", "world"]
