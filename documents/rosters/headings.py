"""Where the table begins and what its columns are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.rosters import roster_wording
from documents.rosters.vocabulary import Vocabulary, cyrillic

Cell = str | int | float
IDENTITY = frozenset({"snils", "name", "surname", "given", "email"})
_MARK = re.compile(r"[*:\s]+$")
_JOINT = re.compile(r"(подсистем|систем|реестр|доступ)\w*[^()]*( и |/|,|\+)[^()]*\bрол|\bрол\w*[^()]*( и |/|,|\+)[^()]*(под)?систем")


@dataclass(frozen=True, slots=True)
class Heading:
    """`columns`: field to column index; `marks`: subsystem code to the index of its own column of marks or roles.

    `row` is the number of the last heading row as Excel counts.
    """

    row: int
    columns: Mapping[str, int]
    marks: Mapping[str, int]

    @property
    def score(self) -> int:
        return len(self.columns) + len(self.marks)

    @property
    def is_one(self) -> bool:
        return self.score >= 2 and bool(IDENTITY & set(self.columns))


def find_heading(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> Heading | None:
    """The best heading among the first rows, of one row or of two; None when there is none."""
    best: Heading | None = None
    for index in range(min(len(rows), roster_wording().header_rows)):
        for texts in _candidates(rows, index):
            heading = _recognised(texts, index + 1, vocabulary)
            if heading.is_one and (best is None or heading.score > best.score):
                best = heading
    return best


def repeats_heading(cells: Sequence[Cell], heading: Sequence[Cell]) -> bool:
    """The heading again in the middle of the table, as on each printed page."""
    pairs = [(_text(cell), _text(named)) for cell, named in zip(cells, heading, strict=False)]
    return sum(bool(text) and cyrillic(text) == cyrillic(named) for text, named in pairs) >= 2


def _candidates(rows: Sequence[Sequence[Cell]], index: int) -> Iterator[list[list[str]]]:
    """For each column the texts that may name it: the row's own, or the row's under the one above."""
    here = [_text(cell) for cell in rows[index]]
    if any(map(_is_data, here)):
        return
    yield [[text] for text in here]
    above = [_text(cell) for cell in rows[index - 1]] if index else []
    if any(above) and any(here) and not any(map(_is_data, above)):
        above = _filled_right(above, here)
        width = max(len(above), len(here))
        above, here = above + [""] * (width - len(above)), here + [""] * (width - len(here))
        if not _persons_under(above, here):
            yield [[low, f"{top} {low}".strip(), top] for top, low in zip(above, here, strict=True)]


def _text(cell: Cell) -> str:
    return " ".join(str(cell).split())


def _is_data(text: str) -> bool:
    """An address or a long number, unless a heading gives it as an example."""
    if "@" in text and " " not in text:
        return True
    return ("@" in text or sum(character.isdigit() for character in text) >= 9) and field_named(text) is None


def _persons_under(above: Sequence[str], here: Sequence[str]) -> bool:
    """Under «Фамилия» stands a text that is no heading: the row below is a person already."""
    return any(
        low and not low.startswith("(") and field_named(low) is None and field_named(top) in IDENTITY
        for top, low in zip(above, here, strict=True)
    )


def _filled_right(above: list[str], here: list[str]) -> list[str]:
    """A wide upper cell stands over the columns to its right that have only a lower text."""
    filled, last = [], ""
    for index, text in enumerate(above):
        last = text or (last if index < len(here) and here[index] else "")
        filled.append(text or last)
    return filled


def _recognised(texts: Sequence[Sequence[str]], row: int, vocabulary: Vocabulary) -> Heading:
    columns: dict[str, int] = {}
    marks: dict[str, int] = {}
    joint = None
    for index, options in enumerate(texts):
        text = next((t for t in options if t and (_own_column(t, vocabulary) or field_named(t))), "")
        code, field = _own_column(text, vocabulary), field_named(text)
        if code:
            marks.setdefault(code, index)
        elif field:
            columns.setdefault(field, index)
            joint = index if _JOINT.search(cyrillic(text)) else joint
    if joint is not None:
        columns = {"subsystem": joint, "role": joint} | columns
    return Heading(row, _without_doubles(columns), marks)


def _without_doubles(columns: dict[str, int]) -> dict[str, int]:
    """Parts of a name in columns of their own make a column of whole names needless."""
    if "name" in columns and "surname" in columns and {"given", "given_patronymic"} & set(columns):
        del columns["name"]
    return columns


def field_named(text: str) -> str | None:
    """The field that a heading means."""
    if not text or len(text) > 240:
        return None
    plain = _MARK.sub("", cyrillic(text))
    return next((field for field, pattern in roster_wording().compiled if pattern.search(plain)), None)


def _own_column(text: str, vocabulary: Vocabulary) -> str | None:
    """The subsystem whose own column this is: «ФРМО», «Доступ к ФРМО (да/нет)», «Роль в ФРМО»."""
    if not text or len(text) > 80:
        return None
    codes, rest = vocabulary.subsystems_in(_MARK.sub("", text))
    words = roster_wording().words
    return codes[0] if len(codes) == 1 and all(w in words.yes | words.no | {"роль", "работник"} for w in rest) else None


def is_numbering(row: Sequence[Cell]) -> bool:
    """The row of 1 2 3 … under a heading."""
    values = [str(cell).strip() for cell in row if str(cell).strip()]
    if len(values) < 3 or not all(value.isdigit() and len(value) < 3 for value in values):
        return False
    numbers = [int(value) for value in values]
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
