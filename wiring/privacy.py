"""Nobody on this machine but the service's own user reads what it writes: databases, logs, letters, copies."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_private() -> None:
    """First thing in every entry point: whatever this process and its children make is their user's alone."""
    os.umask(_OTHERS)


def wider(places: Iterable[Path], most: int) -> Iterator[Path]:
    """Of these files and folders, and of all within, those that other users may read, change or enter.

    After `most` of them no further is looked at; a link is not followed.
    """
    looked = 0
    waiting = list(places)
    while waiting and looked < most:
        place = waiting.pop()
        try:
            mode = place.lstat().st_mode
            if stat.S_ISDIR(mode):
                waiting += [Path(entry.path) for entry in os.scandir(place)]
        except OSError:  # gone meanwhile, or another's own folder: then nobody reads it through us
            continue
        looked += 1
        if not stat.S_ISLNK(mode) and mode & _OTHERS:
            yield place


def tighten(home: Path) -> int:
    """Take from others what an earlier release let them have; the number of files and folders that were too wide."""
    count = 0
    for place in wider([home], most=2**31):
        try:
            place.chmod(stat.S_IMODE(place.lstat().st_mode) & ~_OTHERS)
        except OSError:  # another user's: the page of health names it
            continue
        count += 1
    return count
