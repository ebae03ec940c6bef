"""The engine: one way to open the database on SQLite and PostgreSQL, migrated before first use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_PASSING = (
    "55P03",
    "40P01",
    "40001",
    "53300",
)  # PostgreSQL: no lock in time, deadlock, serialisation, too many connections
MIGRATIONS = Path(__file__).parent / "migrations"


_PATIENCE = 20  # seconds that anybody waits for another's lock or for a connection
_THREADS = 45  # of a process of the page: who only looks finds a connection while all others wait for a writer


def is_busy(error: Exception) -> bool:
    """Whether somebody else held a lock or all connections for too long: the same may be tried again."""
    if isinstance(error, PoolTimeout):
        return True
    told = getattr(error, "orig", None)
    return isinstance(error, OperationalError) and (
        "database is locked" in str(told) or getattr(told, "sqlstate", "") in _PASSING
    )


@contextmanager
def unless_busy() -> Iterator[None]:
    """For notes beside the work: rather none than an error."""
    try:
        yield
    except (OperationalError, PoolTimeout) as error:
        if not is_busy(error):
            raise


@cache
def engine_for(url: str) -> Engine:
    """Pooled engine; every SQLite transaction takes the write lock at once, so read-then-write never deadlocks."""
    if not url.startswith("sqlite"):
        # Values are people's data: an error must not tell them. Who cannot have a row or a connection in time is told so.
        return create_engine(
            url,
            pool_pre_ping=True,
            hide_parameters=True,
            pool_size=20,
            max_overflow=20,
            pool_timeout=_PATIENCE,
            connect_args={"options": f"-c lock_timeout={round(_PATIENCE * 1000)}"},
        )
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": _PATIENCE, "check_same_thread": False},
        hide_parameters=True,
        pool_size=_THREADS,
        pool_timeout=_PATIENCE,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={round(_PATIENCE * 1000)}",
        "foreign_keys=ON",
        "synchronous=FULL",  # what a 250 or a \\Seen rests on outlives a power cut
        "secure_delete=ON",  # what is erased is written over with zeros; not every build of SQLite does so by itself
    ):
        connection.execute(f"PRAGMA {pragma}")


# Execution options of a look: no write lock on SQLite, a read-only transaction on PostgreSQL.
READ_ONLY = {"readonly": True, "postgresql_readonly": True}


def _begin(connection: Any) -> None:
    """A look must neither wait for a writer nor write."""
    readonly = bool(connection.get_execution_options().get("readonly"))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if readonly else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def newest_revision() -> str:
    """The migration that none comes after, read from their files; Alembic is imported only when there is work for it."""
    texts = [path.read_text("utf-8") for path in (MIGRATIONS / "versions").glob("[0-9]*.py")]
    made, followed = (
        set(re.findall(rf'^{name} = "(\w+)"$', "\n".join(texts), re.M)) for name in ("revision", "down_revision")
    )
    newest: str
    (newest,) = made - followed
    return newest


def current_revision(engine: Engine) -> str | None:
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except DatabaseError:
        return None


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision; nothing happens when it is there."""
    if current_revision(engine) == newest_revision():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
