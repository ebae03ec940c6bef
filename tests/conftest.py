"""What every test may use: an installation of its own in an empty folder, a clock that can be set, no way out."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine

from sandbox import zygote
from wiring import database
from wiring.settings import Settings
from wiring.work import Installation

LONG_RUNS = (
    "EGISZ_KILL_ROUNDS",
    "EGISZ_ROSTERS",
    "EGISZ_ANSWERS",
    "EGISZ_SCHEMA_CASES",
    "EGISZ_ATTACK",
)  # how much `make torture` does of what the suite does a little
REAL_MIGRATE, REAL_PREPARE_SQLITE = database.migrate, database._prepare_sqlite


def pytest_configure(config: pytest.Config) -> None:
    """Settings of the machine must not leak into tests; proxies must not catch loopback."""
    for name in list(os.environ):
        if (name.startswith(("EGISZ_", "PREFECT_")) and name not in LONG_RUNS) or name.lower().endswith("_proxy"):
            del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests first, so that no core is left with one of them while the other has nothing to do."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def readable_files() -> Iterator[None]:
    """Commands make files private to their user; servers of the tests that run as others must read theirs."""
    os.umask(0o022)
    yield
    os.umask(0o022)


@pytest.fixture(autouse=True)
def no_way_out(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sockets reach this machine only."""
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Of an empty database brought up by the real migrations, once for all tests of this process."""
    engine = database.engine_for(f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'empty.sqlite3'}")
    database.migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return engine


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the PostgreSQL of this process."""
    from tests.postgres import postgres

    with postgres(tmp_path_factory.mktemp("pg")) as address:
        yield address


@pytest.fixture(scope="session", autouse=True)
def copied_instead_of_migrated(migrated: Engine) -> Iterator[None]:
    """A third of a second per test, and half of its work: SQLAlchemy compiles each statement once per engine.

    What the migrations do is tested in tests/wiring, which puts the real ones back.
    """

    def migrate(engine: Engine) -> None:
        path = Path(engine.url.database or "")
        if engine.dialect.name == "sqlite":
            engine.dialect = engine.pool._dialect = migrated.dialect
            engine._compiled_cache = migrated._compiled_cache
            if path.name and not path.exists():
                shutil.copyfile(migrated.url.database or "", path)
        REAL_MIGRATE(engine)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "migrate", migrate)
        patch.setattr(database, "_prepare_sqlite", prepared_for_a_test)
        yield


def prepared_for_a_test(connection: Any, record: Any) -> None:
    """No test takes the power away: nothing need wait for the disk."""
    REAL_PREPARE_SQLITE(connection, record)
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session", autouse=True)
def no_zygote_left() -> Iterator[None]:
    yield
    zygote.end()


# The same examples each time: a run that fails can be run again, and a change is never blamed for a throw of the dice.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.load_profile("steady")


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **amount: float) -> dt.datetime:
        self.now += dt.timedelta(**amount)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Monday 23 November 2026, 10:00 in Moscow."""
    return Clock(dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("EGISZ_HOME", str(folder))
    return folder


@pytest.fixture
def installation(home: Path, clock: Clock) -> Iterator[Installation]:
    """SQLite in an empty folder, migrated; the clock stands at `clock`."""
    made = Installation(Settings(home=home), clock=clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def confirmed(installation: Installation) -> Installation:
    """The desk's address has a person's yes: letters leave, reminders are promised."""
    from tests.walking import confirm_desk

    return confirm_desk(installation)
