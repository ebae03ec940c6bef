"""Reading letters: raw bytes of one letter to what it says, with the words that say it."""

from notifications.reading.letter import read_letter
from notifications.reading.result import Bounce, Kind, KnownPerson, Outcome, Reading
from notifications.reading.safely import read_letter_safely, read_many_safely

__all__ = [
    "Bounce",
    "Kind",
    "KnownPerson",
    "Outcome",
    "Reading",
    "read_letter",
    "read_letter_safely",
    "read_many_safely",
]
