"""Rows that changed though no statement changed them: a flipped bit in a text is no error for SQLite.

Each night a digest of every row is compared with the one of the night before; rows that triggers noted (wiring.row_marks) and
new ones get a new digest.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from hashlib import blake2b

from sqlalchemy import Connection, text

from actions.keeping import damages
from actions.log import audit
from models.damage import DamageKind
from service.damage.database import read_anew
from wiring import row_marks
from wiring.database import newest_revision
from wiring.work import Installation

_EMPTY = (None, b"", b"{}", b"[]", 0)  # so that a column which a release adds changes no digest
_TOGETHER = 500
_BY = "ночная проверка"


@dataclass
class Seen:
    """`wrong` rows as (table, number). The others are what the next night is to know."""

    wrong: list[tuple[str, int]] = field(default_factory=list)
    fresh: list[tuple[str, int, int]] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)
    noted: list[tuple[str, int, int]] = field(default_factory=list)


def look(installation: Installation) -> dict[str, str]:
    """Rows in which something was changed past the program, by «table:number». SQLite only."""
    if not installation.settings.url.startswith("sqlite"):
        return {}
    with installation.reading(_BY) as work:
        told = {each.what for each in damages.present(work) if each.kind is DamageKind.ROW}
    with read_anew(installation.settings) as opened:
        seen = _seen(opened, told)
    with installation.work(_BY) as work:
        _keep(work.session.connection(), seen)
    return {f"{table}:{number}": f"Строка № {number} таблицы {table} изменилась сама." for table, number in seen.wrong}


def accept(installation: Installation, by: str) -> int:
    """A person has looked: the rows that are told of are right as they are. Returns how many."""
    with installation.work(by) as work:
        told = [each.what for each in damages.present(work) if each.kind is DamageKind.ROW]
        for what in told:
            table, _, number = what.partition(":")
            where = {"a": table, "b": int(number)}
            work.session.connection().execute(text("DELETE FROM row_sum WHERE of_table = :a AND of_row = :b"), where)
        if told:
            audit.record(work, "damage.accepted", "data", number=len(told), which=told[:50])
        damages.settle(work, DamageKind.ROW, {})
    return len(told)


def _seen(opened: sqlite3.Connection, told: set[str]) -> Seen:
    """Of one moment: who writes meanwhile is not seen and does not wait."""
    opened.text_factory = bytes
    opened.execute("BEGIN")
    seen = Seen()
    ask = "SELECT digest FROM row_sum WHERE of_table = '' AND of_row = 0"
    of_this_schema = opened.execute(ask).fetchone() == (int(newest_revision()),)
    for table in row_marks.tables():
        _look_at(opened, table, seen, told, compared=of_this_schema)
    if not of_this_schema:
        seen.fresh.append(("", 0, int(newest_revision())))
    return seen


def _look_at(opened: sqlite3.Connection, table: str, seen: Seen, told: set[str], *, compared: bool) -> None:
    """A row that is told to be damaged is not whole again because somebody wrote into it."""
    marked = "s.of_table = :t AND s.of_row = r.id"
    query = (
        f'SELECT s.digest, n.times, r.* FROM "{table}" r LEFT JOIN row_sum s ON {marked} '
        f"LEFT JOIN touched_row n ON {marked.replace('s.', 'n.')} ORDER BY r.id"
    )
    rows = opened.execute(query, {"t": table})
    names = [column[0] for column in rows.description[2:]]
    place = names.index("id")
    for known, times, *values in rows:
        number, digest = values[place], _digest(names, values)
        if times is not None:
            seen.noted.append((table, number, times))
        if known == digest:
            continue
        written = times is not None and f"{table}:{number}" not in told
        if known is None or written or not compared:
            seen.fresh.append((table, number, digest))
        else:
            seen.wrong.append((table, number))
    lost = (
        "SELECT s.of_row, n.times FROM row_sum s LEFT JOIN touched_row n ON n.of_table = :t AND n.of_row = s.of_row "
        f'WHERE s.of_table = :t AND NOT EXISTS (SELECT 1 FROM "{table}" r WHERE r.id = s.of_row)'
    )
    for number, times in opened.execute(lost, {"t": table}).fetchall():
        if times is None and compared:
            seen.wrong.append((table, number))
        else:
            seen.gone.append((table, number))
            seen.noted.append((table, number, times or 0))


def _digest(names: list[str], values: list[object]) -> int:
    held = [(name, value) for name, value in zip(names, values, strict=True) if value not in _EMPTY]
    return int.from_bytes(blake2b(repr(held).encode(), digest_size=8).digest(), "big", signed=True)


def _keep(connection: Connection, seen: Seen) -> None:
    """A row that was noted again since it was seen stays noted."""
    for statement, rows in (
        ("INSERT OR REPLACE INTO row_sum (of_table, of_row, digest) VALUES (:a, :b, :c)", seen.fresh),
        ("DELETE FROM row_sum WHERE of_table = :a AND of_row = :b", seen.gone),
        ("DELETE FROM touched_row WHERE of_table = :a AND of_row = :b AND times = :c", seen.noted),
    ):
        for start in range(0, len(rows), _TOGETHER):
            named = [dict(zip("abc", row, strict=False)) for row in rows[start : start + _TOGETHER]]
            connection.execute(text(statement), named)
