"""Where one sentence says several things: «Иванову предоставлен, Петрову отказано»."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from catalog.letters import RowPatterns, SignPatterns
from notifications.reading.persons import Mention

_JOINTS = re.compile(
    r";|,?\s(?:но|однако)\s|,\sа\s(?!также|именно)|,?\sпри этом\s|,\sзато\s|,?\sв то же время\s"
    r"|(?<!\d),\s(?!\d{3}[\s-]?\d{3})(?=\d{1,3}(?:\s?,\s?\d{1,3}|\sи\s\d{1,3}){0,20}\s?-)"
)
# From the strongest to the weakest; a full stop inside a sentence follows initials.
_PLACES = (re.compile(r"(?<=\.)\s"), re.compile(r",\s"), re.compile(r"\sи\s"))
_NEAR = 30
_MOST = 60

Span = tuple[int, int]


Topics = Sequence[re.Pattern[str]]


def on_topic(text: str, topics: Topics) -> bool:
    """Whether a subsystem that was asked for is named."""
    return any(topic.search(text) for topic in topics)


def in_row(text: str, topics: Topics) -> str:
    """Names of subsystems as a colon each: «ФРМО да» is a row's «: да»."""
    for topic in topics:
        text = topic.sub(":", text)
    return text


def pieces(
    masked: str, mentions: Sequence[Mention], signs: SignPatterns, rows: RowPatterns, topics: Topics = ()
) -> list[Span]:
    """The clauses of a sentence as spans, in order and without gaps."""
    edges = [0, *(joint.start() for joint in _JOINTS.finditer(masked) if joint.start() > 0), len(masked)]
    whole = [(start, end) for start, end in itertools.pairwise(edges) if end > start]
    cutter = _Cutter(masked, mentions, signs, rows, topics)
    return [part for span in whole for part in cutter.cut(span)]


class _Cutter:
    """Cuts at a comma only where both sides have a verdict of their own."""

    def __init__(
        self, masked: str, mentions: Sequence[Mention], signs: SignPatterns, rows: RowPatterns, topics: Topics
    ) -> None:
        self.masked, self.mentions, self.signs, self.rows, self.topics = masked, mentions, signs, rows, topics

    def cut(self, span: Span) -> list[Span]:
        parts = [span]
        for place in _PLACES:
            parts = [piece for part in parts for piece in self._cut_at(place, part)]
        return parts

    def _cut_at(self, place: re.Pattern[str], span: Span) -> list[Span]:
        parts, (begin, end) = [], span
        for mark in itertools.islice(place.finditer(self.masked, begin, end), _MOST):
            if not self._may_part(mark) or self.masked.count("(", begin, mark.start()) > self.masked.count(
                ")", begin, mark.start()
            ):
                continue
            if (
                self._by_person(begin, mark, end)
                or self._by_verdict(begin, mark, end)
                or self._by_topic(begin, mark, end)
            ):
                parts.append((begin, mark.start()))
                begin = mark.end()
        return [*parts, (begin, end)]

    def _may_part(self, mark: re.Match[str]) -> bool:
        """Never inside a name; after initials only where the next name begins at once."""
        if any(mention.start < mark.start() < mention.end for mention in self.mentions):
            return False
        return bool(mark.group().strip()) or any(mention.start == mark.end() for mention in self.mentions)

    def _by_person(self, begin: int, mark: re.Match[str], end: int) -> bool:
        if self.signs.listing.match(self.masked[begin : mark.start()]):
            return False  # «Отказано: Иванов, Петров, нет подписи»
        named_left = any(begin <= mention.start < mark.start() for mention in self.mentions)
        named_right = any(mark.end() <= mention.start < min(end, mark.end() + _NEAR) for mention in self.mentions)
        left, right = self.masked[begin : mark.start()], self.masked[mark.end() : end]
        return named_left and named_right and self._decides(left) and self._decides(right)

    def _by_verdict(self, begin: int, mark: re.Match[str], end: int) -> bool:
        left, right = self.masked[begin : mark.start()], self.masked[mark.end() : end]
        granted_left, granted_right = self._grants(left), self._grants(right)
        return (granted_left and self._refuses(right)) or (granted_right and self._refuses(left) and not granted_left)

    def _by_topic(self, begin: int, mark: re.Match[str], end: int) -> bool:
        """«ФРМО да, ФРМР да»."""
        left, right = self.masked[begin : mark.start()], self.masked[mark.end() : end]
        return self._topic_told(left) and self._topic_told(right)

    def _topic_told(self, text: str) -> bool:
        if not on_topic(text, self.topics):
            return False
        row = in_row(text, self.topics)
        return bool(self.rows.grants.search(row) or self.rows.refusals.search(row) or self.signs.refusals.search(text))

    def _grants(self, text: str) -> bool:
        bare = self.rows.rest.search(text) or on_topic(text, self.topics)
        found = self.signs.grants.search(text) or (bare and self.rows.grants.search(in_row(text, self.topics)))
        return bool(found) and not self.signs.blockers.search(self.signs.partial_words.sub(" ", text))

    def _refuses(self, text: str) -> bool:
        bare = on_topic(text, self.topics)
        return bool(self.signs.refusals.search(text) or (bare and self.rows.refusals.search(in_row(text, self.topics))))

    def _decides(self, text: str) -> bool:
        return bool(self.rows.grants.search(text) or self._refuses(text) or self.signs.deficiencies.search(text))
