"""Screenshots that people upload, made safe to paste into a document."""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sandbox import Limits, run

LONGEST = 2400  # pixels: 170 mm of paper at 350 dots an inch


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of our own making; sizes in pixels."""

    png: bytes
    width: int
    height: int


def safe_picture(data: bytes) -> Picture:
    """Open an uploaded screenshot in the sandbox and encode it anew. Raises sandbox.Refused or sandbox.Killed."""
    with tempfile.TemporaryDirectory(prefix="egisz-picture-") as folder:
        source = Path(folder, "upload")
        source.write_bytes(data)
        limits = Limits(seconds=20, memory_mb=1536, output_mb=48)
        made = run("documents.untrusted:as_png", {"path": source, "longest": LONGEST}, limits=limits)
    return Picture(base64.b64decode(made["png"]), int(made["width"]), int(made["height"]))
