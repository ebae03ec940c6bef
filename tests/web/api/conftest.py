"""The API over a real database in a temporary folder, called with tokens."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.web.api.calling import caller
from tests.web.conftest import world
from tests.web.world import World

__all__ = ["api", "world"]


@pytest.fixture
def api(world: World) -> TestClient:
    """A program of an officer who administers too."""
    return caller(world)
