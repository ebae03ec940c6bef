"""The parent's side: a letter from outside is opened only in the sandbox's child."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catalog.letters import load_letters, warm_by
from notifications.reading.letter import read_letter
from notifications.reading.result import Kind, KnownPerson, Outcome, Reading
from sandbox import Killed, Limits, Refused, run

MAX_MEGABYTES = 60
# Measured: a usual letter 0.02 s; a megabyte of text 1.3 s, of hostile text 3.6 s; 40 MB of attachments 2.6 s and 522 MB.
LIMITS = Limits(seconds=10, memory_mb=1024, output_mb=64)
_JOB = "notifications.reading.safely:read_file"
_DECIDING = "notifications.deciding.letter:read_file"


def read_letter_safely(
    letter: Path | bytes,
    *,
    our_number: str | None = None,
    people: Sequence[KnownPerson] = (),
    asked: Mapping[str, Any] | None = None,
    own_catalog: Path | None = None,
    limits: Limits | None = None,
) -> Reading:
    """Read a letter in a child process. One that kills its child comes back as OTHER with the problem named.

    `asked` (notifications.deciding.Asked.as_dict): judge it against this request too.
    """
    options: dict[str, Any] = {"own_catalog": own_catalog}
    if asked is not None:
        return _read_in_child([letter], _DECIDING, {**options, "asked": dict(asked)}, limits)[0]
    told = {"our_number": our_number, "people": [asdict(person) for person in people]}
    return _read_in_child([letter], _JOB, {**options, **told}, limits)[0]


def read_many_safely(
    letters: Sequence[Path | bytes],
    *,
    our_number: str | None = None,
    people: Sequence[KnownPerson] = (),
    own_catalog: Path | None = None,
    limits: Limits | None = None,
) -> list[Reading]:
    """The same for many: one child for all; when it dies, each letter gets a child of its own."""
    told = {"our_number": our_number, "people": [asdict(person) for person in people]}
    return _read_in_child(letters, _JOB, {**told, "own_catalog": own_catalog}, limits)


def _read_in_child(
    letters: Sequence[Path | bytes], job: str, options: dict[str, Any], limits: Limits | None
) -> list[Reading]:
    with tempfile.TemporaryDirectory(prefix="egisz-letters-") as folder:
        paths = [_on_disk(letter, Path(folder), number) for number, letter in enumerate(letters)]
        return _read(paths, job, options, limits)


def limits_of(*letters: Path) -> Limits:
    """For letters that one child reads."""
    return Limits(seconds=2 + 0.1 * len(letters)).grown(*letters, seconds=5, memory_mb=20, at_most=LIMITS)


def _read(paths: list[Path], job: str, options: dict[str, Any], limits: Limits | None) -> list[Reading]:
    warm, allowed = warm_by(options["own_catalog"]), limits or limits_of(*paths)
    try:
        return [Reading.from_dict(found) for found in run(job, {"paths": paths, **options}, limits=allowed, warm=warm)]
    except (Killed, Refused) as killed:
        if len(paths) == 1:
            return [
                Reading(
                    Kind.OTHER,
                    Outcome.NONE,
                    problems=[f"Письмо не прочитано: {killed.detail if isinstance(killed, Refused) else killed}."],
                )
            ]
        return [_read([path], job, options, limits)[0] for path in paths]


def _on_disk(letter: Path | bytes, folder: Path, number: int) -> Path:
    if isinstance(letter, Path):
        return letter
    path = folder / f"{number}.eml"
    path.write_bytes(letter)
    return path


def read_file(
    paths: list[str], our_number: str | None, people: list[dict[str, Any]], own_catalog: str | None
) -> list[dict[str, Any]]:
    """The child's side."""
    patterns = load_letters(Path(own_catalog) if own_catalog else None)
    known = [KnownPerson(**person) for person in people]
    return [
        read_letter(bytes_of(Path(path)), patterns=patterns, our_number=our_number, people=known).as_dict()
        for path in paths
    ]


def bytes_of(path: Path) -> bytes:
    """A letter's bytes, not more than a letter may have. Raises Refused."""
    if path.stat().st_size > MAX_MEGABYTES * 1024 * 1024:
        raise Refused("letter-too-large", f"Письмо больше {MAX_MEGABYTES} МБ.")
    return path.read_bytes()
