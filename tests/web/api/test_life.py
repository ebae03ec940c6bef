"""A whole life of a request through the API only, from a draft to proven logins."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.cards import organisations
from demo import people
from models.audit import Event
from models.request import AccessRequest
from tests.walking import KIND, deliver, load_refbook, scan_of
from tests.web.api.calling import repeatable
from tests.web.world import World

SIGNED = {
    "capacity": "head", "name": people.HEAD_NAME, "post": people.HEAD_POST, "signed_on": "2026-11-23", "seal": "yes",
    "readable": "yes",
}  # fmt: skip
PDF = "application/pdf"


def _employees(count: int = 2) -> list[dict[str, object]]:
    return [
        {
            "snils": person.snils,
            "surname": person.surname,
            "given": person.given,
            "patronymic": person.patronymic,
            "email": person.email,
            "post": person.post,
            "unit": "hr",
            "esia_confirmed": True,
            "email_is_esia": True,
        }
        for person in people.EMPLOYEES[:count]
    ]


def _post(api: TestClient, path: str, body: object, status: int = 200) -> dict[str, object]:
    answer = api.post(f"/api/v1{path}", json=body, headers=repeatable())
    assert answer.status_code == status, answer.text
    found: dict[str, object] = answer.json()
    return found


def _scan(world: World, number: int) -> bytes:
    with world.installation.reading(by="тест") as work:
        request = work.session.get(AccessRequest, number)
        assert request is not None
        return scan_of(request)


@pytest.mark.rule("SGN-6")
def test_a_request_lives_from_draft_to_proven_logins_by_calls_only(
    world: World, api: TestClient, tmp_path: Path
) -> None:
    load_refbook(world.installation, tmp_path / "refbook")
    card = _post(api, "/organisations", {"inn": people.INN})
    assert (card["registry"], card["kpp"]) == ("found", people.KPP)
    changed = api.patch(
        f"/api/v1/organisations/{card['id']}",
        json={
            "head_name": people.HEAD_NAME,
            "head_post": people.HEAD_POST,
            "seal": "seal",
            "licence": "held",
            "subject": "77",
        },
    )
    assert changed.json()["seal"] == "seal"

    made = _post(api, "/requests", {"kind": KIND, "inn": people.INN, "people": _employees(1)}, 201)
    number = made["id"]
    assert (made["state"], made["revision"], len(made["lines"])) == ("draft", 0, 1)  # type: ignore[arg-type]
    wrong = {**_employees(2)[1], "snils": "112-233-445 96"}
    broken = api.put(f"/api/v1/requests/{number}/people", json={"people": [_employees(1)[0], wrong]}).json()
    assert [line["person_id"] is None for line in broken["lines"]] == [False, True]

    checked = api.get(f"/api/v1/requests/{number}/findings").json()
    assert checked["ok"] is False
    snils = next(finding for finding in checked["findings"] if finding["field"] == "snils")
    assert (snils["rule"], snils["row"], snils["severity"]) == ("APP-2", 2, "error")
    assert snils["source"] and "person" not in snils
    refused = api.post(f"/api/v1/requests/{number}/steps/validate", json={"revision": broken["revision"]})
    assert refused.status_code == 422 and refused.json()["type"] == "/api/problems/refused"
    assert snils in refused.json()["findings"]
    assert people.EMPLOYEES[1].surname not in refused.text

    fixed = api.put(
        f"/api/v1/requests/{number}/people",
        json={"people": _employees()},
        headers={"If-Match": f'"{broken["revision"]}"'},
    )
    assert fixed.status_code == 200, fixed.text
    _post(api, f"/requests/{number}/logins", {"proven": False})
    ready = api.get(f"/api/v1/requests/{number}")
    assert [f for f in ready.json()["findings"] if f["severity"] == "error"] == []
    validated = api.post(
        f"/api/v1/requests/{number}/steps/validate", json={}, headers={"If-Match": ready.headers["etag"]}
    ).json()
    assert validated["state"] == "validated"
    documents = {file["purpose"]: file for file in validated["files"] if file["current"]}
    assert {"application-docx", "application-xlsx"} <= set(documents)
    paper = api.get(f"/api/v1/requests/{number}/files/{documents['application-docx']['id']}")
    assert paper.content[:2] == b"PK" and "filename*=UTF-8''" in paper.headers["content-disposition"]

    asks = next(step for step in validated["steps"] if step["trigger"] == "sign")["asks"]
    assert {"revision", "scan", "signature"} == {each["name"] for each in asks}
    signed = api.post(
        f"/api/v1/requests/{number}/steps/sign",
        data={"revision": validated["revision"], **SIGNED},
        files={"scan": ("Скан.pdf", _scan(world, int(str(number))), PDF)},
        headers=repeatable(),
    )
    assert signed.json()["state"] == "signed", signed.text
    assert api.get(f"/api/v1/requests/{number}/package").content[:2] == b"PK"

    revision = signed.json()["revision"]
    assert "confirm_address" in {a["name"] for s in signed.json()["steps"] if s["trigger"] == "send" for a in s["asks"]}
    unconfirmed = api.post(f"/api/v1/requests/{number}/steps/send", json={"revision": revision})
    assert unconfirmed.status_code == 422 and "адрес" in unconfirmed.json()["findings"][0]["message"]
    promised = _post(api, f"/requests/{number}/steps/send", {"revision": revision, "confirm_address": True})
    assert [(letter["direction"], letter["state"]) for letter in promised["letters"]] == [("out", "promised")]  # type: ignore[attr-defined]
    deliver(world.installation)  # the sweep
    sent = api.get(f"/api/v1/requests/{number}").json()
    assert sent["state"] == "sent"

    waits = _post(
        api, f"/requests/{number}/steps/acknowledge", {"revision": sent["revision"], "ticket": "ABC-123-45678"}
    )
    assert (waits["state"], waits["ticket"]) == ("awaiting", "ABC-123-45678") and waits["deadline"]
    assert waits["deadline_warnings"] == []
    answers = [{"line": line["id"], "outcome": "granted"} for line in waits["lines"]]  # type: ignore[attr-defined]
    half = api.post(
        f"/api/v1/requests/{number}/steps/grant", json={"revision": waits["revision"], "answers": answers[:1]}
    )
    assert half.status_code == 422 and "Строка 2" in half.json()["findings"][0]["message"]
    granted = _post(
        api,
        f"/requests/{number}/steps/grant",
        {"revision": waits["revision"], "answers": answers, "ground": "По телефону, оператор Петрова"},
    )
    assert granted["state"] == "granted"
    first, second = (line["id"] for line in granted["lines"])  # type: ignore[attr-defined]
    one = _post(api, f"/requests/{number}/logins", {"proven": True, "lines": [first]})
    assert (one["state"], [line["state"] for line in one["lines"]]) == ("granted", ["verified", "granted"])  # type: ignore[attr-defined]
    done = _post(api, f"/requests/{number}/logins", {"proven": True, "lines": [second]})
    assert done["state"] == "verified"

    held = api.get("/api/v1/holders", params={"inn": people.INN}).json()["items"]
    assert len(held) == 4 and all(row["verified"] and row["request"] == made["number"] for row in held)
    found = api.post("/api/v1/people/search", json={"text": people.EMPLOYEES[0].surname}).json()
    person = api.get(f"/api/v1/people/{found[0]['id']}").json()
    assert person["requests"] == [number]
    assert api.get("/api/v1/audit/verdict").json()["ok"] is True
    listed = api.get("/api/v1/requests", params={"state": "verified", "organisation": people.INN}).json()
    assert [(each["id"], each["overdue"]) for each in listed["items"]] == [(number, False)]
    _every_look_is_recorded(world, number)


def _every_look_is_recorded(world: World, number: object) -> None:
    with world.installation.reading(by="тест") as work:
        looks = [event for event in work.session.exec(select(Event)) if '"token":' in event.data]
        card = organisations.find(work, people.INN)
    assert card is not None
    assert {event.action for event in looks} == {
        "request.viewed",
        "file.downloaded",
        "holders.viewed",
        "people.searched",
        "person.viewed",
    }
    assert {event.actor for event in looks} == {"officer"}
    for person in people.EMPLOYEES:
        assert all(person.surname not in event.data for event in looks)
