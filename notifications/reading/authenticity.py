"""What mail servers say of a letter's author (RFC 8601), and which of them stand where only our own server writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from notifications.reading.addresses import ascii_domain, without_quoted

_MOST = 50
_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(?:header\.(from|d|i)|smtp\.(?:mailfrom|mail)|envelope-from)\s*=\s*<?([^\s;<>]+)", re.IGNORECASE
)
_AUTHSERV = re.compile(r"\s*([\w.:-]{1,255})(?:\s+\d+)?\s*(?:;|$)")
_FROM = re.compile(r"\s*from\s", re.IGNORECASE)
_BY = re.compile(r"\sby\s+([\w.:\[\]-]+)", re.IGNORECASE)
_LOOKED_UP = re.compile(
    r"\s\(([\w.-]+?)\.? \[[^()]*\)"
)  # the name that the address has, not the one that the caller gave
_HOUSE = tuple(
    ip_network(each)
    for each in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_HANDED_OVER = re.compile(r"\swith\s+(?:local|lmtps?a?)\b", re.IGNORECASE)


class Verdict(StrEnum):
    """`pass`: the author's domain is proven by dmarc, or by a dkim or spf of that domain."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


class Place(StrEnum):
    """Where the result stands among the `Received` lines.

    `above` that by which our server took the letter over from a foreign one; right `under` it, as some servers write; or
    `below`, where the sender writes.
    """

    ABOVE = "above"
    UNDER = "under"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Statement:
    """One `Authentication-Results` about the address in From, as it stands: whoever wrote it calls himself `server`."""

    server: str
    verdict: Verdict
    place: Place


def statements(message: Message, author: str) -> list[Statement]:
    """From the top down. `author` is the one address of From."""
    domain = author.rpartition("@")[2]
    return [Statement(*_told(value, domain), place) for value, place in _placed(message)]


def says_fail(value: str) -> bool:
    """DMARC failed, or SPF and DKIM both did."""
    results = [(method.lower(), result.lower()) for method, result in _RESULT.findall(value)]
    passed = {method for method, result in results if result == "pass"}
    failed = {method for method, result in results if result in ("fail", "softfail", "permerror")}
    return ("dmarc", "fail") in results or {"spf", "dkim"} <= failed - passed


def _placed(message: Message) -> Iterator[tuple[str, Place]]:
    place, found = Place.ABOVE, 0
    for name, folded in message.raw_items():
        key, value = name.strip().lower(), re.sub(r"\r?\n\s*", " ", str(folded))
        if key == "authentication-results" and found < _MOST:
            found += 1
            yield value, place
        elif key == "received" and not (place is Place.ABOVE and _within_the_house(value)):
            place = Place.UNDER if place is Place.ABOVE else Place.BELOW


def _told(value: str, domain: str) -> tuple[str, Verdict]:
    plain = without_quoted(value)
    server = _AUTHSERV.match(plain) if plain is not None else None
    if says_fail(value):
        return (server.group(1).lower() if server else ""), Verdict.FAIL
    if plain is None or server is None or "=" in server.group(1):
        return "", Verdict.NONE
    proven = bool(domain) and any(_proves(each, domain) for each in plain.split(";")[1:])
    return server.group(1).lower(), Verdict.PASS if proven else Verdict.NONE


def _proves(result: str, domain: str) -> bool:
    said = _RESULT.match(result.strip())
    if said is None or said.group(2).lower() != "pass":
        return False
    told: dict[str, list[str]] = {}
    for name, value in _PROPERTY.findall(result):
        told.setdefault(name.lower() or "smtp", []).append(ascii_domain(value.rpartition("@")[2].strip('"')).lower())
    match said.group(1).lower():
        case "dmarc":
            return all(each == domain for each in told.get("from", ()))
        case "dkim":
            proven = told.get("d") or told.get("i") or [""]
        case _:
            proven = told.get("smtp") or [""]
    return all(_of_one_house(each, domain) for each in proven)


def _of_one_house(proven: str, domain: str) -> bool:
    """The same domain, or one that stands over the other; no top-level domain proves anything."""
    if "." not in proven:
        return False
    return proven == domain or proven.endswith(f".{domain}") or domain.endswith(f".{proven}")


def _within_the_house(received: str) -> bool:
    """Whether the letter was only handed on: by nobody, within this machine or network, or by a host of one name."""
    plain = f" {received} "
    by = _BY.search(plain)
    if not _FROM.match(received) or by is None:
        return not _FROM.match(received)
    caller = plain[: by.start()]
    addresses = [_address(word) for word in re.split(r"[\s\[\]()<>;,=\"]+", caller)]
    if any(addresses):
        return all(_of_the_house(each) for each in addresses if each) or _is_neighbour(caller, by.group(1))
    return bool(_HANDED_OVER.search(plain[by.end() :]))


def _address(word: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(word.lower().removeprefix("ipv6:").partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _of_the_house(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in _HOUSE if network.version == address.version)


def _is_neighbour(caller: str, host: str) -> bool:
    """Whether the looked-up name is of the domain that the receiving host is in; a caller who writes brackets is nobody's."""
    name = _LOOKED_UP.search(caller)
    parent = host.lower().partition(".")[2]
    return (
        name is not None and caller.count("(") == 1 and "." in parent and name.group(1).lower().endswith(f".{parent}")
    )


def is_of(server: str, own: Iterable[str]) -> bool:
    """Whether the server is one of ours: by its whole name, or as «*.mail.example»."""
    return any(
        server == name or (name.startswith("*.") and server.endswith(name[1:])) for name in map(str.lower, own) if name
    )
