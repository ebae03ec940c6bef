"""Files that are there whole or not at all: written aside, synced, renamed into place."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def aside(target: Path, *, place: Path | None = None, synced: bool = True) -> Iterator[Path]:
    """An empty file beside `target`, the owner's only, that takes its name at the end of the block; not where that raises.

    `synced`: what the block wrote and the new name survive a power cut. `place`: where to write, on the same disk.
    A name of ours ends in the number of the process, so that what a killed one left is known.
    """
    partial = place or target.with_name(f".{target.name}.{secrets.token_hex(4)}.{os.getpid()}.part")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield partial
        partial.chmod(0o600)
        if synced:
            sync(partial)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    if synced:
        sync(target.parent)


def write(target: Path, data: bytes | str, *, synced: bool = True) -> None:
    """The bytes, or the text in UTF-8, in place of what the file held."""
    with aside(target, synced=synced) as partial:
        partial.write_bytes(data if isinstance(data, bytes) else data.encode())


def sync(path: Path) -> None:
    """A file's bytes, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
