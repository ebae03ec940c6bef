"""Pages of a letter's file as pictures. The file is taken out of the letter once and goes when the letter is erased."""

from __future__ import annotations

from pathlib import Path

from actions.context import Files
from documents.looks.sheets import count_sheets, draw_sheets
from documents.media import sniff
from notifications.reading.showing import enclosed_file
from views.requests.previews import SEEN, once, width_of

MOST_PAGES = 50  # shown of one file


def pages_of(files: Files, letter: str, place: int) -> int:
    """0 for what is neither PDF nor picture. Raises sandbox.Refused, sandbox.Killed, StoreError."""
    path = _taken_out(files, letter, place)
    if sniff(path.read_bytes()) not in SEEN:
        return 0
    return int(once(files, letter, f"file.{place}.count", lambda: b"%d" % count_sheets(path)).read_bytes())


def picture_of(files: Files, letter: str, place: int, page: int, width: int) -> bytes | None:
    """Page `page` (from 0) as PNG, None where there is none or it cannot be drawn. Raises as `pages_of` does."""
    if not 0 <= page < pages_of(files, letter, place):
        return None
    width = width_of(width)
    path = _taken_out(files, letter, place)
    return (
        once(files, letter, f"file.{place}.{page}.{width}.png", lambda: _drawn(path, page, width)).read_bytes() or None
    )


def _drawn(path: Path, page: int, width: int) -> bytes:
    [data] = draw_sheets(path, [page], width=width)
    return data or b""


def _taken_out(files: Files, letter: str, place: int) -> Path:
    """`letter` is the SHA-256 of the raw letter."""
    return once(files, letter, f"file.{place}", lambda: enclosed_file(files.path(letter), place)[1])
