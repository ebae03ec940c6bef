"""Who wrote the letter, and whether it is the desk."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message

from notifications.reading.headers import decoded, raw_values

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
_ADDRESS = re.compile(rf"({_ATOM})@([^\s@<>()\[\],;:\"\\]{{1,253}})")
_RESULT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)


def sender_address(message: Message) -> str:
    """The one address of the one From header in lower case; '' when there is not exactly one."""
    values = raw_values(message, "from")
    return _single_address(values[0]) if len(values) == 1 else ""


def sender_shown(message: Message) -> str:
    """The author as a mail programme shows him."""
    return "; ".join(decoded(value) for value in raw_values(message, "from"))


def is_trusted(message: Message, domains: Iterable[str]) -> bool:
    """Exactly one author, whose domain is one of the desk's, and no failed authentication. Rule SND-5."""
    domain = sender_address(message).rpartition("@")[2]
    return bool(domain) and domain in {known.lower() for known in domains} and not _failed_authentication(message)


def _single_address(value: str) -> str:
    bare = _without_quoted(value)
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
    return f"{found.group(1)}@{_ascii_domain(found.group(2))}".lower() if found else ""


def _without_quoted(value: str) -> str | None:
    """The header less quoted names and comments; None when a quote or bracket is left open."""
    out, index, comment, quoted = [], 0, 0, False
    while index < len(value):
        char = value[index]
        if char == "\\" and (quoted or comment):
            index += 2
            continue
        if char == '"' and not comment:
            quoted = not quoted
        elif char == "(" and not quoted:
            comment += 1
        elif char == ")" and not quoted:
            comment -= 1
            if comment < 0:
                return None
        elif not quoted and not comment:
            out.append(char)
        index += 1
    return None if quoted or comment else "".join(out)


def _ascii_domain(domain: str) -> str:
    """IDN in its ASCII form, so that a Cyrillic «е» never equals a Latin one."""
    domain = domain.rstrip(".")
    if domain.isascii():
        return domain
    try:
        encoded = domain.encode("utf-8", "surrogateescape").decode("utf-8").encode("idna").decode("ascii")
    except UnicodeError:
        return "invalid"
    # IDNA folds wide and invisible characters away: what only looks like an ASCII domain is not that domain.
    return encoded if "xn--" in encoded else "invalid"


def _failed_authentication(message: Message) -> bool:
    """DMARC failed, or SPF and DKIM both did, by any server that says so."""
    for value in raw_values(message, "authentication-results"):
        results = [(method.lower(), result.lower()) for method, result in _RESULT.findall(value)]
        passed = {method for method, result in results if result == "pass"}
        failed = {method for method, result in results if result in ("fail", "softfail", "permerror")}
        if ("dmarc", "fail") in results or {"spf", "dkim"} <= failed - passed:
            return True
    return False
