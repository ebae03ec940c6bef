"""Answers through the API: by worker, by role, with what they rest on; quotes tell nobody else's СНИЛС."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from actions.requests import lookup, pairs
from models.request import Status
from tests.web.world import NOON, PEOPLE, World, received, request_at

WORDS = "Звонок СТП 23 ноября, оператор Петрова"


@pytest.fixture
def waits(api: TestClient, world: World) -> dict[str, Any]:
    with world.installation.work(by="тест") as work:
        number = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON).id
    return dict(api.get(f"/api/v1/requests/{number}").json())


def _step(api: TestClient, waits: dict[str, Any], trigger: str = "grant", **body: object) -> Any:
    return api.post(f"/api/v1/requests/{waits['id']}/steps/{trigger}", json={"revision": waits["revision"], **body})


def _roles(told: dict[str, Any]) -> list[list[tuple[str, str, str | None]]]:
    return [[(role["subsystem"], role["state"], role["reason"]) for role in line["roles"]] for line in told["lines"]]


def test_pairs_are_told_and_taken_by_line_or_snils_over_what_is_said_of_the_worker(
    api: TestClient, waits: dict[str, Any]
) -> None:
    first, second = (line["id"] for line in waits["lines"])
    assert _roles(waits)[0] == [("frmo", "open", None), ("frmr", "open", None)]
    answers = [{"line": first, "outcome": "granted"}, {"line": second, "outcome": "rejected", "reason": "уволен"}]
    given = [
        {"line": first, "subsystem": "frmr", "role": "organisation", "outcome": "rejected", "reason": "нет карточки"},
        {"snils": PEOPLE[1][0], "subsystem": "ФРМО", "outcome": "granted", "until": "2027-01-31"},
    ]
    told = _step(api, waits, answers=answers, pairs=given, ground=WORDS).json()
    assert told["state"] == "granted"
    assert _roles(told) == [
        [("frmo", "granted", None), ("frmr", "moved", "нет карточки")],
        [("frmo", "granted", None), ("frmr", "moved", "уволен")],
    ]
    assert [role["until"] for role in told["lines"][1]["roles"]] == ["2027-01-31", None]
    assert {role["ground"] for line in told["lines"] for role in line["roles"]} == {WORDS}
    [draft] = told["related"]
    again = api.get(f"/api/v1/requests/{draft}").json()
    assert _roles(again) == [[("frmr", "open", "нет карточки")], [("frmr", "open", "уволен")]]


def test_refusal_takes_a_reason_for_each_role(api: TestClient, waits: dict[str, Any]) -> None:
    line = waits["lines"][0]["id"]
    told = _step(
        api,
        waits,
        "reject",
        reason="нет подписи",
        ground=WORDS,
        pairs=[{"line": line, "subsystem": "frmr", "outcome": "rejected", "reason": "нет карточки"}],
    ).json()
    assert told["state"] == "rejected"
    assert [reason for line in _roles(told) for _, _, reason in line] == [
        "нет подписи",
        "нет карточки",
        "нет подписи",
        "нет подписи",
    ]


@pytest.mark.parametrize(
    ("trigger", "body"),
    [("grant", {}), ("grant", {"ground": "звонок"}), ("reject", {"reason": "нет подписи", "ground": " " * 20})],
)
def test_answer_without_ground_is_refused_with_its_field(
    api: TestClient, waits: dict[str, Any], trigger: str, body: dict[str, str]
) -> None:
    if trigger == "grant":
        body = body | {"answers": [{"line": line["id"], "outcome": "granted"} for line in waits["lines"]]}  # type: ignore[dict-item]
    refused = _step(api, waits, trigger, **body)
    assert refused.status_code == 422 and refused.json()["type"] == "/api/problems/refused"
    assert [finding["field"] for finding in refused.json()["findings"]] == ["ground"]
    assert {"ground", "ground_letter", "ground_file", "pairs"} <= {
        each["name"] for step in waits["steps"] if step["trigger"] == "grant" for each in step["asks"]
    }


def test_letter_is_ground_and_a_letter_that_is_not_there_is_none(
    api: TestClient, world: World, waits: dict[str, Any]
) -> None:
    with world.installation.work(by="тест") as work:
        letter = received(work, None, {"kind": "other"}).id
    answers = [{"line": line["id"], "outcome": "granted"} for line in waits["lines"]]
    wrong = _step(api, waits, answers=answers, ground_letter=99)
    assert [finding["field"] for finding in wrong.json()["findings"]] == ["ground_letter"]
    told = _step(api, waits, answers=answers, ground_letter=letter).json()
    assert {role["letter"] for line in told["lines"] for role in line["roles"]} == {letter}


def test_file_with_a_form_is_ground(api: TestClient, waits: dict[str, Any]) -> None:
    told = api.post(
        f"/api/v1/requests/{waits['id']}/steps/grant",
        data={"revision": waits["revision"], "outcome-all": "granted"},
        files={"ground_file": ("Справка.pdf", b"%PDF-1.7 x", "application/pdf")},
    ).json()
    assert told["state"] == "granted"
    assert "answer-ground" in {file["purpose"] for file in told["files"]}


@pytest.mark.parametrize("pair", [{"outcome": "granted"}, {"snils": "112", "outcome": "granted"}])
def test_pair_of_nobody_is_an_invalid_call(api: TestClient, waits: dict[str, Any], pair: dict[str, str]) -> None:
    found = _step(api, waits, pairs=[pair], ground=WORDS)
    assert found.status_code == 422 and found.json()["type"] == "/api/problems/invalid"
    assert found.json()["findings"][0]["field"].startswith("pairs.0.")


def test_letter_is_settled_in_part_by_role(api: TestClient, world: World, waits: dict[str, Any]) -> None:
    with world.installation.work(by="тест") as work:
        letter = received(work, lookup.get(work, waits["id"]), {"kind": "answer", "outcome": "unclear"}).id
    answers = [{"line": line["id"], "outcome": "granted"} for line in waits["lines"]]
    body = {"decision": "partial", "answers": answers, "text": "нет карточки в ФРМР"}
    half = api.post(f"/api/v1/triage/{letter}", json=body | {"answers": answers[:1]})
    assert half.status_code == 409 and "Строка 2: отметьте" in half.json()["detail"]
    given = [{"line": waits["lines"][1]["id"], "subsystem": "frmr", "role": "organisation", "outcome": "rejected"}]
    assert api.post(f"/api/v1/triage/{letter}", json=body | {"pairs": given}).status_code == 200
    told = api.get(f"/api/v1/requests/{waits['id']}").json()
    assert [state for line in _roles(told) for _, state, _ in line] == ["granted", "granted", "granted", "moved"]
    assert told["lines"][1]["roles"][1]["letter"] == letter


def test_quote_keeps_his_own_snils_and_masks_everybody_elses(
    api: TestClient, world: World, waits: dict[str, Any]
) -> None:
    with world.installation.work(by="тест") as work:
        for pair in pairs.of(lookup.lines_of(work, lookup.get(work, waits["id"]))):
            pair.quote = f"Доступ {PEOPLE[0][0]} и 087-654-303 00 предоставлен"
    first, second = (line["roles"][0]["quote"] for line in api.get(f"/api/v1/requests/{waits['id']}").json()["lines"])
    assert first == f"Доступ {PEOPLE[0][0]} и ***-***-303 00 предоставлен"
    assert second == "Доступ ***-***-445 95 и 087-654-303 00 предоставлен"
