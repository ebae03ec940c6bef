"""The desk's ticket numbers, and our own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from catalog.letters import LetterPatterns
from notifications.reading.normal import without_invisible

_TAIL = re.compile(r"-([a-z][a-z0-9]{3})(?![\w-])", re.IGNORECASE)


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
    clean = without_our_numbers(text, patterns)
    taken: list[tuple[int, int, str]] = []
    for pattern in patterns.tickets.patterns:
        for match in pattern.finditer(clean):
            start, end = match.span("ticket")
            if not any(start < stop and begin < end for begin, stop, _ in taken):
                taken.append((start, end, match.group("ticket").strip("-.").upper()))
    for start, end, ticket in sorted(taken):
        yield ticket, start, end


@dataclass(frozen=True, slots=True)
class OurNumber:
    """Our number in capitals, the random end that it has in our letters («k7f3») or "", and where both stand."""

    number: str
    tail: str
    start: int
    end: int


def our_numbers(text: str, patterns: LetterPatterns) -> Iterator[OurNumber]:
    for found in patterns.our_number.finditer(text):
        tail = _TAIL.match(text, found.end())
        yield OurNumber(
            found.group().upper(),
            tail.group(1).lower() if tail else "",
            found.start(),
            tail.end() if tail else found.end(),
        )


def without_our_numbers(text: str, patterns: LetterPatterns) -> str:
    """The text with them made spaces; its length stays."""
    for found in our_numbers(text, patterns):
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


def find_our_number(texts: Iterable[str], patterns: LetterPatterns, known: str | None = None) -> tuple[str | None, str]:
    """The first one, or `known` wherever it stands; with its random end if it has it anywhere."""
    lines = [spaced(text) for text in texts]
    found = [each for line in lines for each in our_numbers(line, patterns)]
    given = known and any(known.lower() in line.lower() for line in lines)
    number = known if given else found[0].number if found else None
    return number, next((each.tail for each in found if number and each.number == number.upper() and each.tail), "")


def spaced(text: str) -> str:
    """One line with plain dashes, as the patterns expect it."""
    dashes = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
    return " ".join(without_invisible(text[:60_000]).translate(dashes).split())
