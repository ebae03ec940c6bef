"""Whom a notice in plain words names: every server has its own way to list the addresses that failed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from enum import IntEnum
from itertools import islice

from catalog.letters import BouncePatterns
from notifications.reading.headers import header, raw_values
from notifications.reading.mime import Parts

# So far around an address is read, and so many addresses: a notice comes from anybody.
_NEAR, _MANY = 200, 300
_OURS = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_SENDERS = ("from", "sender", "return-path", "reply-to")
_FIRST = re.compile(r"""[\s>*•·|"'<\[(–—-]*+(?:smtp[:=])?\s*+""", re.IGNORECASE)
_BARE_NAME = re.compile(r"\s+([\w.+-]{2,64})\s*")


class Place(IntEnum):
    """Where an address stands; the surest place that a notice has decides, the others are not asked."""

    ANYWHERE = 1
    SENTENCE = 2
    FIRST = 3
    LISTED = 4


@dataclass(frozen=True, slots=True)
class Named:
    """An address with the number of its line in the notice."""

    address: str
    line: int


def notice_of(text: str, patterns: BouncePatterns) -> list[str]:
    """The lines of the notice itself, without the returned letter below it."""
    lines = text.replace("ё", "е").split("\n")
    end = next((number for number, line in enumerate(lines) if number and patterns.returned.search(line)), len(lines))
    return lines[:end]


def failed_addresses(notice: list[str], message: Message, parts: Parts, patterns: BouncePatterns) -> list[Named]:
    """The addressees that did not get the letter, in order. Falls back to the only one the letter had."""
    by_header = [part.strip(" <>") for part in header(message, "x-failed-recipients").split(",")]
    listed = [address for address in by_header if "@" in address]
    if listed:
        return [Named(address, _line_of(address, notice)) for address in dict.fromkeys(listed)]
    known = _addresses_in(message, _OURS, patterns) | _addresses_in(message, _SENDERS, patterns)
    for enclosed in parts.enclosed:
        known |= _addresses_in(enclosed, _SENDERS, patterns)
    placed = _placed(notice, patterns)
    others = {address: found for address, found in placed.items() if address not in known} or placed
    if others:
        best = max(place for place, _ in others.values())
        return [named for place, named in others.values() if place is best]
    return _bare_names(notice, message, patterns) or _only_addressee(parts, patterns)


def _placed(notice: list[str], patterns: BouncePatterns) -> dict[str, tuple[Place, Named]]:
    """Every address of the notice by its lower-case spelling, with the best of its places."""
    found: dict[str, tuple[Place, Named]] = {}
    listing = False
    for number, line in enumerate(notice):
        listing = listing or bool(patterns.headings.search(line))
        for match in islice(patterns.address.finditer(line), _MANY - len(found)):
            key = match.group().lower()
            place = _place(line[: match.start()][-_NEAR:], line[match.end() :][:_NEAR], listing, patterns)
            if place is None or patterns.offices.match(key) or (key in found and found[key][0] >= place):
                continue
            first = found[key][1].line if key in found else number
            found[key] = (place, Named(match.group(), first))
    return found


def _place(before: str, after: str, listing: bool, patterns: BouncePatterns) -> Place | None:
    """None for an address of somebody else: the sender, or an office that would help."""
    if patterns.strangers.search(before):
        return None
    if patterns.labels.search(before) or _FIRST.fullmatch(before):
        return Place.LISTED if listing else Place.FIRST
    return Place.SENTENCE if patterns.sentences.search(f"{before}§{after}") else Place.ANYWHERE


def _addresses_in(message: Message, names: tuple[str, ...], patterns: BouncePatterns) -> set[str]:
    values = (value for name in names for value in raw_values(message, name))
    return {found.lower() for value in values for found in patterns.address.findall(value)}


def _bare_names(notice: list[str], message: Message, patterns: BouncePatterns) -> list[Named]:
    """Names without a domain under a heading (AOL): theirs is the domain that reports."""
    domain = header(message, "from").rpartition("@")[2].strip(" <>")
    heading = next((number for number, line in enumerate(notice) if patterns.headings.search(line)), None)
    if heading is None or not domain:
        return []
    names = ((number, _BARE_NAME.fullmatch(line)) for number, line in enumerate(notice) if number > heading)
    return [Named(f"{name.group(1)}@{domain}", number) for number, name in names if name]


def _only_addressee(parts: Parts, patterns: BouncePatterns) -> list[Named]:
    for enclosed in parts.enclosed[:1]:
        only = _addresses_in(enclosed, ("to", "cc"), patterns)
        if len(only) == 1:
            return [Named(only.pop(), 0)]
    return []


def _line_of(address: str, notice: list[str]) -> int:
    return next((number for number, line in enumerate(notice) if address.lower() in line.lower()), 0)
