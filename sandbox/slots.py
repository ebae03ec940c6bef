"""At most as many children at once as there are cores, in all processes of this user together."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.errors import Unavailable

CORES = len(os.sched_getaffinity(0))
_PAUSE = 0.01  # seconds between two looks for a free place
_PATIENCE = 60  # seconds; who waits holds a thread of the page
_BUSY = "Сейчас читается слишком много файлов. Повторите через минуту."
_here = threading.BoundedSemaphore(CORES)


@contextmanager
def slot() -> Iterator[None]:
    """Wait for a free place. A place is a locked file: the kernel frees it whichever way its process ends. Raises Unavailable."""
    here, until = _here, time.monotonic() + _PATIENCE
    if not here.acquire(timeout=_PATIENCE):
        raise Unavailable(_BUSY)
    try:
        file = _locked(_folder(), until)
        try:
            yield
        finally:
            if file is not None:
                os.close(file)
    finally:
        here.release()


def _locked(folder: Path | None, until: float) -> int | None:
    """None where other processes cannot be told: then the places of this one count alone."""
    while folder is not None:
        if time.monotonic() > until:
            raise Unavailable(_BUSY)
        for number in range(CORES):
            file = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
            else:
                return file
        time.sleep(_PAUSE)
    return None


def _folder() -> Path | None:
    """Ours alone; None when somebody else has made it."""
    folder = Path(tempfile.gettempdir(), f"egisz-sandbox-{os.geteuid()}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return folder if ours else None


def _forget() -> None:
    """A fork of this process has none of its threads: nobody there will give a place back."""
    global _here
    _here = threading.BoundedSemaphore(CORES)


os.register_at_fork(after_in_child=_forget)
