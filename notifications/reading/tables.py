"""Rows of a table: what the header says decides what «да» and «нет» under it mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from catalog.letters import LetterPatterns, RowPatterns, SignPatterns
from notifications.reading.cutting import Topics, on_topic
from notifications.reading.normal import Plain
from notifications.reading.persons import People, snils_in
from notifications.reading.sentences import Shape, Unit

_YES, _NO, _UNKNOWN = "предоставлен", "не предоставлен", "неясно"
# A cell of a header that is a sentence says something besides naming its column.
_SENTENCE = re.compile(r"[а-я]{3}[.!?](?:\s|$)")
_ASIDE = re.compile(r"\([^()]{0,40}\)|\bли\b")


def settled(units: Sequence[Unit], people: People, patterns: LetterPatterns, topics: Topics = ()) -> list[Unit]:
    """Rows as a reader takes them: headers dropped, «да» and «нет» spelled out, key and value made a sentence.

    `topics`: names of what was asked for: a row that names one is about it.
    """
    found: list[Unit] = []
    header: tuple[Plain, ...] = ()
    for number, unit in enumerate(units):
        if unit.shape is not Shape.ROW:
            header = ()
            found.append(unit)
        elif _names_somebody(unit, people) or (header and on_topic(unit.plain.low, topics)):
            found.append(_with_meaning(unit, header, patterns.rows, patterns.signs))
        elif _is_header(units, number, people, topics):
            header = unit.cells
            found.extend(
                _loose_cells(replace(unit, cells=tuple(cell for cell in header if _SENTENCE.search(cell.low))))
            )
        else:
            found.extend(_loose_cells(unit))
    return found


def _names_somebody(unit: Unit, people: People) -> bool:
    return bool(snils_in(unit.plain) or people.mentions(unit.plain))


def _is_header(units: Sequence[Unit], number: int, people: People, topics: Topics) -> bool:
    following = units[number + 1] if number + 1 < len(units) else None
    if following is None or following.shape is not Shape.ROW:
        return False
    about = on_topic(following.plain.low, topics) and not on_topic(units[number].plain.low, topics)
    return _names_somebody(following, people) or about


def _with_meaning(unit: Unit, header: tuple[Plain, ...], patterns: RowPatterns, signs: SignPatterns) -> Unit:
    """The row with each bare «да», «+», «нет» of a status column replaced by what it stands for."""
    tidy = []
    for place, cell in enumerate(unit.cells):
        title = header[place].low if place < len(header) else ""
        speaks = bool(patterns.status_headers.search(title))
        bare = patterns.yes.match(cell.low) or patterns.no.match(cell.low)
        if speaks and bare and signs.blockers.search(_ASIDE.sub(" ", title)):
            tidy.append(_UNKNOWN)
        elif speaks and patterns.yes.match(cell.low):
            tidy.append(_YES)
        elif speaks and patterns.no.match(cell.low):
            tidy.append(_NO)
        else:
            tidy.append(cell.tidy)
    text = " | ".join(tidy)
    return replace(unit, plain=Plain(text, text.lower().replace("ё", "е")))


def _loose_cells(unit: Unit) -> list[Unit]:
    """A row that names nobody: «Статус | Выполнено» is a sentence, anything else is its cells one by one."""
    cells = [cell for cell in unit.cells if cell.low.strip(" -")]
    if len(cells) == 2 and len(cells[0].low) <= 40:
        pieces = [f"{cells[0].tidy.rstrip(' :')}: {cells[1].tidy}"]
    else:
        pieces = [cell.tidy for cell in cells]
    return [
        replace(unit, shape=Shape.SENTENCE, cells=(), plain=Plain(piece, piece.lower().replace("ё", "е")))
        for piece in pieces
    ]
