"""What the roles of a line come to: the one place where a line's own state is reckoned."""

from __future__ import annotations

from collections.abc import Iterable

from models.request import LineState

REFUSED = frozenset({LineState.REJECTED, LineState.MOVED})
UNPROVEN = frozenset({LineState.GRANTED, LineState.TROUBLE})
ACCESS = UNPROVEN | {LineState.VERIFIED}
# The first of these that any role has: what still has to be done comes before what is done, a refusal comes last.
_ORDER = (LineState.OPEN, LineState.TROUBLE, LineState.GRANTED, LineState.VERIFIED, LineState.MOVED, LineState.REJECTED)


def line_state(states: Iterable[LineState]) -> LineState:
    """Of one line; a granted role makes it a granted line, for its login is owed."""
    found = set(states)
    return next((state for state in _ORDER if state in found), LineState.OPEN)
