"""Where the table begins and what its columns are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from catalog.rosters import roster_wording, word_pattern
from documents.rosters.vocabulary import Vocabulary, cyrillic

Cell = str | int | float
IDENTITY = frozenset({"snils", "name", "surname", "given", "email"})
ASKED_ABOUT = frozenset({"snils", "email", "name", "surname", "given", "patronymic"})  # which of two columns is meant
_MARK = re.compile(r"(?<![*:\s])[*:\s]++$")
_JOINT = re.compile(r" и |/|,|\+")
_WHERE, _ROLE = re.compile("систем|реестр|доступ"), re.compile(r"\bрол")


@dataclass(frozen=True, slots=True)
class Heading:
    """`columns`: field to column index; `marks`: subsystem code to the index of its own column of marks or roles.

    `row` is the number of the last heading row as Excel counts; `doubles`: a field to all of its columns, where there are
    several and the headings do not say which is meant; `texts`: what stands over each column.
    """

    row: int
    columns: Mapping[str, int]
    marks: Mapping[str, int]
    doubles: Mapping[str, tuple[int, ...]] = member(default_factory=dict)
    texts: Mapping[int, str] = member(default_factory=dict)

    @property
    def score(self) -> int:
        return len(self.columns) + len(self.marks)

    @property
    def is_one(self) -> bool:
        return self.score >= 2 and bool(IDENTITY & set(self.columns))


@dataclass(frozen=True, slots=True)
class Named:
    """A column and what its heading means: a field or a subsystem's code."""

    column: int
    text: str
    field: str | None
    code: str | None


def headings_at(rows: Sequence[Sequence[Cell]], index: int, vocabulary: Vocabulary) -> list[list[Named]]:
    """How the row at `index` reads as a heading, alone and under the row above it."""
    return [_named(texts, vocabulary) for texts in _candidates(rows, index)]


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
    if not _beside(above, here) and not any(map(_is_data, above)):
        above = _filled_right(above, here)
        width = max(len(above), len(here))
        above, here = above + [""] * (width - len(above)), here + [""] * (width - len(here))
        if not _persons_under(above, here):
            yield [[low, f"{top} {low}".strip(), top] for top, low in zip(above, here, strict=True)]


def _beside(above: Sequence[str], here: Sequence[str]) -> bool:
    """No two rows of one heading: one of them is blank, or ends before the other begins."""
    tops, lows = ([column for column, text in enumerate(row) if text] for row in (above, here))
    return not tops or not lows or tops[-1] < lows[0] or lows[-1] < tops[0]


def _text(cell: Cell) -> str:
    return " ".join(str(cell).split())


def _is_data(text: str) -> bool:
    """An address or a long number, unless a heading gives it as an example."""
    if "@" in text and " " not in text:
        return True
    if "@" not in text and (len(text) < 9 or sum(character.isdigit() for character in text) < 9):
        return False
    return not any(map(str.isalpha, text)) or field_named(text) is None


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


def _named(texts: Sequence[Sequence[str]], vocabulary: Vocabulary) -> list[Named]:
    named = []
    for column, options in enumerate(texts):
        text = next((t for t in options if t and (_own_column(t, vocabulary) or field_named(t))), "")
        code = _own_column(text, vocabulary)
        shown = text or next((t for t in options if t), "")
        if shown:
            named.append(Named(column, shown, None if code else field_named(text), code))
    return named


def _names_both(low: str) -> bool:
    """Subsystem and role in one column, joined by a word or a sign, not across brackets."""
    segments = re.split(r"[()]", low)
    return any(
        _in_order(each, _WHERE, _JOINT, _ROLE) or _in_order(each, _ROLE, _JOINT, re.compile("систем"))
        for each in segments
    )


def _in_order(text: str, *patterns: re.Pattern[str]) -> bool:
    """Each behind the one before. One pattern of them all takes cubic time."""
    place = 0
    for pattern in patterns:
        found = pattern.search(text, place)
        if found is None:
            return False
        place = found.end()
    return True


def heading_of(named: Sequence[Named], row: int) -> Heading:
    """Of two columns for one thing the wording of their headings chooses; where it does not, both are kept in `doubles`."""
    marks: dict[str, int] = {}
    found: dict[str, list[Named]] = {}
    for one in named:
        if one.code:
            marks.setdefault(one.code, one.column)
        elif one.field:
            found.setdefault(one.field, []).append(one)
    meant = {field: _meant(field, columns) for field, columns in found.items()}
    columns = {field: options[0].column for field, options in meant.items()}
    joint = next((one.column for one in named if one.field and _names_both(cyrillic(one.text))), None)
    if joint is not None:
        columns = {"subsystem": joint, "role": joint} | columns
    columns = _without_doubles(columns)
    doubles = {
        field: tuple(one.column for one in options)
        for field, options in meant.items()
        if len(options) > 1 and field in columns and field in ASKED_ABOUT
    }
    return Heading(row, columns, marks, doubles, {one.column: one.text for one in named})


def _meant(field: str, options: list[Named]) -> list[Named]:
    """The columns whose headings say that they are the one; all of them where none says so."""
    if len(options) < 2:
        return options
    words = next(column for column in roster_wording().columns if column.field == field)
    plain = [one for one in options if not (words.other and word_pattern(words.other).search(cyrillic(one.text)))]
    best = [one for one in plain if words.meant and word_pattern(words.meant).search(cyrillic(one.text))]
    return best or plain or options


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
