"""Row numbers given before the rows are written: so many rows go in with one statement instead of one each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import Session, SQLModel


def number(session: Session, rows: Sequence[SQLModel]) -> None:
    """New rows of one table that the database would number itself; it goes on counting behind them.

    On SQLite whoever writes is alone, and its counter never goes back. PostgreSQL's sequence gives a number to one only.
    """
    new = [row for row in rows if getattr(row, "id", None) is None]
    if not new:
        return
    table = str(type(new[0]).__tablename__)
    for row, given in zip(new, _numbers(session, table, len(new)), strict=True):
        row.id = given
    session.add_all(new)


def _numbers(session: Session, table: str, count: int) -> Sequence[int]:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
        return list(connection.execute(query, {"table": table, "count": count}).scalars())
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table}).scalar()
    return range((last or 0) + 1, (last or 0) + 1 + count)
