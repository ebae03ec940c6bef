"""Sheets of a PDF or picture to look at: how many there are, and several drawn by one child."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from documents.scans.sending import DRAWING
from sandbox import Killed, Output, Refused, run, run_many


def count_sheets(path: Path) -> int:
    """Raises sandbox.Refused or sandbox.Killed."""
    number: int = run("documents.inside.counting:count", {"path": path})
    return number


def draw_sheets(path: Path, places: Sequence[int], *, width: int) -> list[bytes | None]:
    """PNG of these sheets (from 0) as their file has them, None for one that cannot be drawn."""
    with tempfile.TemporaryDirectory(prefix="egisz-sheets-") as folder:
        targets = [Path(folder, f"{place}.png") for place in places]
        jobs = [
            {"path": path, "page_in_file": place, "width": width, "rotation": 0, "target": Output(target)}
            for place, target in zip(places, targets, strict=True)
        ]
        answers = run_many("documents.inside.assembling:draw", jobs, limits=DRAWING)
        return [
            None if isinstance(answer, Refused | Killed) else target.read_bytes()
            for answer, target in zip(answers, targets, strict=True)
        ]
