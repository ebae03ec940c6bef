"""A program of this machine, as LibreOffice, that ends with whoever has started it, and all that it has started too."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


def run_guarded(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], seconds: float) -> None:
    """Only for files of our own: the program is guarded, not confined. Raises TimeoutError."""
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, *command],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=folder, env=dict(environment), start_new_session=True,
    )  # fmt: skip
    assert guard.stdin is not None
    try:
        guard.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(guard.pid, signal.SIGKILL)
        guard.wait()
        guard.stdin.close()


def _end_with_parent() -> None:
    """The other end of standard input is closed by the parent's death, whichever way it dies."""
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    os.umask(0o077)  # by itself: it imports nothing of ours
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.exit(subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode)
