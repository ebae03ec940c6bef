"""Child processes that are restarted when they die and never outlive their parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LOG_BYTES = 5 * 2**20
_PATIENCE = 12.0
_LONGEST_PAUSE = 30.0


def _die_with_parent() -> None:
    """In the child, before it starts: when the parent is killed, so is the child (Linux)."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One long-running process with its own group and log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    listeners: Sequence[socket.socket] = ()  # held by the parent, so that they stay ours while the child is away
    revived: bool = True  # else whoever started it looks after it
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _next_start: float = field(default=0.0, repr=False)
    _started: float = field(default=0.0, repr=False)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
                pass_fds=[listener.fileno() for listener in self.listeners],
                preexec_fn=_die_with_parent,
            )
        self._started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self) -> bool:
        """Start it again when it has died, at once first, then with growing pauses. True when it was started."""
        now = time.monotonic()
        if self.alive or not self.revived or now < self._next_start:
            return False
        quick = now - self._started < 60
        self.restarts = self.restarts + 1 if quick else 1
        self._next_start = now + min(2.0**self.restarts, _LONGEST_PAUSE)
        self.kill()
        self.start()
        return True

    def ask_to_stop(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Whatever is left of its group goes too."""
        self._signal(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def stop_all(children: Sequence[Child]) -> None:
    """In the opposite order of starting; asked first, killed after the patience is over."""
    for child in reversed(children):
        child.ask_to_stop()
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and any(child.alive for child in children):
        time.sleep(0.1)
    for child in children:
        child.kill()
