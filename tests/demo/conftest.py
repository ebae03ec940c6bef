"""The practice mail servers, as the tests of the post know them."""

from tests.notifications.conftest import demo, demo_world

__all__ = ["demo", "demo_world"]
