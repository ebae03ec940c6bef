"""The zygote: a process with the readers imported, which forks a child for each job and never sees what is in one."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import mimetypes
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox import child, confinement
from sandbox.exits import LATE

_IDLE = 600  # seconds without work, after which it goes and gives its memory back
_MOST_OF_A_MESSAGE = 65536


@dataclass(slots=True)
class _Job:
    pid: int
    told: (
        int  # the end of a pipe: its exit code goes in, and who waits for it has closed the other end when he gives up
    )
    until: float
    late: bool = False


def main(parent: int) -> None:
    """Serve `parent` over the socket that stands in for standard input; end when it ends."""
    mimetypes.init()  # libraries look at the system's list, which no child may open
    confinement.give_up_privileges()
    confinement.leave_the_network()
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    _Zygote(socket.socket(fileno=0), woken, parent).serve()


class _Zygote:
    def __init__(self, control: socket.socket, woken: int, parent: int) -> None:
        self._control, self._woken = control, woken
        self._walls = confinement.Confinement()
        self._jobs: dict[int, _Job] = {}
        self._poll = select.poll()
        self._parent = _watched(parent)
        for source in (control.fileno(), woken, self._parent):
            if source is not None:
                self._poll.register(source, select.POLLIN)

    def serve(self) -> None:
        try:
            while self._turn():
                pass
        finally:
            for job in self._jobs.values():
                _kill(job)

    def _turn(self) -> bool:
        """False when there is nobody left to work for."""
        ready = self._poll.poll(self._patience() * 1000)
        if not ready and not self._jobs:
            return False
        for source, _ in ready:
            if source == self._parent or (source == self._control.fileno() and not self._take()):
                return False
            if source == self._woken:
                os.read(self._woken, _MOST_OF_A_MESSAGE)
        given_up = {source for source, _ in ready}
        for job in self._jobs.values():
            job.late = job.until < time.monotonic()
            if job.late or job.told in given_up:
                _kill(job)
        self._reap()
        return True

    def _patience(self) -> float:
        return max(
            0.0,
            min((job.until for job in self._jobs.values()), default=time.monotonic() + _IDLE) - time.monotonic() + 0.01,
        )

    def _take(self) -> bool:
        asked, files, _, _ = socket.recv_fds(self._control, _MOST_OF_A_MESSAGE, 3)
        if not asked:
            return False
        order, answer, told = files
        wanted = json.loads(asked)
        _prepare(wanted["module"], wanted["warm"])
        me, pid = os.getpid(), os.fork()
        if pid == 0:
            child.carry_out(order, answer, me, self._walls)
        os.close(order)
        os.close(answer)
        self._jobs[pid] = _Job(pid, told, time.monotonic() + wanted["wall"])
        self._poll.register(told, 0)  # of an end to write to, only that the other one was closed
        return True

    def _reap(self) -> None:
        for job in list(self._jobs.values()):
            pid, status = os.waitpid(job.pid, os.WNOHANG)
            if pid:
                _kill_group(job)  # whatever it has started, where it could
                self._poll.unregister(job.told)
                with contextlib.suppress(BrokenPipeError):
                    os.write(job.told, b"%d" % (LATE if job.late else os.waitstatus_to_exitcode(status)))
                os.close(job.told)
                del self._jobs[job.pid]


def _watched(parent: int) -> int | None:
    """Readable when that process is gone, whoever holds a copy of its socket; None where the kernel has no such thing."""
    try:
        return os.pidfd_open(parent)
    except ProcessLookupError:
        raise SystemExit from None
    except OSError:
        return None


_worked_for: set[str] = set()


def _prepare(module: str, warm: Sequence[Any]) -> None:
    """What all later children find done. What fails here fails in the child too, and is told there."""
    _import(module)
    if module in _worked_for:
        for late in _imported_late():
            _import(late)
    _worked_for.add(module)
    with contextlib.suppress(Exception):
        if warm:
            place, _, name = warm[0].partition(":")
            getattr(importlib.import_module(place), name)(*warm[1:])
    gc.freeze()


def _import(name: str) -> None:
    with contextlib.suppress(Exception):
        importlib.import_module(name)


def _imported_late() -> set[str]:
    """Modules name in IMPORTED_LATE what their functions import: who works a second time gets that done too."""
    named = (getattr(known, "__dict__", {}).get("IMPORTED_LATE", ()) for known in list(sys.modules.values()))
    return {name for names in named for name in names} - set(sys.modules)


def _kill(job: _Job) -> None:
    """Not reaped yet, so its number is nobody else's."""
    os.kill(job.pid, signal.SIGKILL)
    _kill_group(job)


def _kill_group(job: _Job) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(job.pid, signal.SIGKILL)
