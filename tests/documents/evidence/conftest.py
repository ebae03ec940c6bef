"""The world of the packs serves here too."""

from tests.actions.evidence.conftest import answered, answered_home

__all__ = ["answered", "answered_home"]
