"""Sheets as pictures to look at and as one PDF to send, drawn anew: no script or attachment of an upload leaves."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from documents.scans.sheets import ScanPage
from sandbox import Limits, Output, run

# Measured, of a picture of 79 million points, 2400 wide: 4.5 s, 491 MB, a transparent one 818 MB. In one PDF: ten photos 3 s;
# a hundred, pressed five times until they fit, 88 s, 146 MB; one transparent picture of 79 million points 730 MB.
DRAWING = Limits(seconds=15, memory_mb=1024, output_mb=64)
_EACH, _MOST = 3, Limits(seconds=300, memory_mb=1024, output_mb=128)
MAX_MB = 15  # of one scan: with the editable copy and mail's third on top it passes relays that take 25


def assemble(paths: Sequence[Path], order: Sequence[ScanPage], target: Path, *, max_mb: float = MAX_MB) -> None:
    """One upright A4 PDF of the sheets in this order, at most `max_mb`. Raises sandbox.Refused or sandbox.Killed."""
    sheets = [[page.file_index, page.page_in_file, page.rotation] for page in order]
    job = {"paths": paths, "sheets": sheets, "target": Output(target), "max_bytes": int(max_mb * 1024 * 1024)}
    run(
        "documents.inside.assembling:assemble",
        job,
        limits=replace(_MOST, seconds=min(10 + _EACH * len(sheets), _MOST.seconds)),
    )


def page_picture(path: Path, page_in_file: int, *, width: int = 1600, rotation: int | None = None) -> bytes:
    """A sheet (from 0) as PNG of that width, to zoom into (SGN-4). Raises sandbox.Refused or sandbox.Killed.

    Turned clockwise by `rotation`; None turns it upright by the code on it.
    """
    with tempfile.TemporaryDirectory(prefix="egisz-scan-") as folder:
        target = Path(folder, "sheet.png")
        job = {"path": path, "page_in_file": page_in_file, "width": width, "rotation": rotation}
        run("documents.inside.assembling:draw", {**job, "target": Output(target)}, limits=DRAWING)
        return target.read_bytes()
