"""kill -9 at the n-th point of an operation: commits, syncs, renames, removals and writes are counted, one start of Python for all.

    python -m tests.dying MODULE:FUNCTION FOLDER FIRST LAST STEP

copies FOLDER to FOLDER-n for each n, lets a child of its own call the function on it, and prints how each child ended.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def killed_at(operation: str, home: Path, places: range) -> dict[int, int]:
    """How each ended: 0, or -SIGKILL. The folders lie beside `home`, see `place_of`."""
    command = [
        sys.executable,
        "-m",
        "tests.dying",
        operation,
        str(home),
        *map(str, (places.start, places.stop, places.step)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    return {int(place): ended for place, ended in json.loads(done.stdout).items()}


def place_of(home: Path, number: int) -> Path:
    return home.with_name(f"{home.name}-{number}")


class _Counted:
    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)

        return call


def _count(place: int) -> None:
    from sqlmodel import Session

    counted = _Counted(place)
    for owner, name in ((Path, "unlink"), (Path, "replace"), (os, "fsync"), (os, "open"), (Session, "commit")):
        setattr(owner, name, counted(getattr(owner, name)))


def _main(arguments: Sequence[str]) -> None:
    module, _, function = arguments[0].partition(":")
    operation = getattr(importlib.import_module(module), function)
    home, ended = Path(arguments[1]), {}
    for place in range(*map(int, arguments[2:])):
        copy = place_of(home, place)
        shutil.copytree(home, copy)
        child = os.fork()
        if not child:
            _count(place)
            operation(copy)
            os._exit(0)
        ended[place] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if not ended[place]:
            break
    print(json.dumps(ended))


if __name__ == "__main__":
    _main(sys.argv[1:])
