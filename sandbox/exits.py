"""What the end of a child says of its file."""

from __future__ import annotations

import signal

from sandbox.errors import Killed, Why

LATE = -signal.SIGALRM  # told for a child that the zygote has killed by the clock
_BY_SIGNAL: dict[int, Why] = {
    signal.SIGXCPU: "time", signal.SIGALRM: "time", signal.SIGXFSZ: "output",
    signal.SIGKILL: "memory",  # the machine ran out of it
}  # fmt: skip


def killed(code: int) -> Killed:
    return Killed(_BY_SIGNAL.get(-code, "crash"), f"exit code {code}")
