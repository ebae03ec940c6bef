"""What the database that a copy replaces knows and the copy does not; nothing where it cannot be read: that may be why it goes."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from actions.keeping.acts import Act
from models.erasure import Owed


def numbers(database: Path) -> dict[str, int]:
    """The highest numbers of rows: letters with them are out, so they are nobody else's."""
    return dict(_asked(database, "SELECT name, seq FROM sqlite_sequence"))


def unwritten_acts(database: Path) -> list[Act]:
    """Acts of erasure that had not come into the file beside the database."""
    found = _asked(database, "SELECT line FROM owed_erasure WHERE kind = ?", Owed.LINE.value)
    return [Act.from_json(json.loads(line)) for (line,) in found]


def owed_files(database: Path) -> list[str]:
    """Files whose erasure was decided and not done."""
    return [digest for (digest,) in _asked(database, "SELECT what FROM owed_erasure WHERE kind = ?", Owed.FILE.value)]


def _asked(database: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    if not database.exists():
        return []
    with contextlib.closing(sqlite3.connect(database)) as opened:
        try:
            return opened.execute(query, values).fetchall()
        except sqlite3.DatabaseError:  # of an earlier release, or broken
            return []
