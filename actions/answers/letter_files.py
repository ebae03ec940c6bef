"""The files of a letter read in the sandbox: their text is kept with the reading and proposed, never applied by machine."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from actions.requests.file_texts import FileText, texts_of
from documents.media import UNKNOWN, sniff
from notifications.deciding.proposing import propose_from_files
from notifications.reading import KnownPerson, Reading
from notifications.reading.attachments import MOST_OF_ONE
from notifications.reading.showing import enclosed_files
from notifications.reading.told import Attached
from sandbox import Killed, Refused

MOST_TEXT = 200_000  # characters of all files of one letter
_MOST_READ = 20  # files
_MOST_BYTES = 25 * 1024 * 1024  # of one file
_SKIPPED = "Вложений много: это не читалось. Скачайте его и посмотрите."
_LARGE = "Вложение больше 25 МБ: оно не читалось. Скачайте его и посмотрите."
_NOT_TAKEN = "Вложение не удалось достать из письма. Скачайте письмо целиком."


def with_files(
    path: Path,
    reading: Reading,
    *,
    people: Sequence[KnownPerson] = (),
    asked: Mapping[str, Any] | None = None,
    ours: Collection[str] = (),
    own_catalog: Path | None = None,
) -> Reading:
    """The reading of a letter (raw at `path`) with its files' texts and what they propose.

    `ours`: SHA-256 of what we sent; `asked` (notifications.deciding.Asked.as_dict): the request to judge them against.
    """
    if not reading.attachments:
        return reading
    marked = [replace(file, ours=file.sha256 in ours) for file in reading.attachments]
    files = _within_budget(_read(path, marked))
    return propose_from_files(replace(reading, attachments=files), people=people, asked=asked, own_catalog=own_catalog)


def _read(path: Path, files: list[Attached]) -> list[Attached]:
    wanted = [file for file in files if not file.letter and file.size <= _MOST_BYTES and not file.ours]
    places = [file.place for file in wanted[:_MOST_READ]]
    with tempfile.TemporaryDirectory(prefix="egisz-letter-files-") as folder:
        try:
            taken = enclosed_files(path, places, Path(folder)) if places else {}
        except (Refused, Killed):
            taken = {}
        kinds = {place: _kind(found) for place, found in taken.items()}
        texts = texts_of([(taken[place], kinds[place]) for place in taken], limit=MOST_OF_ONE)
        by_place = dict(zip(taken, texts, strict=True))
    return [_with_text(file, kinds.get(file.place, ""), by_place.get(file.place), places) for file in files]


def _kind(path: Path) -> str:
    return sniff(path.read_bytes())


def _with_text(file: Attached, kind: str, text: FileText | None, places: Collection[int]) -> Attached:
    """`media_type` becomes what the bytes say, where they say anything."""
    if text is not None:
        said = kind if kind not in ("", UNKNOWN) else file.media_type
        return replace(file, media_type=said, text=text.text, whole=text.whole, problem=text.unread)
    if file.letter or file.ours:
        return file
    if file.size > _MOST_BYTES:
        return replace(file, problem=_LARGE)
    return replace(file, problem=_NOT_TAKEN if file.place in places else _SKIPPED)


def _within_budget(files: list[Attached]) -> list[Attached]:
    """What is kept in the database stays small; the files themselves are in the letter."""
    left, kept = MOST_TEXT, []
    for file in files:
        text = file.text[:left]
        left -= len(text)
        kept.append(replace(file, text=text, whole=file.whole and len(text) == len(file.text)))
    return kept
