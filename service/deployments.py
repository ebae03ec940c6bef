"""What Prefect's pool may run: the deployments of prefect.yaml, each with its entrypoint, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POOL = "access"
TAG = "egisz-access"


class NotOurs(Exception):
    """Work in our pool that we did not put there; the text says in Russian what gives it away."""


def entrypoint_of(deployment: Mapping[str, Any] | None, run: Mapping[str, Any] | None = None) -> str:
    """The entrypoint of ours that a deployment (and a run of it) stands for, from our own file. Raises NotOurs.

    A deployment as Prefect's API tells it may name other code, steps that fetch it, a command, an environment: any of it is refused.
    """
    if deployment is None:
        raise NotOurs("задание без расписания")
    name = str(deployment.get("name"))
    wanted = _named().get(name)
    if wanted is None:
        raise NotOurs("такого расписания в prefect.yaml нет")
    if deployment.get("entrypoint") != wanted:
        raise NotOurs("другой код, чем в prefect.yaml")
    if (deployment.get("pull_steps") or []) != _file().get("pull"):
        raise NotOurs("другие шаги перед запуском, чем в prefect.yaml")
    for held in (deployment, run or {}):
        if held.get("job_variables") or held.get("parameters"):
            raise NotOurs("с чужими параметрами или переменными")
    return wanted


@cache
def _file() -> Mapping[str, Any]:
    import yaml  # not on the way of a page that does not ask

    loaded: Mapping[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    return loaded


@cache
def _named() -> Mapping[str, str]:
    return {entry["name"]: entry["entrypoint"] for entry in _file()["deployments"]}


def names() -> frozenset[str]:
    return frozenset(_named())
