"""The child's side: the function's module is imported once, then each job runs in a fork with its own limits."""

from __future__ import annotations

import errno
import importlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from sandbox.errors import Killed, Refused

_MEGABYTE = 1024 * 1024


def _limit(seconds: int, wall: int, memory_mb: int, output_mb: int) -> None:
    """From here on the kernel watches. The soft CPU limit is the lower one: its signal tells time from memory."""
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, memory_mb * _MEGABYTE, memory_mb * _MEGABYTE),
        (resource.RLIMIT_FSIZE, output_mb * _MEGABYTE, output_mb * _MEGABYTE),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),  # no process or thread of its own; the kernel lets root off
    ):
        resource.setrlimit(kind, (soft, hard))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # a job that sleeps spends no CPU
    signal.alarm(wall)


def _called(call: Callable[..., Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"value": call(**kwargs)}
    except Refused as refusal:
        return {"refused": [refusal.code, refusal.detail]}
    except Killed as killed:
        return {"killed": [killed.why, killed.detail]}
    except (MemoryError, RecursionError):
        return {"killed": ["memory", ""]}
    except OSError as error:
        return {"killed": ["output" if error.errno == errno.EFBIG else "crash", type(error).__name__]}
    except Exception as error:  # a reader's own failure is the file's fault as far as the parent can tell
        return {"killed": ["crash", type(error).__name__]}


def _run(call: Callable[..., Any], kwargs: Mapping[str, Any], limits: Mapping[str, int], answer: Path) -> NoReturn:
    """In the fork. The text of an error stays here: it may quote the file."""
    try:
        _limit(**limits)
        text = json.dumps(_called(call, kwargs))
    except MemoryError:
        text = json.dumps({"killed": ["memory", ""]})
    except (TypeError, ValueError) as error:
        text = json.dumps({"killed": ["crash", type(error).__name__]})
    try:
        answer.write_text(text, "utf-8")
    except OSError:
        answer.write_text(json.dumps({"killed": ["output", ""]}), "utf-8")
    os._exit(0)


def main(folder: str) -> None:
    """Jobs from standard input; each leaves `<number>.json` and its exit code in `codes.json`."""
    order = json.load(sys.stdin)
    module, _, name = order["function"].partition(":")
    call = getattr(importlib.import_module(module), name)
    codes = []
    for number, kwargs in enumerate(order["jobs"]):
        job = os.fork()
        if job == 0:
            _run(call, kwargs, order["limits"], Path(folder, f"{number}.json"))
        codes.append(os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]))
    Path(folder, "codes.json").write_text(json.dumps(codes), "utf-8")
