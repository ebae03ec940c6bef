"""What servers say in their answers: bytes of any charset, made one readable line."""

from __future__ import annotations

from models.charset_guessing import best_guess

_LONGEST = 300


def readable(said: str | bytes) -> str:
    """The words in whatever charset they came, without control characters, cut to a line that every database keeps."""
    raw = said if isinstance(said, bytes) else said.encode("utf-8", "surrogateescape")
    text = best_guess(raw)[0]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_LONGEST]
