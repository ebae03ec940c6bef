"""A letter's text with the quotes that decided marked in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_MOST = 40  # quotes


def marked(text: str, quotes: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces, True for those that are quoted. Quotes are found however the text is wrapped."""
    spans = sorted(span for quote in list(quotes)[:_MOST] for span in _spans(text, quote))
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        if end <= at:
            continue
        start = max(start, at)
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(piece, quoted) for piece, quoted in (*pieces, (text[at:], False)) if piece]


def absent(text: str, quotes: Sequence[str]) -> list[str]:
    """Quotes that are not in this text: they are of the subject or of an enclosed letter."""
    return [quote for quote in quotes if not _spans(text, quote)]


def _spans(text: str, quote: str) -> list[tuple[int, int]]:
    words = quote.split()
    if not words:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    return [found.span() for found in pattern.finditer(text)]
