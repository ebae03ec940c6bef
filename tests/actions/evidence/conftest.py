"""The world of `world.both`, made once and copied for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.evidence.world import both
from tests.conftest import Clock
from tests.homes import copied, made_once
from wiring.work import Installation


@pytest.fixture(scope="session")
def answered_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory.mktemp("answered"), both)


@pytest.fixture
def answered(answered_home: Path, home: Path, clock: Clock) -> Iterator[Installation]:
    """Request 2 is granted and partly verified; request 3 is another organisation's."""
    made = copied(answered_home, home, clock)
    yield made
    made.engine.dispose()
