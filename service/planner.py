"""What Prefect's server says of our schedules, asked over HTTP: its own library is too heavy for a page."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from service.deployments import POOL, TAG, NotOurs, entrypoint_of

PROOF, CHALLENGE = "/egisz-access/proof", "X-Egisz-Access-Challenge"
_DEFAULT = "http://127.0.0.1:4200/api"
_RUNS = 30  # the latest ones of a deployment that are looked at for its last success
_MOST_DEPLOYMENTS = 200
_TOLD_FOR = dt.timedelta(days=7)  # a refused run is told as long
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
    strangers: tuple[str, ...] = ()  # what stands in our pool and is not ours, and runs of it that our worker refused

    def of(self, name: str) -> Carried | None:
        return next((each for each in self.carried if each.name == name), None)


def ask(environment: Mapping[str, str] | None = None, *, seconds: float = 1.5) -> Planner:
    """Never raises: a planner that is away is an answer too."""
    known = os.environ if environment is None else environment
    server = _Server(known.get("PREFECT_API_URL") or _DEFAULT, known, seconds)
    try:
        in_pool = {"work_pools": {"name": {"any_": [POOL]}}}
        found = server.post("/deployments/filter", {**in_pool, "limit": _MOST_DEPLOYMENTS})
        foreign = {str(entry["id"]): told for entry in found if (told := _foreign(entry))}
        ours = [entry for entry in found if str(entry["id"]) not in foreign and TAG in (entry.get("tags") or ())]
        workers = _workers(server)
        carried = tuple(_carried(server, entry) for entry in sorted(ours, key=lambda entry: str(entry["name"])))
        since = (dt.datetime.now(dt.UTC) - _TOLD_FOR).isoformat()
        crashed = server.post(
            "/flow_runs/filter",
            {
                **in_pool,
                "flow_runs": {"state": {"type": {"any_": ["CRASHED"]}}, "expected_start_time": {"after_": since}},
                "sort": "END_TIME_DESC",
                "limit": _RUNS,
            },
        )
        strangers = (*foreign.values(), *_refused(crashed))
    except urllib.error.HTTPError as error:
        return Planner(server.address, False, f"отвечает кодом {error.code}")
    except (OSError, ValueError, KeyError, TypeError):
        return Planner(server.address, False, "не отвечает")
    return Planner(server.address, True, workers=workers, carried=carried, strangers=strangers)


def proof(secret: str, challenge: str) -> str:
    """What only the child that was started with this password can answer; the password itself is not told."""
    return hmac.new(secret.encode(), challenge.encode(), hashlib.sha256).hexdigest()


def proves(address: str, secret: str) -> bool:
    """Whether our own child answers at this address. Raises OSError when nobody does."""
    challenge = secrets.token_hex(16)
    parts = urlsplit(address)
    asked = urllib.request.Request(f"{parts.scheme}://{parts.netloc}{PROOF}", headers={CHALLENGE: challenge})
    try:
        with _opener(None).open(asked, timeout=2) as reply:
            told = reply.read(200)
    except urllib.error.HTTPError:
        return False
    return hmac.compare_digest(told, proof(secret, challenge).encode())


def _opener(authority: str | None) -> urllib.request.OpenerDirector:
    """Past every proxy; `authority`: a bundle that the server's certificate is checked with."""
    context = ssl.create_default_context(cafile=authority) if authority else None
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))


@dataclass
class _Server:
    address: str
    environment: Mapping[str, str]
    seconds: float
    client: str = field(default_factory=lambda: secrets.token_hex(16))

    def post(self, path: str, body: Mapping[str, object]) -> list[dict[str, Any]]:
        """Raises OSError, ValueError for an answer that is no list."""
        headers = {"Content-Type": "application/json", **self._forgery_guard}
        found = self._call(path, headers, json.dumps(body).encode())
        if not isinstance(found, list):
            raise ValueError("not a list")
        return found

    @cached_property
    def _forgery_guard(self) -> dict[str, str]:
        """The token that every writing call bears; none where the server has this protection off."""
        try:
            token = self._call(f"/csrf-token?client={self.client}", {})["token"]
        except urllib.error.HTTPError as error:
            if error.code in (403, 404, 422):
                return {}
            raise
        return {"Prefect-Csrf-Token": str(token), "Prefect-Csrf-Client": self.client}

    def _call(self, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Any:
        asked = urllib.request.Request(f"{self.address.rstrip('/')}{path}", body, {**headers, **self._authorization()})
        authority = self.environment.get("PREFECT_API_SSL_CERT_FILE")
        with _opener(authority).open(asked, timeout=self.seconds) as reply:
            return json.loads(reply.read(_MOST_BYTES))

    def _authorization(self) -> dict[str, str]:
        key, pair = self.environment.get("PREFECT_API_KEY"), self.environment.get("PREFECT_API_AUTH_STRING")
        if key:
            return {"Authorization": f"Bearer {key}"}
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"} if pair else {}


def _foreign(entry: Mapping[str, Any]) -> str:
    try:
        entrypoint_of(entry)
    except NotOurs as error:
        return f"«{entry.get('name')}»: {error}"
    return ""


def _refused(crashed: Sequence[Mapping[str, Any]]) -> list[str]:
    """Runs that the worker did not take, told by its own words."""
    told = [(run, str((run.get("state") or {}).get("message") or "")) for run in crashed]
    mark = f"{NotOurs.__name__}: "
    return [f"запуск «{run.get('name')}»: {why.partition(mark)[2]}" for run, why in told if mark in why]


def _workers(server: _Server) -> int:
    """How many run; a planner that never heard of our pool has none."""
    try:
        found = server.post(f"/work_pools/{POOL}/workers/filter", {"limit": 50})
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return 0
        raise
    return sum(entry["status"] == "ONLINE" for entry in found)


def _carried(server: _Server, entry: Mapping[str, Any]) -> Carried:
    runs = server.post(
        "/flow_runs/filter",
        {
            "flow_runs": {"deployment_id": {"any_": [entry["id"]]}, "state": {"type": {"any_": list(_OVER)}}},
            "sort": "END_TIME_DESC",
            "limit": _RUNS,
        },
    )
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
