"""Bits that flip, pages that go, files that vanish: what disks do."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from wiring.moving_in import database_path
from wiring.work import Installation


def closed_database(installation: Installation) -> Path:
    """All of it in one file, and nobody has it open."""
    installation.engine.dispose()
    path = database_path(installation.settings)
    with contextlib.closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def flip(path: Path, place: int, bit: int = 1) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ bit]))
        file.flush()
        os.fsync(file.fileno())


def flip_word(path: Path, word: bytes) -> int:
    """One bit of the first place where the word stands; how often it stands there."""
    data = path.read_bytes()
    flip(path, data.index(word))
    return data.count(word)


def spoil_page(path: Path, number: int, size: int = 4096) -> None:
    with path.open("r+b") as file:
        file.seek((number - 1) * size)
        file.write(os.urandom(size))
        file.flush()
        os.fsync(file.fileno())
