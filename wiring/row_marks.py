"""Triggers that note which rows a statement changed: a row that changed without one is damaged (SQLite has no checksums of pages)."""

from __future__ import annotations

from sqlalchemy import Connection, text

from models.tables import METADATA

# What is gone in days, is loaded anew, or has a chain of its own.
_UNMARKED = {
    "account_session", "chain_head", "damage", "idempotency_key", "known_browser", "owed_erasure", "refbook_organisation",
    "webhook_delivery",
}  # fmt: skip


def tables() -> list[str]:
    return [
        table.name
        for table in METADATA.sorted_tables
        if [column.name for column in table.primary_key] == ["id"] and table.name not in _UNMARKED
    ]


def keep(connection: Connection) -> None:
    """Make those that are missing: a migration that makes a table anew makes it without."""
    if connection.dialect.name != "sqlite":
        return
    present = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
    if "touched_row" not in present:
        return
    for table in tables():
        for verb in ("update", "delete"):
            name = f"{table}_notes_{verb}"
            if table in present and name not in present:
                connection.exec_driver_sql(_trigger(name, table, verb))


def drop(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        made = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_notes\\_%' ESCAPE '\\'"
        for name in connection.execute(text(made)).scalars().all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def forget_touched(connection: Connection) -> None:
    """A digest of what was erased since goes at once; the next night makes a new one."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text("DELETE FROM row_sum WHERE (of_table, of_row) IN (SELECT of_table, of_row FROM touched_row)")
        )


def _trigger(name: str, table: str, verb: str) -> str:
    return (
        f'CREATE TRIGGER "{name}" AFTER {verb.upper()} ON "{table}" BEGIN '
        f"INSERT INTO touched_row (of_table, of_row, times) VALUES ('{table}', OLD.id, 1) "
        "ON CONFLICT (of_table, of_row) DO UPDATE SET times = times + 1; END"
    )
