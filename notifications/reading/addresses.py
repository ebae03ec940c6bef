"""Addresses as headers spell them."""

from __future__ import annotations


def without_quoted(value: str) -> str | None:
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


def ascii_domain(domain: str) -> str:
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
