"""The parent's side: start a child, give it a job as JSON, take its answer as JSON, kill it when it misbehaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Why = Literal["time", "memory", "crash", "output"]
_WHYS: dict[Why, str] = {
    "time": "файл открывался слишком долго",
    "memory": "файл требует слишком много памяти",
    "crash": "файл повреждён: программа чтения остановилась на нём",
    "output": "в файле слишком много данных",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU and wall-clock seconds, address space and written bytes of one child."""

    seconds: float = 20
    memory_mb: int = 1024
    output_mb: int = 32


class Refused(Exception):
    """The input is bad; raised in the child and again in the parent. `detail` is Russian, without personal data."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Killed(Exception):
    """The child broke a limit or died; `why` says which, `detail` is for developers."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(_WHYS[why])
        self.why, self.detail = why, detail


def run(function: str, kwargs: dict[str, Any], *, limits: Limits = Limits()) -> Any:
    """Call `package.module:function` with JSON-able arguments in a child. Raises Refused or Killed."""
    with tempfile.TemporaryDirectory(prefix="egisz-sandbox-") as folder:
        job = {"function": function, "kwargs": kwargs, "limits": asdict(limits), "folder": folder}
        return _answer(_call(job, limits, folder), Path(folder))


def _call(job: dict[str, Any], limits: Limits, folder: str) -> int | None:
    """The child's return code; None when it ran out of wall-clock time."""
    with Path(folder, "stderr").open("wb") as complaints:
        child = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-m", "sandbox.child"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints,
            env=_environment(folder), cwd=folder, start_new_session=True,
        )
        try:
            child.communicate(json.dumps(job).encode(), timeout=limits.seconds * 2 + 5)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _kill_group(child)
    return child.returncode


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """Whatever the child has started goes with it."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()


def _environment(folder: str) -> dict[str, str]:
    """Nothing of ours: no settings, no passwords. One thread each, so that limits on memory hold."""
    threads = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")}
    return {"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", "PATH": os.defpath, "TZ": "UTC", **threads}


def _answer(returncode: int | None, folder: Path) -> Any:
    if returncode is None or returncode == -signal.SIGXCPU:
        raise Killed("time")
    try:
        answer = json.loads((folder / "result.json").read_bytes())
    except (OSError, ValueError):
        raise Killed("output" if returncode == -signal.SIGXFSZ else "crash", f"return code {returncode}") from None
    if "refused" in answer:
        raise Refused(*answer["refused"])
    if "killed" in answer:
        raise Killed(*answer["killed"])
    return answer["value"]
