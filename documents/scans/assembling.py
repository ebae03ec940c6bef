"""Pages in the right order as one PDF, and one page as a picture."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import Limits, run

_LIMITS = Limits(seconds=180, memory_mb=3072, output_mb=200)


@dataclass(frozen=True, slots=True)
class PageRef:
    """A page by its file's place among the uploads and its place in the file; `rotation` turns it upright."""

    file: int
    place: int
    rotation: int = 0


def assemble(paths: Sequence[Path], order: Sequence[PageRef], target: Path) -> None:
    """Write the pages to `target` as one PDF. Raises sandbox.Refused, sandbox.Killed."""
    parts = [[str(Path(paths[page.file]).absolute()), page.place, page.rotation] for page in order]
    run("documents.scans.pages:pdf_of", {"parts": parts, "out": str(target.absolute())}, limits=_LIMITS)


def page_picture(path: Path, place: int, *, width: int = 1200) -> bytes:
    """One page upright as PNG (SGN-4: large enough to judge signature and seal)."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "page.png")
        job = {"path": str(Path(path).absolute()), "place": place, "width": width, "out": str(out)}
        run("documents.scans.pages:page_png", job, limits=_LIMITS)
        return out.read_bytes()
