"""Alembic's entry: the connection is given by `wiring.database.migrate`, or the URL by the developer's command."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from alembic import context
from sqlalchemy import Connection, create_engine

from models.tables import METADATA
from wiring import row_marks, row_numbers


def include(name: str | None, kind: str, parent: dict[str, str | None]) -> bool:
    """Search indexes (a table on SQLite, a column on PostgreSQL) are made by hand in migrations and are no models."""
    return not (kind in ("table", "column", "index") and name is not None and name.startswith("refbook_search"))


def run(connection: Connection) -> None:
    """All or nothing, on SQLite too: a half-made schema would pass for the newest."""
    with _free_of_references(connection), nullcontext() if connection.in_transaction() else connection.begin():
        before = row_numbers.given(connection)
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=True,
            include_name=include,  # type: ignore[arg-type]
        )
        context.run_migrations()
        row_numbers.keep(connection, before)
        row_marks.keep(connection)


@contextmanager
def _free_of_references(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by making its table anew, which rows that refer to it would forbid; they are held against it afterwards."""
    raw = connection.connection.driver_connection if connection.dialect.name == "sqlite" else None
    if raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")  # nothing inside a transaction, so before it begins
    try:
        yield
        lost = raw.execute("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise RuntimeError(f"rows refer to what is there no more: {sorted({row[0] for row in lost})}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "").connect() as opened:
        run(opened)
