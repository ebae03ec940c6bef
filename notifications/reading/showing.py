"""A letter as a person reads it on the page: its words without any markup, and what is attached. Opened in the sandbox only."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from catalog.letters import load_letters, warm_by
from notifications.reading.attachments import MOST_LISTED, bytes_of, enclosed, name_of
from notifications.reading.bodies import BodyReader
from notifications.reading.headers import decoded, header, raw_values
from notifications.reading.mime import parts_of
from notifications.reading.opening import open_letter
from notifications.reading.safely import limits_of
from notifications.reading.sender import sender_shown
from sandbox import Output, Refused, run

_MOST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """`place` counts the attachments of a letter from 0."""

    place: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """Headers as written; `date` too, for a clock of the sender's may say anything."""

    sender: str
    to: str
    subject: str
    date: str
    text: str
    cut: bool
    files: tuple[EnclosedFile, ...]


def show_letter(path: Path, own_catalog: Path | None = None) -> ShownLetter:
    """Raises sandbox.Refused or sandbox.Killed."""
    arguments = {"path": path, "own_catalog": own_catalog}
    told: dict[str, Any] = run(
        "notifications.reading.showing:show_file", arguments, limits=limits_of(path), warm=warm_by(own_catalog)
    )
    return ShownLetter(**{**told, "files": tuple(EnclosedFile(**file) for file in told["files"])})


def enclosed_file(path: Path, place: int) -> tuple[str, bytes]:
    """Name and bytes of one attachment. Raises sandbox.Refused or sandbox.Killed."""
    with tempfile.TemporaryDirectory(prefix="egisz-enclosed-") as folder:
        target = Path(folder, "file")
        arguments = {"path": path, "place": place, "target": Output(target)}
        name: str = run("notifications.reading.showing:take_out", arguments, limits=limits_of(path))
        return name, target.read_bytes()


def show_file(path: str, own_catalog: str | None) -> dict[str, Any]:
    """The child's side."""
    message = open_letter(Path(path).read_bytes()).message
    reader = BodyReader(load_letters(Path(own_catalog) if own_catalog else None), ())
    text = next(iter(reader.texts(parts_of(message))), "").strip()
    return {
        "sender": sender_shown(message), "to": "; ".join(decoded(value) for value in raw_values(message, "to")),
        "subject": header(message, "subject"), "date": header(message, "date"),
        "text": text[:_MOST_TEXT], "cut": len(text) > _MOST_TEXT,
        "files": [
            {"place": place, "name": name_of(part), "media_type": part.get_content_type(), "size": len(bytes_of(part))}
            for place, part in enumerate(islice(enclosed(message), MOST_LISTED))
        ],
    }  # fmt: skip


def take_out(path: str, place: int, target: str) -> str:
    """The child's side: one attachment into a file; returns its name."""
    found = list(islice(enclosed(open_letter(Path(path).read_bytes()).message), MOST_LISTED))
    if not 0 <= place < len(found):
        raise Refused("no-such-file", "Такого вложения в письме нет.")
    Path(target).write_bytes(bytes_of(found[place]))
    return name_of(found[place])


def enclosed_files(path: Path, places: Sequence[int], folder: Path) -> dict[int, Path]:
    """Several attachments put into a folder by one child, by place. Raises sandbox.Refused or sandbox.Killed."""
    arguments = {"path": path, "places": list(places), "folder": Output(folder)}
    taken: list[int] = run("notifications.reading.showing:take_out_many", arguments, limits=limits_of(path))
    return {place: folder / str(place) for place in taken}


def take_out_many(path: str, places: list[int], folder: str) -> list[int]:
    """The child's side; named by their place, so that no name of a stranger becomes a path."""
    wanted, taken = set(places), []
    for place, part in enumerate(islice(enclosed(open_letter(Path(path).read_bytes()).message), MOST_LISTED)):
        if place in wanted:
            Path(folder, str(place)).write_bytes(bytes_of(part))
            taken.append(place)
    return taken
