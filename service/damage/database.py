"""Whether the database is whole, by its own means; read from the disk, not from what the system remembers."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from models.tables import METADATA
from wiring.moving_in import database_path
from wiring.settings import Settings
from wiring.work import Installation

INTEGRITY, REFERENCES = "integrity", "references"
_TOLD = 3  # lines of SQLite's own words


def look(installation: Installation) -> dict[str, str]:
    """What is wrong, in Russian by its kind; nothing when all is well."""
    if not installation.settings.url.startswith("sqlite"):
        return _postgresql(installation)
    try:
        with read_anew(installation.settings) as opened:
            said = [str(row[0]) for row in opened.execute("PRAGMA integrity_check(100)")]
            lost = opened.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return {INTEGRITY: _broken(str(error))}
    found = {}
    if said != ["ok"]:
        found[INTEGRITY] = _broken("; ".join(line for each in said[:_TOLD] for line in each.splitlines()[:_TOLD]))
    if lost:
        tables = sorted({str(row[0]) for row in lost})
        found[REFERENCES] = f"В базе есть строки, которые ссылаются на несуществующие: таблицы {', '.join(tables)}."
    return found


def _broken(words: str) -> str:
    return f"База повреждена: {words[:300]}."


@contextlib.contextmanager
def read_anew(settings: Settings) -> Iterator[sqlite3.Connection]:
    """A connection that has nothing in memory and writes nothing; text comes as bytes, for damaged one is none."""
    path = database_path(settings)
    for each in (path, path.with_name(f"{path.name}-wal")):
        let_go(each)
    with contextlib.closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as opened:
        opened.execute("PRAGMA query_only=ON")
        yield opened


def let_go(path: Path) -> None:
    """The next read of the file comes from the disk."""
    with contextlib.suppress(FileNotFoundError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(handle)


def _postgresql(installation: Installation) -> dict[str, str]:
    """Every row is read, with the checksums of pages where they are on, and every index is held against its table."""
    try:
        with installation.engine.connect() as connection:
            for table in METADATA.sorted_tables:
                connection.execute(text(f'SELECT sum(length(t::text)) FROM "{table.name}" t'))
            if connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'")).first():
                _check_indexes(connection)
    except DatabaseError as error:
        if getattr(error.orig, "sqlstate", "") not in _DAMAGED:
            raise
        return {INTEGRITY: _broken(str(error.orig).splitlines()[0])}
    return {}


_DAMAGED = ("XX000", "XX001", "XX002", "58030")  # internal, data corrupted, index corrupted, I/O error


def _check_indexes(connection: Connection) -> None:
    query = (
        "SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE a.amname = 'btree' AND n.nspname = current_schema() AND i.indisvalid"
    )
    connection.execute(text(query))


def checksums_off(connection: Connection) -> bool:
    """Whether a flipped bit of PostgreSQL's pages would be read as if it were right."""
    return connection.dialect.name == "postgresql" and connection.execute(text("SHOW data_checksums")).scalar() == "off"
