"""The parent's side: start a child, give it jobs as JSON, take its answers as JSON, kill it when it misbehaves."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.errors import Killed, Refused, Why

_ROOT = str(Path(__file__).resolve().parent.parent)
_START = "import sys; folder, root = sys.argv[1:]; sys.path.insert(0, root); import sandbox.child as c; c.main(folder)"
_BY_SIGNAL: dict[int, Why] = {signal.SIGXCPU: "time", signal.SIGALRM: "time", signal.SIGXFSZ: "output"}


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU seconds, address space and size of a written file of one job. It may take twice the seconds by the clock."""

    seconds: float = 20
    memory_mb: int = 1024
    output_mb: int = 32

    @property
    def wall(self) -> int:
        return math.ceil(self.seconds * 2) + 5

    def as_order(self) -> dict[str, int]:
        return {
            "seconds": math.ceil(self.seconds), "wall": self.wall,
            "memory_mb": self.memory_mb, "output_mb": self.output_mb,
        }  # fmt: skip


def run(function: str, kwargs: dict[str, Any], *, limits: Limits = Limits()) -> Any:
    """Call `package.module:function` with JSON-able arguments in a child. Raises Refused or Killed."""
    [answer] = run_many(function, [kwargs], limits=limits)
    if isinstance(answer, Refused | Killed):
        raise answer
    return answer


def run_many(function: str, jobs: Sequence[dict[str, Any]], *, limits: Limits = Limits()) -> list[Any]:
    """One child, a fork with its own limits for each job: one start-up for many files.

    A job that ends badly answers with its Refused or Killed, and the others are not touched.
    """
    with tempfile.TemporaryDirectory(prefix="egisz-sandbox-", ignore_cleanup_errors=True) as folder:
        order = {"function": function, "jobs": list(jobs), "limits": limits.as_order()}
        _start(folder, order, seconds=limits.wall * len(jobs) + 15)
        codes = _codes(Path(folder))
        return [_answer(Path(folder, f"{number}.json"), codes.get(number)) for number in range(len(jobs))]


def _start(folder: str, order: dict[str, Any], *, seconds: float) -> None:
    """Wait for the child; its group goes with it, whatever it has started."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _START, folder, _ROOT],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=_environment(folder), cwd=folder, start_new_session=True,
    )  # fmt: skip
    try:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.communicate(json.dumps(order).encode(), timeout=seconds)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _environment(folder: str) -> dict[str, str]:
    """Nothing of ours: no settings, no passwords. One thread each, so that limits on memory hold."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "PATH": os.defpath, "TZ": "UTC", **threads}


def _codes(folder: Path) -> dict[int, int]:
    try:
        return dict(enumerate(json.loads((folder / "codes.json").read_bytes())))
    except (OSError, ValueError):
        return {}


def _answer(path: Path, code: int | None) -> Any:
    if code != 0:
        return Killed(_BY_SIGNAL.get(-code, "crash") if code else "crash", f"exit code {code}")
    try:
        answer = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return Killed("crash", "no answer")
    if "refused" in answer:
        return Refused(*answer["refused"])
    if "killed" in answer:
        return Killed(*answer["killed"])
    return answer["value"]
