"""What a letter decides of one request: only what was understood whole; the rest is a doubt, told in words."""

from notifications.deciding.asked import Asked, AskedRole
from notifications.deciding.decision import decide
from notifications.deciding.letter import decide_letter

__all__ = ["Asked", "AskedRole", "decide", "decide_letter"]
