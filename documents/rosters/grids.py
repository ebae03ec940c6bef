"""What every kind of roster file becomes: sheets of plain cells, row 1 at index 0."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sandbox import Refused

MAX_FILLED, MAX_CELLS = 20_000, 1_500_000
TOO_MANY = f"В файле больше {MAX_FILLED} заполненных строк. Оставьте только список сотрудников."
Sheets = list[dict[str, Any]]


def sheet(
    name: str,
    rows: Iterable[Sequence[object]],
    *,
    hidden: bool = False,
    merged: Iterable[Sequence[int]] = (),
    hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (),
    filtered: bool = False,
) -> dict[str, Any]:
    """`merged`: [first row, first column, last row, last column] from 1; `filtered`: its rows are hidden by a filter.

    A row ends with its last filled cell, so a stray cell far away costs nothing. Raises Refused for too much.
    """
    found: list[list[Any]] = []
    filled = cells = 0
    for row in rows:
        plainly = [plain(value) for value in row]
        while plainly and plainly[-1] == "":
            plainly.pop()
        found.append(plainly)
        filled, cells = filled + bool(plainly), cells + len(plainly)
        if filled > MAX_FILLED or cells > MAX_CELLS:
            raise Refused("too-big", TOO_MANY)
    while found and not found[-1]:
        found.pop()
    return {
        "name": name, "hidden": hidden, "rows": found, "merged": [list(area) for area in merged][:2000],
        "hidden_rows": sorted(hidden_rows), "hidden_columns": sorted(hidden_columns), "filtered": filtered,
    }  # fmt: skip


def plain(value: object) -> Any:
    """Text, number, or a date as people write it; nothing becomes an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, dt.time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and not value.strip():
        return ""
    return value if isinstance(value, (int, float, str)) else str(value)
