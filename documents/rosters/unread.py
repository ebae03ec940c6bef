"""Rows of a sheet that hold a person and were not read, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from catalog.rosters import roster_wording, word_pattern
from documents.rosters.headings import Cell
from documents.rosters.names import FULL_NAME
from documents.rosters.vocabulary import Vocabulary, cyrillic
from models.identifiers import valid_snils

if TYPE_CHECKING:
    from documents.rosters.parts import Part

_WRITTEN_SNILS = re.compile(r"(?<!\d)\d{3}[- ]\d{3}[- ]\d{3}[ -]\d{2}(?!\d)")
_NAME_WITHIN = re.compile(rf"(?<!\w){FULL_NAME.pattern}(?!\w)")


class Why(StrEnum):
    FILTERED = "filtered"
    HIDDEN = "hidden"
    OTHER_SHEET = "other-sheet"
    HIDDEN_SHEET = "hidden-sheet"
    OUTSIDE = "outside"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Unread:
    """`row` as Excel counts; `who`: the name that stands there, or a few of its words."""

    sheet: str
    row: int
    why: Why
    who: str = ""


def unread_in(sheet: Mapping[str, Any], parts: Sequence[Part], vocabulary: Vocabulary) -> Iterator[Unread]:
    """What none of the tables took, held against the signs of a person: a СНИЛС, or a name beside an address."""
    headings = {part.heading_row for part in parts}
    for index, row in enumerate(sheet["rows"]):
        rest = _rest(index, row, parts)
        if not any(cell != "" for cell in rest) or index + 1 in headings:
            continue
        within = any(part.table.heading.row <= index < part.table.end for part in parts)
        why = _sign(rest, within=within)
        if why:
            yield Unread(sheet["name"], index + 1, why, person_in(rest))


def _rest(index: int, row: Sequence[Cell], parts: Sequence[Part]) -> list[Cell]:
    """The row less the cells of the tables that read it; a person's row is read with all of its cells."""
    taken = [part for part in parts if index in part.taken]
    return [
        "" if any(part.table.left <= column < part.table.right for part in taken) else cell
        for column, cell in enumerate(row)
    ]


def _sign(cells: Sequence[Cell], *, within: bool) -> Why | None:
    texts = [text for cell in cells if (text := str(cell).strip())]
    if any(_is_number(text) for text in texts):
        return Why.OUTSIDE
    if any("___" in text for text in texts) or _is_footer(texts):
        return None
    named = any(FULL_NAME.fullmatch(text) for text in texts)
    if named and any("@" in text for text in texts):
        return Why.OUTSIDE
    return Why.DOUBTFUL if named and within else None


def _is_number(text: str) -> bool:
    if _WRITTEN_SNILS.search(text):
        return True
    return text.isdigit() and len(text) in (10, 11) and len(text) == 11 and valid_snils(text)


def _is_footer(texts: Sequence[str]) -> bool:
    words = roster_wording().words
    pattern = word_pattern(words.footer + words.signer)
    return any(pattern.search(cyrillic(text)) for text in texts)


def person_in(cells: Iterable[Cell]) -> str:
    """The name among the cells: whole, or of words in cells side by side."""
    texts = [str(cell).strip() for cell in cells if str(cell).strip()]
    whole = next((match.group() for text in texts if (match := _NAME_WITHIN.search(text))), "")
    words = [text for text in texts if re.fullmatch(r"[А-ЯЁ][а-яё-]+(\s+[А-ЯЁ][а-яё.-]+){0,3}", text)]
    return whole or " ".join(words[:3])
