"""The child's side: limits first, then the function's module, then the call."""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.running import Killed, Refused


def _limit(limits: Mapping[str, float]) -> None:
    seconds, mega = int(limits["seconds"]) + 1, 1024 * 1024
    for kind, soft in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, int(limits["memory_mb"]) * mega),
        (resource.RLIMIT_FSIZE, int(limits["output_mb"]) * mega),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (soft, soft))


def _called(job: Mapping[str, Any]) -> dict[str, Any]:
    module, _, name = job["function"].partition(":")
    try:
        return {"value": getattr(importlib.import_module(module), name)(**job["kwargs"])}
    except Refused as refusal:
        return {"refused": [refusal.code, refusal.detail]}
    except Killed as killed:
        return {"killed": [killed.why, killed.detail]}
    except (MemoryError, RecursionError):
        return {"killed": ["memory", ""]}
    except OSError as error:
        return {"killed": ["output" if error.errno == 27 else "crash", type(error).__name__]}
    except Exception as error:  # a reader's own failure is the file's fault as far as the parent can tell
        return {"killed": ["crash", type(error).__name__]}


def main() -> None:
    job = json.load(sys.stdin)
    _limit(job["limits"])
    answer = json.dumps(_called(job))
    target = Path(job["folder"], "result.json")
    try:
        target.write_text(answer, "utf-8")
    except OSError:
        target.write_text(json.dumps({"killed": ["output", ""]}), "utf-8")
    os._exit(0)


if __name__ == "__main__":
    main()
