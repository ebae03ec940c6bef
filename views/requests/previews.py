"""Pages of a request's files as pictures: a document becomes a PDF once, a page is drawn once for each size."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from actions.context import Files
from catalog.kinds import RequestKind
from documents.looks.preview import as_pdf
from documents.looks.sheets import count_sheets, draw_sheets
from models.request import RequestFile

SMALL, LARGE = 480, 1600
WIDTHS = (SMALL, 1000, LARGE, 2400)  # few sizes, so that few pictures are kept
_BLOCK = 6  # small pages drawn by one child
SEEN = ("application/pdf", "image/jpeg", "image/png")
_converting = threading.Semaphore(1)  # LibreOffice takes a whole core and 200 MB
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@dataclass(frozen=True, slots=True)
class Paper:
    """A stored file that can be looked at; `office` when LibreOffice has to print it first."""

    sha256: str
    office: str = ""  # .docx, .xlsx, "" for what is a PDF or a picture already


def paper_of(kind: RequestKind, file: RequestFile) -> Paper | None:
    """None for a file that is only downloaded: what came from outside is never given to LibreOffice."""
    if file.sha256.startswith("erased:"):
        return None
    ours = kind.attachment(file.purpose) is None
    for office in (".docx", ".xlsx"):
        if ours and file.purpose.endswith(office.replace(".", "-")):
            return Paper(file.sha256, office)
    return Paper(file.sha256) if file.media_type in SEEN else None


def pdf_of(files: Files, paper: Paper) -> Path:
    """The document as PDF, made on the first look. Raises PreviewUnavailable, StoreError."""
    return once(files, paper.sha256, "pdf", lambda: _printed(files, paper))


def _printed(files: Files, paper: Paper) -> bytes:
    with _converting:
        return as_pdf(files.read(paper.sha256), paper.office)


def pages_of(files: Files, paper: Paper) -> int:
    """Raises PreviewUnavailable, StoreError, sandbox.Refused, sandbox.Killed."""
    path = _viewed(files, paper)
    return int(once(files, paper.sha256, "count", lambda: b"%d" % count_sheets(path)).read_bytes())


def picture_of(files: Files, paper: Paper, place: int, width: int) -> bytes | None:
    """Page `place` (from 0) as PNG, None where there is no such page. Raises as `pages_of` does."""
    width = width_of(width)
    kept: Path = files.derived(paper.sha256, f"{place}.{width}.png")
    if not kept.exists():
        pages = pages_of(files, paper)
        if not 0 <= place < pages:
            return None
        first = place // _BLOCK * _BLOCK
        block = range(first, min(first + _BLOCK, pages)) if width == SMALL else range(place, place + 1)
        with lock_of(paper.sha256, f"{block.start}.{width}"):
            if not kept.exists():
                _draw(files, paper, block, width)
    return kept.read_bytes() if kept.exists() else None


def width_of(asked: int) -> int:
    return next((each for each in WIDTHS if each >= asked), WIDTHS[-1])


def _draw(files: Files, paper: Paper, block: range, width: int) -> None:
    """A scan that was kept stands upright already; looking for the code of every page would take seconds."""
    for place, data in zip(block, draw_sheets(_viewed(files, paper), block, width=width), strict=True):
        if data is not None:
            files.keep_derived(paper.sha256, f"{place}.{width}.png", data)


def _viewed(files: Files, paper: Paper) -> Path:
    path: Path = pdf_of(files, paper) if paper.office else files.path(paper.sha256)
    return path


def once(files: Files, sha256: str, what: str, make: Callable[[], bytes]) -> Path:
    """Two who look at the same moment wait for one making."""
    kept: Path = files.derived(sha256, what)
    if not kept.exists():
        with lock_of(sha256, what):
            if not kept.exists():
                files.keep_derived(sha256, what, make())
    return kept


def lock_of(sha256: str, what: str) -> threading.Lock:
    if len(_locks) > 1000:  # free ones are only forgotten: at worst a page is drawn twice
        _locks.clear()
    return _locks[f"{sha256}:{what}"]
