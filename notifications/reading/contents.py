"""Puts into a reading what the letter is made of, so that one screen can show all of it."""

from __future__ import annotations

from dataclasses import replace

from notifications.reading.attachments import listed
from notifications.reading.bodies import BodyReader
from notifications.reading.mime import Parts
from notifications.reading.opening import Opened
from notifications.reading.result import Reading
from notifications.reading.voices import voices

_UNPACKED = "Слова письма взяты из winmail.dat: такие ответы применяет человек."


def with_contents(frame: Reading, opened: Opened, parts: Parts, texts: list[str], reader: BodyReader) -> Reading:
    """Voices, files, and why no machine may act on it, if so."""
    files, cut = listed(opened.message, reader)
    return replace(
        frame,
        voices=voices(parts, texts, reader, frame.subject),
        attachments=files,
        problems=list(dict.fromkeys([*frame.problems, *opened.problems, *cut])),
        withheld=[*frame.withheld, *([_UNPACKED] if opened.unpacked else [])],
    )
