"""Personal data in the pieces of a file's text: within one, over several cells, and under a table's heading."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from catalog.personal import personal_words
from models.attachments import PersonalMark
from privacy.marks import find_in_plain, masked_text, shown
from privacy.text import folded, plain_text

MOST_MARKS = 50  # enough to see that the file must be made anew
_HEADING = 60  # characters
_PASSPORT, _POLICY = "паспорт: ", "полис: "
_IN_TWO = (_PASSPORT, _POLICY)
_ASIDE = "внутри файла"  # documents.inside.pieces: what pages and sheets do not show
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    place: str
    text: str
    table: int
    row: int
    column: int


def marks_in(rows: Sequence[Sequence[object]], exempt: Collection[str] = ()) -> tuple[PersonalMark, ...]:
    """Each piece is place, text, table, row, column as the sandbox tells them; at most `MOST_MARKS`."""
    pieces = [
        _Piece(str(place), plain_text(str(text)), int(str(table)), int(str(row)), int(str(column)))
        for place, text, table, row, column in rows
    ]
    found = dict(_found(pieces, [""] * len(pieces), exempt))
    headings = _headings(pieces)
    under = [(place, heading) for place, heading in headings.items() if place not in found]
    for number, mark in _found([pieces[place] for place, _ in under], _before(pieces, under), exempt):
        found.setdefault(under[number][0], mark)
    return tuple(_once(mark for _, group in sorted(found.items()) for mark in group)[:MOST_MARKS])


def _once(marks: Iterable[tuple[PersonalMark, str]]) -> list[PersonalMark]:
    """What is found on a page is not told once more from the inner copy of it."""
    ordered = sorted(marks, key=lambda found: found[0].place.startswith(_ASIDE))
    kept: list[PersonalMark] = []
    seen: dict[str, str] = {}
    for mark, value in ordered:
        known = seen.get(mark.kind, "")
        if mark.place.startswith(_ASIDE) and value in known:
            continue
        seen[mark.kind] = f"{known} {value}"
        kept.append(mark)
    return kept


def _before(pieces: Sequence[_Piece], under: Sequence[tuple[int, str]]) -> list[str]:
    """A document's series and number in two cells side by side are read together."""
    before: list[str] = []
    for at, (number, heading) in enumerate(under):
        last, told = under[at - 1] if at else (number, "")
        beside = (pieces[last].table, pieces[last].row) == (pieces[number].table, pieces[number].row)
        before.append("" if beside and told == heading and heading in _IN_TWO else heading)
    return before


def _found(
    pieces: Sequence[_Piece], before: Sequence[str], exempt: Collection[str]
) -> Iterator[tuple[int, list[tuple[PersonalMark, str]]]]:
    """Number of the piece, and what begins in it with its bare signs. `before` is written before each, a column's heading."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    length = 0
    for number, piece in enumerate(pieces):
        last = pieces[number - 1] if number else None
        same_row = last is not None and piece.table and (last.table, last.row) == (piece.table, piece.row)
        between = "" if last is None else "\t" if same_row and not before[number] else "\n"
        starts.append(length + len(between))
        parts += [between, before[number], piece.text]
        length += len(between) + len(before[number]) + len(piece.text)
        ends.append(length)
    plain = "".join(parts)
    marks = find_in_plain(plain, exempt)
    masked = masked_text(plain, marks)
    grouped: dict[int, list[tuple[PersonalMark, str]]] = {}
    for mark in marks:
        number, last_number = bisect_right(starts, mark.start) - 1, bisect_right(starts, mark.end - 1) - 1
        # What stands in other cells is not shown: it may be somebody's too, and not masked.
        text = shown(masked, mark, starts[number], ends[last_number])
        value = _SIGNS.sub("", folded(plain[mark.start : mark.end]))
        grouped.setdefault(number, []).append((PersonalMark(mark.kind, pieces[number].place, text), value))
        for covered in range(number + 1, last_number + 1):
            grouped.setdefault(covered, [])  # a name over several cells is told once
    yield from grouped.items()


@cache
def _heading_labels() -> tuple[tuple[re.Pattern[str], str], ...]:
    words = personal_words()
    kinds = ((words.snils.labels, "СНИЛС: "), (words.passport.labels, _PASSPORT), (words.policy.labels, _POLICY))
    told = [(re.compile(rf"(?<!\w)(?:{'|'.join(labels)})(?!\w)"), text) for labels, text in kinds]
    names = "|".join((*words.name.fields, *words.name.labels))
    return (*told, (re.compile(rf"^\W*(?:{names})(?!\w)"), "ФИО: "))


def _headings(pieces: Sequence[_Piece]) -> dict[int, str]:
    """Number of each cell that stands under a heading that says whose it is."""
    columns: dict[tuple[int, int], str] = {}
    under: dict[int, str] = {}
    for number, piece in enumerate(pieces):
        if not piece.table:
            continue
        column = (piece.table, piece.column)
        told = _heading(piece.text)
        if told:
            columns[column] = told
        elif column in columns:
            under[number] = columns[column]
    return under


def _heading(text: str) -> str:
    if len(text) > _HEADING or sum(sign.isdigit() for sign in text) > 3:
        return ""
    low = folded(text)
    return next((label for shape, label in _heading_labels() if shape.search(low)), "")
