"""Screenshots that people upload, made safe to paste into a document."""

from __future__ import annotations

import base64
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sandbox import Limits, run

# Measured: a screenshot of 3840 × 2160 points 1.2 s, 64 MB; one of 59 million 3.5 s, 319 to 546 MB.
_LIMITS = Limits(seconds=10, memory_mb=768)
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
        made = run("documents.looks.untrusted:as_png", {"path": source, "longest": LONGEST}, limits=_LIMITS)
    return Picture(base64.b64decode(made["png"]), int(made["width"]), int(made["height"]))
