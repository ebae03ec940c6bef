"""Pieces of a file's text with the place each stands at; the parent searches them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sandbox.errors import Refused

MAX_CHARACTERS = 4_000_000
ASIDE = "внутри файла"  # what its pages, sheets and lines do not show


@dataclass(slots=True)
class Pieces:
    """`rows` as JSON carries them: place, text, table, row, column; table 0 is no table.

    `unread` says in Russian what of the file nobody can read here: one entry for each part.
    """

    rows: list[tuple[str, str, int, int, int]] = field(default_factory=list)
    unread: dict[str, None] = field(default_factory=dict)
    _size: int = 0
    _lines: set[str] = field(default_factory=set)
    _tables: int = 1_000_000  # numbers of tables that are no sheet

    def add(self, place: str, text: str, table: int = 0, row: int = 0, column: int = 0) -> None:
        if not text.strip():
            return
        self._size += len(text)
        if self._size > MAX_CHARACTERS:
            raise Refused(
                "too-much-text",
                "В файле слишком много текста: его не проверить на персональные данные. Оставьте в нём только нужное.",
            )
        self.rows.append((place, text, table, row, column))
        self._lines.update(map(_flat, text.splitlines()))

    def aside(self, what: str, lines: Iterable[str]) -> None:
        """Text from behind what people see, less the lines that were read before."""
        fresh = [
            line for text in lines for line in text.splitlines() if line.strip() and _flat(line) not in self._lines
        ]
        self.add(f"{ASIDE}: {what}", "\n".join(fresh))

    def table(self, what: str, rows: Sequence[Sequence[str]]) -> None:
        """A table behind what people see, its headings first."""
        self._tables += 1
        for row, cells in enumerate(rows, 1):
            for column, text in enumerate(cells, 1):
                self.add(f"{ASIDE}: {what}, строка {row}", text, self._tables, row, column)

    def leave(self, what: str) -> None:
        """Here is something that cannot be read."""
        self.unread[what] = None


def _flat(line: str) -> str:
    return " ".join(line.split())
