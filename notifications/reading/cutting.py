"""Where one sentence says several things: «Иванову предоставлен, Петрову отказано»."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.letters import RowPatterns, SignPatterns
from notifications.reading.persons import Mention

_JOINTS = re.compile(
    r";|,?\s(?:но|однако)\s|,\sа\s(?!также|именно)|,?\sпри этом\s|,\sзато\s|,?\sв то же время\s"
    r"|,\s(?=\d{1,3}(?:\s?,\s?\d{1,3}|\sи\s\d{1,3}){0,20}\s?-)"
)
_COMMA = re.compile(r",\s|\sи\s|(?<=\.)\s")
_NEAR = 30

Span = tuple[int, int]


def pieces(masked: str, mentions: Sequence[Mention], signs: SignPatterns, rows: RowPatterns) -> list[Span]:
    """The clauses of a sentence as spans, in order and without gaps."""
    edges = [0, *(joint.start() for joint in _JOINTS.finditer(masked) if joint.start() > 0), len(masked)]
    whole = [(start, end) for start, end in zip(edges, edges[1:], strict=False) if end > start]
    cutter = _Cutter(masked, mentions, signs, rows)
    return [part for span in whole for part in cutter.cut(span)]


class _Cutter:
    """Cuts at a comma only where both sides have a verdict of their own."""

    def __init__(self, masked: str, mentions: Sequence[Mention], signs: SignPatterns, rows: RowPatterns) -> None:
        self.masked, self.mentions, self.signs, self.rows = masked, mentions, signs, rows

    def cut(self, span: Span) -> list[Span]:
        parts, begin, end = [], *span
        for number, comma in enumerate(_COMMA.finditer(self.masked, begin, end)):
            if number > 60:
                break
            if self._by_person(begin, comma, end) or self._by_verdict(begin, comma, end):
                parts.append((begin, comma.start()))
                begin = comma.end()
        return [*parts, (begin, end)]

    def _by_person(self, begin: int, comma: re.Match[str], end: int) -> bool:
        named_left = any(begin <= mention.start < comma.start() for mention in self.mentions)
        named_right = any(comma.end() <= mention.start < min(end, comma.end() + _NEAR) for mention in self.mentions)
        left, right = self.masked[begin : comma.start()], self.masked[comma.end() : end]
        return named_left and named_right and self._decides(left) and self._decides(right)

    def _by_verdict(self, begin: int, comma: re.Match[str], end: int) -> bool:
        left, right = self.masked[begin : comma.start()], self.masked[comma.end() : end]
        granted_left, granted_right = self._grants(left), self._grants(right)
        return (granted_left and self._refuses(right)) or (granted_right and self._refuses(left) and not granted_left)

    def _grants(self, text: str) -> bool:
        found = self.signs.grants.search(text) or (self.rows.rest.search(text) and self.rows.grants.search(text))
        return bool(found) and not self.signs.blockers.search(self.signs.partial_words.sub(" ", text))

    def _refuses(self, text: str) -> bool:
        return bool(self.signs.refusals.search(text))

    def _decides(self, text: str) -> bool:
        return bool(self.rows.grants.search(text) or self._refuses(text) or self.signs.deficiencies.search(text))
