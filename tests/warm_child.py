"""The warm child's side (tests/warm.py): a fork for each order, with a group, a folder and an environment of its own."""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import signal
import sys
import tempfile
from typing import Any

from catalog.letters import load_letters
from sandbox import child


def main(module: str) -> None:
    """Orders from standard input, one a line; "done" after each."""
    with contextlib.suppress(Exception):  # one that cannot be imported fails in the order's fork, as it does for real
        importlib.import_module(module)
    if module.startswith("notifications."):
        load_letters()  # half a second of compiling patterns that never change
    gc.freeze()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        fork = os.fork()
        if fork == 0:
            _carry_out(asked)
        signal.sigtimedwait({signal.SIGCHLD}, asked["seconds"])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(fork, signal.SIGKILL)
        os.waitpid(fork, 0)
        sys.stdout.write("done\n")
        sys.stdout.flush()


def _carry_out(asked: dict[str, Any]) -> None:
    code = 1
    try:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        tempfile.tempdir = None
        sys.stdin = io.StringIO(json.dumps(asked["order"]))
        child.main(asked["folder"])
        code = 0
    finally:
        os._exit(code)
