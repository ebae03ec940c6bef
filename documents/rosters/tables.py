"""The tables of a sheet: one above another, one beside another, each with its own heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from documents.rosters.guessing import without_heading
from documents.rosters.headings import IDENTITY, Cell, Heading, Named, heading_of, headings_at
from documents.rosters.names import FULL_NAME
from documents.rosters.vocabulary import Vocabulary, cyrillic

_PERSONAL = ("name", "surname", "snils")
_STARTS_AGAIN = ("number", *_PERSONAL)
_WIDEST_SEARCHED = 400


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are those of the table, from 0; rows from `heading.row` up to `end` (exclusive) may be its people."""

    heading: Heading
    left: int
    right: int
    end: int

    def of(self, rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
        """The sheet with everything but this table blank: numbers of rows and columns stay."""
        top = max(self.heading.row - 1, 0)
        return [
            [cell if self.left <= column < self.right else "" for column, cell in enumerate(row[: self.right])]
            if top <= number < self.end
            else []
            for number, row in enumerate(rows[: self.end])
        ]


def tables_of(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> list[Table]:
    """In the order of the sheet; [] where nothing looks like a heading, and the columns do not tell either."""
    bands = _bands(rows, vocabulary)
    found = [table for left, right in bands for table in _stacked(rows, left, right, vocabulary)]
    if found:
        return found
    guessed = without_heading(rows, vocabulary)
    width = max((len(row) for row in rows), default=0)
    return [Table(guessed, 0, width, len(rows))] if guessed.is_one and "snils" in guessed.columns else []


def _bands(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> list[tuple[int, int]]:
    """Runs of columns between blank ones that hold tables of their own: both sides have names or both numbers of people."""
    width = max((len(row) for row in rows), default=0)
    filled = {column for row in rows for column, cell in enumerate(row) if cell != ""}
    starts = [column for column in sorted(filled) if column == 0 or column - 1 not in filled]
    if len(starts) < 2 or len(starts) > _WIDEST_SEARCHED:
        return [(0, width)]
    bands: list[tuple[int, int]] = []
    known: set[str] = set()
    for start, end in zip(starts, [*starts[1:], width], strict=True):
        fields = _personal_fields(rows, start, end, vocabulary)
        if bands and not (known & fields):
            bands[-1], known = (bands[-1][0], end), known | fields
        else:
            bands.append((start if bands else 0, end))
            known = fields
    return bands


def _personal_fields(rows: Sequence[Sequence[Cell]], left: int, right: int, vocabulary: Vocabulary) -> set[str]:
    band = [list(row[left:right]) for row in rows]
    named = [one for index in _headings(band, vocabulary) for one in index[1]]
    fields = {one.field for one in named if one.field in _PERSONAL}
    return {"name" if field == "surname" else str(field) for field in fields}


def _stacked(rows: Sequence[Sequence[Cell]], left: int, right: int, vocabulary: Vocabulary) -> Iterator[Table]:
    band = [[cell if left <= column else "" for column, cell in enumerate(row[:right])] for row in rows]
    found = _headings(band, vocabulary)
    aside = _aside(band, found, vocabulary)
    for (row, named), following in zip_longest(found, found[1:]):
        end = following[0] - 1 if following else len(rows)
        for part, start, stop in _side_by_side(named, left, right):
            heading = heading_of(part, row)
            last = max((one.column for one in part if one.field or one.code), default=0)
            stop = min(
                [stop, *(other.left for other in aside if row <= other.heading.row <= end and other.left > last)]
            )
            if heading.is_one:
                yield Table(heading, start, stop, end)
    yield from aside


def _aside(
    rows: Sequence[Sequence[Cell]], found: Sequence[tuple[int, list[Named]]], vocabulary: Vocabulary
) -> list[Table]:
    """Tables whose heading stands in a row of people of the table beside it, behind a blank cell."""
    whole = [row for row, _ in found]
    begun: list[tuple[int, int, int, Heading]] = []
    for index in range(whole[0] if whole else len(rows), len(rows)):
        runs = _runs(rows[index])
        if not runs or index + 1 in whole:
            continue
        for (start, stop), following in zip(runs, [*(start for start, _ in runs[1:]), len(rows[index])], strict=True):
            cells = [cell if start <= column < stop else "" for column, cell in enumerate(rows[index])]
            for named in headings_at([cells], 0, vocabulary):
                heading = heading_of(named, index + 1)
                if heading.is_one and _is_surely_one(named, cells):
                    begun.append((index + 1, start, following, heading))
    tables = []
    for row, start, stop, heading in begun:
        later = [other for other in whole if other > row] + [
            at for at, a, b, _ in begun if at > row and a < stop and start < b
        ]
        open_end = max((len(line) for line in rows), default=0) if stop == len(rows[row - 1]) else stop
        tables.append(Table(heading, start, open_end, min(later) - 1 if later else len(rows)))
    return tables


def _runs(row: Sequence[Cell]) -> list[tuple[int, int]]:
    """Where cells stand side by side without a blank one: from, to (exclusive)."""
    filled = {column for column, cell in enumerate(row) if cell != ""}
    starts = sorted(column for column in filled if column - 1 not in filled)
    ends = sorted(column + 1 for column in filled if column + 1 not in filled)
    return list(zip(starts, ends, strict=True))


def _headings(rows: Sequence[Sequence[Cell]], vocabulary: Vocabulary) -> list[tuple[int, list[Named]]]:
    """Row numbers from 1 with what their cells mean; of neighbours the one that tells more."""
    found: list[tuple[int, list[Named], Heading]] = []
    for index in range(len(rows)):
        if not any(cell != "" for cell in rows[index]):
            continue
        for named in headings_at(rows, index, vocabulary):
            heading = heading_of(named, index + 1)
            if not heading.is_one or (found and not _is_surely_one(named, rows[index])):
                continue
            if found and _apart(found[-1][1], named):
                continue  # the heading of a table beside, some rows lower
            if found and found[-1][0] >= index:
                if heading.score > found[-1][2].score:
                    found[-1] = (index + 1, named, heading)
            else:
                found.append((index + 1, named, heading))
    return [(row, named) for row, named, _ in found]


def _apart(first: Sequence[Named], second: Sequence[Named]) -> bool:
    one, other = ([each.column for each in named if each.field or each.code] for named in (first, second))
    return max(one) < min(other) or max(other) < min(one)


def _is_surely_one(named: Sequence[Named], row: Sequence[Cell]) -> bool:
    """Below a heading a row of people can look like one: nearly all of its cells must be headings, and no cell a name."""
    texts = [text for cell in row if (text := str(cell).strip())]
    if any(FULL_NAME.fullmatch(text) for text in texts):
        return False
    told = [one for one in named if one.field or one.code]
    strong = {one.field for one in told if one.field in IDENTITY and _says_so(one)}
    share = len(told) / max(len(texts), 1)
    return (share >= 0.6 and bool(strong)) or (share == 1 and len(told) >= 3)


def _says_so(one: Named) -> bool:
    """«Сотрудник» may be a post as well; these words head columns only."""
    text = cyrillic(one.text)
    return any(word in text for word in ("снилс", "фио", "ф.и", "ф. и", "фамил", "mail", "почт", "snils", "name"))


def _side_by_side(named: Sequence[Named], left: int, right: int) -> list[tuple[list[Named], int, int]]:
    """Parts of one heading row that begin again with what the part before had, and where each begins and ends."""
    starts = [left]
    part: list[Named] = []
    for one in named:
        again = next((other for other in part if one.field in _STARTS_AGAIN and _like(other) == _like(one)), None)
        if again is not None and _begins_again(again, one, part, named):
            starts.append(_after_gap(again, one, named))
            part = [other for other in named if starts[-1] <= other.column <= one.column]
        else:
            part.append(one)
    ends = [*starts[1:], right]
    return [
        ([one for one in named if start <= one.column < end], start, end)
        for start, end in zip(starts, ends, strict=True)
    ]


def _begins_again(first: Named, second: Named, part: Sequence[Named], named: Sequence[Named]) -> bool:
    """The same word over both, and people's columns on both sides."""
    before = {one.field for one in part if one.field}
    after = {one.field for one in named if one.column >= _after_gap(first, second, named) and one.field}
    alike = cyrillic(first.text).strip(" .:*") == cyrillic(second.text).strip(" .:*")
    if not alike and not _gaps(first, second, named):
        return False
    return all({"name", "surname", "snils"} & fields and len(fields) >= 2 for fields in (before, after))


def _like(one: Named) -> str | None:
    return "name" if one.field == "surname" else one.field


def _after_gap(first: Named, second: Named, named: Sequence[Named]) -> int:
    """Behind the last column without a heading between them, where there is one."""
    gaps = _gaps(first, second, named)
    return gaps[-1] + 1 if gaps else second.column


def _gaps(first: Named, second: Named, named: Sequence[Named]) -> list[int]:
    headed = {one.column for one in named}
    return [column for column in range(first.column + 1, second.column) if column not in headed]
