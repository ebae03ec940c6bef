"""Russian text in lines of a readable width."""

from __future__ import annotations

import textwrap

from cli.output import say

WIDTH = 100


def tell(text: str, *, indent: int = 0, mark: str = "") -> None:
    """A paragraph; lines after the first stand under its text, not under the mark."""
    first = " " * indent + mark
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines or [first.rstrip()]:
        say(line)


def heading(text: str) -> None:
    say()
    say(text)
