"""The parent's end of the zygote: started on the first job, one for the whole process, started anew when it is gone."""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.child import SINGLE_THREAD
from sandbox.errors import Unavailable

_ROOT = str(Path(__file__).resolve().parent.parent)
_START = "import sys; sys.path.insert(0, sys.argv[1]); import sandbox.serving as z; z.main(int(sys.argv[2]))"
# Nothing of ours: no settings, no passwords. One thread, so that a fork is safe.
_ENVIRONMENT = {"LANG": "C.UTF-8", "TZ": "UTC", **SINGLE_THREAD}
NOT_STARTED = "Программа чтения файлов не запускается: машине не хватает памяти. Повторите через минуту, а если не пройдёт – сообщите администратору."
_GRACE = 60  # seconds beyond a job's own: the zygote may be importing, the machine may be busy


class Lost(Exception):
    """The zygote went away, and its children with it."""


class Zygote:
    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT, str(os.getpid())],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT, cwd="/", start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def call(self, module: str, order: bytes, *, warm: Sequence[Any], wall: float) -> tuple[int, bytes]:
        """A child's exit code and answer. `warm`: a function to call before the fork, and its arguments. Raises Lost.

        The order and the answer are files in memory that only the child opens: the zygote sees the module's name.
        """
        told = json.dumps({"module": module, "warm": list(warm), "wall": wall}).encode()
        with _in_memory(order) as job, _in_memory() as answer:
            waiting, telling = os.pipe()
            try:
                try:
                    socket.send_fds(self._control, [told], [job, answer, telling])
                except OSError:
                    raise Lost from None
                finally:
                    os.close(telling)
                return self._wait(waiting, wall + _GRACE), os.pread(answer, os.fstat(answer).st_size, 0)
            finally:
                os.close(waiting)  # the child of a caller who does not wait any more is killed

    def _wait(self, waiting: int, seconds: float) -> int:
        poll = select.poll()
        poll.register(waiting, select.POLLIN)
        if not poll.poll(seconds * 1000):
            self.end()
        code = os.read(waiting, 16)
        if not code:
            raise Lost
        return int(code)

    def end(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()


@contextmanager
def _in_memory(content: bytes = b"") -> Iterator[int]:
    file = os.memfd_create("sandbox")
    try:
        os.pwrite(file, content, 0)
        yield file
    finally:
        os.close(file)


_lock = threading.Lock()
_current: Zygote | None = None


def zygote() -> Zygote:
    """Raises Unavailable."""
    global _current
    with _lock:
        if _current is not None and not _current.lives:
            _current.end()
            _current = None
        try:
            _current = _current or Zygote()
        except OSError:  # no memory, no processes
            raise Unavailable(NOT_STARTED) from None
        return _current


def end() -> None:
    global _current
    with _lock:
        if _current is not None:
            _current.end()
        _current = None


def _forget() -> None:
    """A fork of this process shares no zygote with it, and no lock that another thread of it may hold."""
    global _current, _lock
    if _current is not None:
        _current._control.close()
        _current._process.returncode = 0  # not a child of ours: nothing to wait for
    _current, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget)
atexit.register(end)
