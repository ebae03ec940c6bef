"""Which rows under the heading are people, and which are totals, signatures, notes and titles of sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from catalog.rosters import roster_wording, word_pattern
from documents.rosters.headings import Cell, Heading, is_numbering, repeats_heading
from documents.rosters.vocabulary import Vocabulary, cyrillic

_PERSON = re.compile(r"[А-ЯЁA-Z][\w'’-]+(\s+[А-ЯЁA-Z][\w.'’-]*){1,4}")
_NAMES = ("name", "surname", "given", "given_patronymic", "patronymic")


@dataclass(frozen=True)
class RowLook:
    """A row under the heading, seen as a person would: what its cells look like."""

    cells: Sequence[Cell]
    heading: Heading
    wide: bool
    vocabulary: Vocabulary

    def text(self, field: str) -> str:
        column = self.heading.columns.get(field)
        return "" if column is None or column >= len(self.cells) else str(self.cells[column]).strip()

    @cached_property
    def filled(self) -> list[str]:
        return [text for cell in self.cells if (text := str(cell).strip())]

    @cached_property
    def has_number(self) -> bool:
        """СНИЛС, right or wrong."""
        text = cyrillic(self.text("snils")).replace("снилс", "")
        digits = sum(character.isdigit() for character in text)
        letters = sum(character.isalpha() for character in text)
        enough = 9 if len(self.filled) == 1 else 6
        return digits >= enough and letters <= 3 and not re.fullmatch(r"\d\d?\.\d\d?\.\d{4}", text)

    @cached_property
    def is_footer(self) -> bool:
        """A line for signing, a total or a note; in a column of posts such words mean nothing."""
        if any("___" in text for text in self.filled):
            return True
        words = roster_wording().words
        told = [text for field in _NAMES if (text := self.text(field))]
        first = self.filled[0] if self.filled else ""
        if first and first not in (self.text("post"), self.text("unit"), self.text("organisation")):
            told.append(first)
        return any(word_pattern(words.footer + words.signer).search(cyrillic(text)) for text in told)

    @cached_property
    def has_name(self) -> bool:
        name = self.text("name")
        return bool(_PERSON.fullmatch(name)) if name else bool(self.text("surname") or self.text("given"))

    @cached_property
    def is_numbered(self) -> bool:
        """«№ п/п» says that it is a row of the table."""
        column = self.heading.columns.get("number")
        return column is not None and column < len(self.cells) and str(self.cells[column]).strip(" .").isdigit()

    @cached_property
    def asks(self) -> bool:
        """Names a subsystem, or has a mark in one's own column."""
        marks = [
            self.cells[c] for c in self.heading.marks.values() if c < len(self.cells) and str(self.cells[c]).strip()
        ]
        return bool(marks) or bool(self.vocabulary.subsystems_in(self.text("subsystem") + " " + self.text("role"))[0])

    @cached_property
    def is_sure(self) -> bool:
        if self.has_number:
            return True
        if self.is_footer or (self.wide and len(self.filled) == 1):
            return False
        return "@" in self.text("email")

    @cached_property
    def only_asks(self) -> bool:
        """Nobody's name or number, only what else the person above wants."""
        identity = self._is_named or self.text("snils") or self.text("email")
        return not identity and not self.is_numbered and self.asks and not self.is_footer

    def is_likely(self, *, below_all: bool, gap: bool) -> bool:
        """No number and no address, yet a person; under the last sure one and a blank row more is asked."""
        if self.is_footer or (self.wide and len(self.filled) == 1):
            return False
        tells = self.has_name or bool(self.text("snils") or self.text("email")) or (self.asks and self._is_named)
        if self.is_numbered or not below_all:
            return bool(_PERSON.fullmatch(self.filled[0])) if len(self.filled) == 1 else tells
        return self.has_name and (self.asks or (not gap and self.text("name") == " ".join(self.filled)))

    @cached_property
    def _is_named(self) -> bool:
        return any(self.text(field) for field in _NAMES)


def people_among(
    rows: Sequence[Sequence[Cell]], heading: Heading, wide: Iterable[int], vocabulary: Vocabulary
) -> tuple[list[int], Mapping[int, int]]:
    """Indices of the rows that are people, and of rows that go on with the person above: row to person."""
    broad = set(wide)
    looks = {
        index: RowLook(rows[index], heading, index + 1 in broad, vocabulary) for index in range(heading.row, len(rows))
    }
    last_sure = max((index for index, look in looks.items() if look.is_sure), default=-1)
    people: list[int] = []
    more: dict[int, int] = {}
    gap = False
    for index, look in looks.items():
        if not look.filled:
            gap = True
            continue
        if is_numbering(look.cells) or (heading.row and repeats_heading(look.cells, rows[heading.row - 1])):
            continue
        if look.is_sure or look.is_likely(below_all=index > last_sure, gap=gap):
            people.append(index)
            gap = False
        elif people and look.only_asks and not gap and (more.get(index - 1) or index - 1) == people[-1]:
            more[index] = people[-1]
    return people, more
