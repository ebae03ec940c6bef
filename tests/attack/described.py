"""The API against its own description: cases that schemathesis makes of it, for every role, with numbers that exist and others."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from jsonschema import Draft202012Validator

BASE = "/api/v1"
_REAL = 16  # rows of a town have these numbers (tests/web/town.py)


@dataclass
class Found:
    """What was tried, which statuses came, and what must never come with the call that brought it."""

    tried: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)

    def note(self, operation: str, what: str, call: Mapping[str, Any]) -> None:
        self.wrong.setdefault((operation, what), str({name: value for name, value in call.items() if value})[:1500])


def try_all(callers: Mapping[str, TestClient], each: int, *, number: int = 1, only: str = "") -> Found:
    """`each` cases an operation, by the callers in turns; `number` is the seed."""
    found = Found()
    described = next(iter(callers.values())).get(f"{BASE}/openapi.json").json()
    for operation in _operations(described):
        if only in operation.label:
            _try(operation, described, callers, each, number, found)
    return found


def _operations(described: dict[str, Any]) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis

        for made in schemathesis.openapi.from_dict(described).get_all_operations():
            yield made.ok()


def _try(
    operation: Any, described: dict[str, Any], callers: Mapping[str, TestClient], each: int, number: int, found: Found
) -> None:
    chance = random.Random(f"{number}{operation.label}")
    responses = described["paths"][operation.path][operation.method.lower()]["responses"]
    names = list(callers)

    @seed(number)
    @given(case=operation.as_strategy())
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    def one(case: Any) -> None:
        who = names[found.tried % len(names)]
        call = _call(case, chance)
        found.tried += 1
        try:
            answer = callers[who].request(**call)
        except Exception as error:  # the application let it out
            found.note(operation.label, type(error).__name__, call)
            return
        found.statuses[answer.status_code] += 1
        for wrong in _breaches(answer, responses, described):
            found.note(operation.label, f"{who}: {wrong}", call)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        one()


def _call(case: Any, chance: random.Random) -> dict[str, Any]:
    """As a program would send it; mostly with numbers of rows that are there."""
    for name in case.path_parameters or {}:
        if name in ("number", "line", "letter", "file", "comment", "delivery") and chance.random() < 0.7:
            case.path_parameters[name] = chance.randint(1, _REAL)
    call = dict(case.as_transport_kwargs(base_url="http://testserver"))
    call.pop("cookies", None)
    call["url"] = call["url"].replace("http://testserver", f"http://testserver{BASE}", 1).replace(f"{BASE}{BASE}", BASE)
    call["headers"] = {
        name: value
        for name, value in (call.get("headers") or {}).items()
        if name.lower() not in ("authorization", "cookie")
    }
    if call.get("files"):
        call["files"] = [(name, _part(part)) for name, part in call["files"]]
    return call


def _part(part: Any) -> Any:
    """The client takes text and bytes only."""
    if not isinstance(part, tuple):
        return part if isinstance(part, (str, bytes)) else str(part)
    name, content, *rest = part
    return (name, content if isinstance(content, (str, bytes)) else str(content), *rest)


def _breaches(answer: Any, responses: dict[str, Any], described: dict[str, Any]) -> Iterator[str]:
    status, told = answer.status_code, answer.headers.get("content-type", "").partition(";")[0]
    if status >= 500:
        yield f"{status}"
        return
    if str(status) not in responses:
        yield f"{status} is not described"
        return
    content = responses[str(status)].get("content", {})
    if status == 204 or not answer.content:
        return
    if told not in content:
        yield f"{status}: {told} is not described"
    elif "schema" in content[told] and told.endswith("json"):
        schema = {**content[told]["schema"], "components": described["components"]}
        error = next(Draft202012Validator(schema).iter_errors(answer.json()), None)
        if error is not None:
            yield f"{status}: breaks its schema at {list(error.absolute_path)}"
