"""On SQLite no row gets the number of one that is gone: a number that left in a link, a letter or the log stays its row's."""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

_KEY = re.compile(r"(CONSTRAINT \S+ PRIMARY KEY \(id)\)")
_NAME = re.compile(r'CREATE TABLE\s+("[^"]+"|\w+)')


def given(connection: Connection) -> dict[str, int]:
    """The highest number that each table has given out so far, where SQLite keeps it."""
    if connection.dialect.name != "sqlite" or not _has(connection, "sqlite_sequence"):
        return {}
    return {
        str(name): int(number) for name, number in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
    }


def keep(connection: Connection, before: dict[str, int]) -> None:
    """Make every table anew whose numbers SQLite would give again, with all it holds; go on counting from `before`.

    A migration that changes a column makes its table anew without the counter, so this follows every migration.
    """
    if connection.dialect.name != "sqlite":
        return
    made = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
    ).all()
    for name, sql in made:
        if _KEY.search(sql):
            _make_anew(connection, name, sql)
    after = given(connection)
    for name, number in before.items():
        if not _has(connection, name):
            continue
        statement = (
            "UPDATE sqlite_sequence SET seq = :seq WHERE name = :name"
            if name in after
            else "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"
        )
        if number > after.get(name, -1):
            connection.execute(text(statement), {"name": name, "seq": number})


def _has(connection: Connection, name: str) -> bool:
    return (
        connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = :name"), {"name": name}).first() is not None
    )


def _make_anew(connection: Connection, name: str, sql: str) -> None:
    """SQLite cannot add AUTOINCREMENT to a table; indexes and triggers go with the old one and are made again word for word."""
    query = "SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name = :name AND sql IS NOT NULL ORDER BY rootpage"
    rest = connection.execute(text(query), {"name": name}).scalars().all()
    fresh = _NAME.sub(f'CREATE TABLE "_numbered_{name}"', _KEY.sub(r"\1 AUTOINCREMENT)", sql), count=1)
    for statement in (
        fresh,
        f'INSERT INTO "_numbered_{name}" SELECT * FROM "{name}"',
        f'DROP TABLE "{name}"',
        f'ALTER TABLE "_numbered_{name}" RENAME TO "{name}"',
        *rest,
    ):
        connection.exec_driver_sql(statement)
