"""Which process has the data folder to itself: the service while it runs, the return of a backup while it lasts."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Held(Exception):
    """Another process has the folder."""


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """The lock ends with the process, however it ends. Raises Held."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "service.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Held(str(home)) from error
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def is_held(home: Path) -> bool:
    """Whether a process that runs now has it."""
    try:
        with (home / "service.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
