"""The API over a real database in a temporary folder, called with tokens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.calling import caller
from tests.web.world import World, open_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("EGISZ_HOME", str(tmp_path))
    opened = open_world(tmp_path)
    yield opened
    opened.installation.engine.dispose()


@pytest.fixture
def api(world: World) -> TestClient:
    """A program of an officer who administers too."""
    return caller(world)
