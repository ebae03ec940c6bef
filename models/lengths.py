"""What is longer than what is kept is refused in words, never cut: nobody notices that the end is missing."""

from __future__ import annotations

from models.identifiers import BadIdentifier


class TooLong(BadIdentifier):
    """The text is a Russian sentence for the person who typed it."""

    def __init__(self, what: str, length: int, most: int) -> None:
        self.length, self.most = length, most
        super().__init__(
            f"{what}: знаков {_told(length)}, а помещается {_told(most)}. Уберите лишние {_told(length - most)}. Ничего не записано."
        )


def _told(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def within(text: str, most: int, what: str) -> str:
    """The text itself. Raises TooLong."""
    if len(text) > most:
        raise TooLong(what, len(text), most)
    return text
