"""Alembic's entry: the connection is given by `wiring.database.migrate`, or the URL by the developer's command."""

from alembic import context
from sqlalchemy import create_engine

from models.tables import METADATA


def include(name: str | None, kind: str, parent: dict[str, str | None]) -> bool:
    """Search indexes (a table on SQLite, a column on PostgreSQL) are made by hand in migrations and are no models."""
    return not (kind in ("table", "column", "index") and name is not None and name.startswith("refbook_search"))


def run(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=METADATA,
        render_as_batch=True,
        include_name=include,  # type: ignore[arg-type]
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "").connect() as opened:
        run(opened)
