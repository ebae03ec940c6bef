"""The sandbox's child with its reader imported already, kept for all tests of a process: each order runs in a fork of it.

Starting Python and importing a reader takes a third of a second of processor time, most reading a hundredth. What happens
to an order is the real `sandbox.child.main`, with the real limits; how a child is started is tested in tests/sandbox.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from typing import Any

from sandbox import running

_SERVE = "import sys; sys.path.insert(0, sys.argv[1]); import tests.warm_child as c; c.main(sys.argv[2])"
_children: dict[str, _Child] = {}
_REAL = running._start


class _Child:
    def __init__(self, module: str) -> None:
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _SERVE, running._ROOT, module],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=running._environment(os.devnull), cwd="/", start_new_session=True,
        )  # fmt: skip

    def carry_out(self, folder: str, order: dict[str, Any], seconds: float) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        asked = {"environment": running._environment(folder), "folder": folder, "order": order, "seconds": seconds}
        self.process.stdin.write(json.dumps(asked).encode() + b"\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == b"done\n"

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def start(folder: str, order: dict[str, Any], *, seconds: float) -> None:
    """Stands in for `sandbox.running._start`."""
    module = order["function"].partition(":")[0]
    child = _children.get(module) or _children.setdefault(module, _Child(module))
    if not child.lock.acquire(blocking=False):  # busy with an order of another thread
        return _REAL(folder, order, seconds=seconds)
    try:
        child.carry_out(folder, order, seconds)
    except BaseException:  # a test that was broken off: nobody knows what the next answer belongs to
        _children.pop(module).end()
        raise
    finally:
        child.lock.release()
    return None


def end() -> None:
    while _children:
        _children.popitem()[1].end()
