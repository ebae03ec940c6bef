"""The desk's ticket numbers, and our own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from catalog.letters import LetterPatterns
from notifications.reading.normal import without_invisible


def find_tickets(texts: Iterable[str], patterns: LetterPatterns) -> list[str]:
    """Every ticket number of the texts in capitals, each once, in order; our own number is never one."""
    found: dict[str, None] = {}
    for text in texts:
        for ticket, _, _ in tickets_in(spaced(text), patterns):
            found.setdefault(ticket)
    return list(found)


def find_ticket(texts: Iterable[str], patterns: LetterPatterns) -> str | None:
    """The first number of the first text that has one."""
    return next((found for text in texts for found in find_tickets([text], patterns)), None)


def tickets_in(text: str, patterns: LetterPatterns) -> Iterator[tuple[str, int, int]]:
    """Numbers with their places, in order of place; a place that an earlier pattern took is not read twice."""
    clean = patterns.our_number.sub(lambda own: " " * len(own.group()), text)
    taken: list[tuple[int, int, str]] = []
    for pattern in patterns.tickets.patterns:
        for match in pattern.finditer(clean):
            start, end = match.span("ticket")
            if not any(start < stop and begin < end for begin, stop, _ in taken):
                taken.append((start, end, match.group("ticket").strip("-.").upper()))
    for start, end, ticket in sorted(taken):
        yield ticket, start, end


def find_our_number(texts: Iterable[str], patterns: LetterPatterns) -> str | None:
    """Our number as it stands in a letter, in capitals."""
    for text in texts:
        found = patterns.our_number.search(spaced(text))
        if found:
            return found.group().upper()
    return None


def spaced(text: str) -> str:
    """One line with plain dashes, as the patterns expect it."""
    dashes = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
    return " ".join(without_invisible(text[:60_000]).translate(dashes).split())
