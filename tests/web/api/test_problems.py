"""Each kind of problem: its type, words, findings; and that none tells more than the caller knew."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from actions.requests import lookup
from models.request import Status
from tests.web.api.calling import caller
from tests.web.world import INN, KIND, World, request_at
from web.shell.bodies import MAX_BODY


def _made(world: World, status: Status = Status.DRAFT) -> int:
    with world.installation.work(by="тест") as work:
        return request_at(work, status).id or 0


def _told(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(found)
    assert (found["type"], found["status"]) == (f"/api/problems/{code}", status)
    assert found["detail"]
    return found


def test_what_is_not_there(world: World, api: TestClient) -> None:
    assert _told(api.get("/api/v1/requests/404"), 404, "not-found")["instance"] == "/api/v1/requests/404"
    _told(api.get("/api/v1/nowhere"), 404, "not-found")
    _told(api.get("/api/v1/catalog/kinds/none"), 404, "not-found")
    number = _made(world)
    _told(api.post(f"/api/v1/requests/{number}/steps/fly", json={"revision": 0}), 404, "not-found")
    _told(api.get(f"/api/v1/requests/{number}/files/9"), 404, "not-found")
    assert api.put("/api/v1/requests").headers["allow"]
    _told(api.put("/api/v1/requests"), 405, "method-not-allowed")


def test_wrong_values_are_told_in_russian_by_field_and_never_repeated(api: TestClient) -> None:
    body = {"kind": KIND, "people": [{"snils": 5, "surname": "Секретная", "given": "Анна", "rolez": []}], "signer": "я"}
    found = _told(api.post("/api/v1/requests", json=body), 422, "invalid")
    assert {finding["field"]: finding["message"] for finding in found["findings"]} == {
        "inn": "Обязательно, а не указано.",
        "people.0.snils": "Нужен текст в кавычках.",
        "people.0.rolez": "Такого ключа нет, проверьте написание.",
        "signer": "Нужны поля в фигурных скобках.",
    }
    assert "Секретная" not in str(found)
    state = _told(api.get("/api/v1/requests?state=lost&limit=0&after=x"), 422, "invalid")
    messages = {finding["field"]: finding["message"] for finding in state["findings"]}
    assert messages["limit"] == "Нужно не меньше 1." and messages["after"] == "Нужно целое число."
    assert "'draft', 'validated'" in messages["state"]
    broken = api.post("/api/v1/requests", content=b"{", headers={"content-type": "application/json"})
    assert _told(broken, 422, "invalid")["findings"][0]["message"] == "Не разобрать как JSON."


def test_numbers_and_roles_that_do_not_exist(api: TestClient) -> None:
    person = {"snils": "1", "surname": "А", "given": "Б", "roles": [{"subsystem": "x", "role": "y"}]}
    assert _told(api.post("/api/v1/organisations", json={"inn": "123"}), 422, "invalid")
    found = _told(api.post("/api/v1/requests", json={"kind": KIND, "inn": INN, "people": [person]}), 422, "invalid")
    assert found["findings"][0]["field"] == "people.0.roles.0"
    _told(api.post("/api/v1/requests", json={"kind": KIND, "inn": INN, "fields": {"strange": "1"}}), 422, "invalid")
    _told(api.post("/api/v1/requests", json={"kind": "none", "inn": INN}), 404, "not-found")
    assert api.get("/api/v1/requests").json()["items"] == []


def test_a_stale_click_says_what_changed(world: World, api: TestClient) -> None:
    number = _made(world)
    stale = _told(api.post(f"/api/v1/requests/{number}/steps/withdraw", json={"revision": 7}), 409, "stale")
    assert stale["current"]["state"] == "draft" and stale["current"]["revision"] == 0
    assert "withdraw" in stale["current"]["steps"]
    impossible = _told(api.post(f"/api/v1/requests/{number}/steps/send", json={"revision": 0}), 409, "stale")
    assert "черновик" in impossible["detail"]
    _told(
        api.patch(f"/api/v1/requests/{number}/fields", json={"fields": {"a": "1"}}, headers={"If-Match": '"5"'}),
        409,
        "stale",
    )
    missing = _told(api.post(f"/api/v1/requests/{number}/steps/withdraw", json={}), 422, "invalid")
    assert missing["findings"][0]["field"] == "revision"
    done = api.post(f"/api/v1/requests/{number}/steps/withdraw", json={}, headers={"If-Match": '"0"'})
    assert done.json()["state"] == "withdrawn"
    _told(api.put(f"/api/v1/requests/{number}/people", json={"people": []}), 409, "conflict")


def test_bodies_of_a_wrong_kind_and_size(world: World, api: TestClient) -> None:
    number = _made(world)
    step = f"/api/v1/requests/{number}/steps/withdraw"
    _told(
        api.post("/api/v1/requests", content="kind=x", headers={"content-type": "application/x-www-form-urlencoded"}),
        415,
        "media-type",
    )
    _told(api.post(step, content="a", headers={"content-type": "text/plain"}), 415, "media-type")
    _told(api.post(f"/api/v1/requests/{number}/attachments/any", json={}), 415, "media-type")
    _told(api.post("/api/v1/requests", data={"kind": "x"}, files={"a": b"1"}), 415, "media-type")
    large = {"content-type": "application/json", "content-length": str(MAX_BODY + 1)}
    _told(api.post(step, content=b"{}", headers=large), 413, "too-large")


def test_a_broken_scan_is_kept_and_refused(world: World, api: TestClient) -> None:
    number = _made(world, Status.VALIDATED)
    form = {"revision": "0", "capacity": "head"}
    answer = api.post(
        f"/api/v1/requests/{number}/steps/sign", data=form, files={"scan": ("x.pdf", b"%PDF-1.4 no", "application/pdf")}
    )
    assert answer.status_code == 422
    assert answer.json()["type"] in ("/api/problems/refused", "/api/problems/bad-file")
    found = api.get(f"/api/v1/requests/{number}").json()
    assert found["state"] == "validated" and found["revision"] == 0


def test_an_error_of_ours_tells_nothing_of_itself(
    world: World, api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _made(world)

    def broken(*_: object) -> None:
        raise RuntimeError("Иванова Анна")

    monkeypatch.setattr(lookup, "get", broken)
    found = _told(api.get(f"/api/v1/requests/{number}"), 500, "broken")
    assert "Иванова" not in str(found) and "RuntimeError" not in str(found)


def test_who_may_not_is_told_so(world: World) -> None:
    from models.account import Role

    number = _made(world)
    auditor = caller(world, "auditor", {Role.AUDITOR})
    _told(auditor.post(f"/api/v1/requests/{number}/steps/withdraw", json={"revision": 0}), 403, "forbidden")


def test_every_type_leads_to_its_description(world: World, api: TestClient) -> None:
    from web.shell.problems import KINDS

    for code, kind in KINDS.items():
        page = api.get(f"/api/problems/{code}")
        assert page.status_code == 200 and kind.title in page.text and kind.about.split("«")[0] in page.text
    assert api.get("/api/problems/nothing").status_code == 404
