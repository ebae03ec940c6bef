"""Both databases for what has to hold on both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from tests.conftest import REAL_MIGRATE, REAL_PREPARE_SQLITE, Clock
from tests.postgres import new_database
from wiring import database
from wiring.database import engine_for
from wiring.settings import Settings
from wiring.work import Installation


@pytest.fixture(autouse=True)
def opened_and_migrated_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "migrate", REAL_MIGRATE)
    monkeypatch.setattr(database, "_prepare_sqlite", REAL_PREPARE_SQLITE)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'database.sqlite3'}"
    return new_database(request.getfixturevalue("server"))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = engine_for(url)
    yield made
    made.dispose()


@pytest.fixture
def on_both(url: str, tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    """An installation on either database."""
    made = Installation(Settings(home=tmp_path / "home", database_url=SecretStr(url)), clock=clock)
    yield made
    made.engine.dispose()
