"""A page over a real database in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from actions.accounts import passwords
from tests.web.apps import app_for
from tests.web.users import session_of
from tests.web.world import World, open_world
from web.shell.cookies import COOKIE


@pytest.fixture(autouse=True)
def light_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing; what real ones cost is tested in tests/actions/accounts/test_passwords.py."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: light)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("EGISZ_HOME", str(tmp_path))
    opened = open_world(tmp_path)
    yield opened
    opened.installation.engine.dispose()


@pytest.fixture
def stranger(world: World) -> TestClient:
    """A browser without an account, as an employee's is."""
    return TestClient(app_for(world.installation), headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def officer(stranger: TestClient, world: World) -> TestClient:
    """A browser in which an officer who administers too has logged in."""
    stranger.cookies.set(COOKIE, session_of(world))
    return stranger
