"""The engine: one way to open the database on SQLite and PostgreSQL, migrated before first use."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError

MIGRATIONS = Path(__file__).parent / "migrations"


@cache
def engine_for(url: str) -> Engine:
    """Pooled engine; every SQLite transaction takes the write lock at once, so read-then-write never deadlocks."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)  # values are people's data: an error must not tell them
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=NORMAL"):
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
    made, followed = (set(re.findall(rf'^{name} = "(\w+)"$', "\n".join(texts), re.M)) for name in ("revision", "down_revision"))
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
