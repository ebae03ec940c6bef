"""The child's side: a fork of the zygote that takes its limits, gives up everything else and runs one job."""

from __future__ import annotations

import errno
import importlib
import json
import os
import resource
import signal
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from sandbox.confinement import Confinement, die_with
from sandbox.errors import Killed, Refused

SINGLE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_MEGABYTE = 1024 * 1024


def carry_out(job: int, answer: int, zygote: int, walls: Confinement) -> NoReturn:
    """Read the order from one file, write the answer to the other. The text of an error stays here: it may quote the file."""
    try:
        die_with(zygote)
        os.setsid()
        _keep_only(job, answer)
        order = json.loads(_all_of(job))
        _settle(order["scratch"])
        _limit(**order["limits"])
        walls.enter(order["reads"], [order["scratch"], *order["writes"]])
        _write(answer, _told(order))
        os._exit(0)
    finally:
        os._exit(1)


def _keep_only(job: int, answer: int) -> None:
    """Nothing of the zygote's stays open: not its socket, not the ends of other jobs."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    low, high = sorted((job, answer))
    os.closerange(3, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, 65536)


def _settle(scratch: str) -> None:
    """An empty folder, the only one to write to, and an environment that says no more than how many threads to start: one."""
    os.chdir(scratch)
    for name in set(os.environ) - set(SINGLE_THREAD):
        del os.environ[name]
    tempfile.tempdir = scratch


def _limit(seconds: int, memory_mb: int, output_mb: int) -> None:
    """From here on the kernel watches. The soft CPU limit is the lower one: its signal tells time from memory."""
    memory = _taken() + memory_mb * _MEGABYTE
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, output_mb * _MEGABYTE, output_mb * _MEGABYTE),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),  # no process or thread of its own, where the list of calls is missing
    ):
        resource.setrlimit(kind, (soft, hard))


def _taken() -> int:
    """Address space of the readers themselves, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _told(order: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(_called(_function(order["function"]), order["arguments"])).encode()
    except MemoryError:
        return _killed("memory")
    except Exception as error:  # no such function, or an answer that is no JSON
        return _killed("crash", type(error).__name__)


def _function(named: str) -> Callable[..., Any]:
    module, _, name = named.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _called(call: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {"value": call(**arguments)}
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


def _killed(why: str, detail: str = "") -> bytes:
    return json.dumps({"killed": [why, detail]}).encode()


def _all_of(file: int) -> bytes:
    with os.fdopen(file, "rb") as opened:
        opened.seek(0)
        return opened.read()


def _write(file: int, told: bytes) -> None:
    try:
        _fill(file, told)
    except OSError:
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        _fill(file, _killed("output"))


def _fill(file: int, told: bytes) -> None:
    while told:
        told = told[os.write(file, told) :]
