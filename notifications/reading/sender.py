"""Who wrote the letter, and whether it is the desk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message

from notifications.reading.addresses import ascii_domain, without_quoted
from notifications.reading.authenticity import says_fail
from notifications.reading.headers import decoded, raw_values

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
_ADDRESS = re.compile(rf"({_ATOM})@([^\s@<>()\[\],;:\"\\]{{1,253}})")


def sender_address(message: Message) -> str:
    """The one address of the one From header in lower case; '' when there is not exactly one."""
    values = raw_values(message, "from")
    return _single_address(values[0]) if len(values) == 1 else ""


def sender_shown(message: Message) -> str:
    """The author as a mail programme shows him."""
    return "; ".join(decoded(value) for value in raw_values(message, "from"))


def is_trusted(message: Message, domains: Iterable[str]) -> bool:
    """It calls itself the desk's, and no server says that it failed. That proves nothing yet (`actions.answers.trusting`). Rule SND-5."""
    return is_of_desk(message, domains) and not any(map(says_fail, raw_values(message, "authentication-results")))


def is_of_desk(message: Message, domains: Iterable[str]) -> bool:
    """Exactly one author, whose domain is one of the desk's; anybody can write that."""
    domain = sender_address(message).rpartition("@")[2]
    return bool(domain) and domain in {known.lower() for known in domains}


def _single_address(value: str) -> str:
    bare = without_quoted(value)
    if bare is None or any(mark in bare for mark in ",;"):
        return ""
    inside = re.findall(r"<([^<>]*)>", bare)
    if bare.count("<") != bare.count(">") or bare.count("<") > 1:
        return ""
    if inside and bare.rpartition(">")[2].strip():
        return ""
    if not inside and re.search(r"\s", bare.strip()):
        return ""
    if inside and ":" in bare.partition("<")[0]:
        return ""
    found = _ADDRESS.fullmatch((inside[0] if inside else bare).strip())
    return f"{found.group(1)}@{ascii_domain(found.group(2))}".lower() if found else ""
