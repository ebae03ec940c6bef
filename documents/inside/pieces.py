"""Pieces of a file's text with the place each stands at; the parent searches them."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.errors import Refused

MAX_CHARACTERS = 4_000_000


@dataclass(slots=True)
class Pieces:
    """`rows` as JSON carries them: place, text, table, row, column; table 0 is no table."""

    rows: list[tuple[str, str, int, int, int]] = field(default_factory=list)
    complete: bool = True  # False when the file also holds what nobody can read
    _size: int = 0

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
