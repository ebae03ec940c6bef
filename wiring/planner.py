"""What Prefect's server says of our schedules, asked over HTTP: its own library is too heavy for a page."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_DEFAULT = "http://127.0.0.1:4200/api"
_TAG = "egisz-access"
_POOL = "access"
_RUNS = 30  # the latest ones of a deployment that are looked at for its last success
_OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
_MOST_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Carried:
    """A deployment and how its last finished runs went; `state` is Prefect's word for the last one, "" before the first."""

    name: str
    about: str
    paused: bool
    state: str
    ended: dt.datetime | None
    why: str
    last_good: dt.datetime | None

    @property
    def ok(self) -> bool:
        return self.state in ("COMPLETED", "")


@dataclass(frozen=True, slots=True)
class Planner:
    """`answers` False: nothing else is known, and `trouble` says why."""

    address: str
    answers: bool
    trouble: str = ""
    workers: int = 0
    carried: tuple[Carried, ...] = ()

    def of(self, name: str) -> Carried | None:
        return next((each for each in self.carried if each.name == name), None)


def ask(environment: Mapping[str, str] | None = None, *, seconds: float = 1.5) -> Planner:
    """Never raises: a planner that is away is an answer too."""
    known = os.environ if environment is None else environment
    server = _Server(known.get("PREFECT_API_URL") or _DEFAULT, known, seconds)
    try:
        deployments = server.post("/deployments/filter", {"deployments": {"tags": {"all_": [_TAG]}}, "limit": 50})
        workers = _workers(server)
        carried = tuple(_carried(server, entry) for entry in sorted(deployments, key=lambda entry: str(entry["name"])))
    except urllib.error.HTTPError as error:
        return Planner(server.address, False, f"отвечает кодом {error.code}")
    except (OSError, ValueError, KeyError, TypeError):
        return Planner(server.address, False, "не отвечает")
    return Planner(server.address, True, workers=workers, carried=carried)


@dataclass(frozen=True, slots=True)
class _Server:
    address: str
    environment: Mapping[str, str]
    seconds: float

    def post(self, path: str, body: Mapping[str, object]) -> list[dict[str, Any]]:
        """Raises OSError, ValueError for an answer that is no list."""
        headers = {"Content-Type": "application/json", **self._authorization()}
        asked = urllib.request.Request(
            f"{self.address.rstrip('/')}{path}", json.dumps(body).encode(), headers, method="POST"
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=self.seconds) as reply:
            found = json.loads(reply.read(_MOST_BYTES))
        if not isinstance(found, list):
            raise ValueError("not a list")
        return found

    def _authorization(self) -> dict[str, str]:
        key, pair = self.environment.get("PREFECT_API_KEY"), self.environment.get("PREFECT_API_AUTH_STRING")
        if key:
            return {"Authorization": f"Bearer {key}"}
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"} if pair else {}


def _workers(server: _Server) -> int:
    """How many run; a planner that never heard of our pool has none."""
    try:
        found = server.post(f"/work_pools/{_POOL}/workers/filter", {"limit": 50})
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return 0
        raise
    return sum(entry["status"] == "ONLINE" for entry in found)


def _carried(server: _Server, entry: Mapping[str, Any]) -> Carried:
    runs = server.post("/flow_runs/filter", {
        "flow_runs": {"deployment_id": {"any_": [entry["id"]]}, "state": {"type": {"any_": list(_OVER)}}},
        "sort": "END_TIME_DESC",
        "limit": _RUNS,
    })  # fmt: skip
    last = runs[0] if runs else None
    good = next((run for run in runs if run["state_type"] == "COMPLETED"), None)
    return Carried(
        name=entry["name"],
        about=entry.get("description") or "",
        paused=bool(entry.get("paused")),
        state=last["state_type"] if last else "",
        ended=_moment(last),
        why=str((last.get("state") or {}).get("message") or "") if last and last["state_type"] != "COMPLETED" else "",
        last_good=_moment(good),
    )


def _moment(run: Mapping[str, Any] | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(run["end_time"]) if run and run.get("end_time") else None
