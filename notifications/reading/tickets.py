"""The desk's ticket number, and our own."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.letters import LetterPatterns
from notifications.reading.normal import without_invisible


def find_ticket(texts: Iterable[str], patterns: LetterPatterns) -> str | None:
    """The first number that a pattern finds in the first text that has one; our own number is never it."""
    for text in texts:
        clean = patterns.our_number.sub(" ", _spaced(text))
        for pattern in patterns.tickets.patterns:
            found = pattern.search(clean)
            if found:
                return found.group("ticket").strip("-.").upper()
    return None


def find_our_number(texts: Iterable[str], patterns: LetterPatterns) -> str | None:
    """Our number as it stands in a letter, in capitals."""
    for text in texts:
        found = patterns.our_number.search(_spaced(text))
        if found:
            return found.group().upper()
    return None


def _spaced(text: str) -> str:
    dashes = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
    return " ".join(without_invisible(text[:60_000]).translate(dashes).split())
