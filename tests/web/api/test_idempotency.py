"""A call repeated under its key acts once, also when both come at the same moment."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.accounts import idempotency
from models.account import IdempotencyKey
from models.request import AccessRequest, Status
from sweeps import run_sweep
from tests.web.api.calling import caller
from tests.web.world import INN, KIND, World, clinic, request_at

BODY = {"kind": KIND, "inn": INN}
KEY = {"Idempotency-Key": "a-key-of-mine"}


@pytest.fixture(autouse=True)
def card(world: World) -> None:
    with world.installation.work(by="тест") as work:
        clinic(work)


def _drafts(world: World) -> int:
    with world.installation.reading(by="тест") as work:
        return len(work.session.exec(select(AccessRequest)).all())


def test_the_same_call_gives_the_same_answer_and_acts_once(world: World, api: TestClient) -> None:
    first = api.post("/api/v1/requests", json=BODY, headers=KEY)
    drafts = _drafts(world)
    again = api.post("/api/v1/requests", json=BODY, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() and _drafts(world) == drafts
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert api.post("/api/v1/requests", json=BODY).json()["id"] != first.json()["id"]


def test_the_same_key_for_something_else_is_refused(world: World, api: TestClient) -> None:
    made = api.post("/api/v1/requests", json=BODY, headers=KEY).json()
    for path, body in (
        ("/requests", {**BODY, "fields": {}}),
        (f"/requests/{made['id']}/steps/withdraw", {"revision": 0}),
    ):
        answer = api.post(f"/api/v1{path}", json=body, headers=KEY)
        assert (answer.status_code, answer.json()["type"]) == (422, "/api/problems/idempotency-mismatch")
    assert caller(world, "second").post("/api/v1/requests", json=BODY, headers=KEY).json()["id"] != made["id"]


def test_a_form_with_files_is_known_by_its_parts_not_by_its_boundary(world: World, api: TestClient) -> None:
    made = api.post("/api/v1/requests", json=BODY).json()
    path = f"/api/v1/requests/{made['id']}/steps/withdraw"
    first, again, other = (
        api.post(path, data={"revision": "0"}, files={"scan": ("a.pdf", data)}, headers=KEY)
        for data in (b"1", b"1", b"2")
    )
    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    assert again.headers["idempotency-replayed"] == "true" and again.json() == first.json()
    assert first.request.headers["content-type"] != again.request.headers["content-type"]


def test_a_refusal_is_not_kept(world: World, api: TestClient) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work, Status.AWAITING).id
    path = f"/api/v1/requests/{number}/steps/ask"
    assert api.post(path, json={"revision": 0}, headers=KEY).status_code == 422
    assert api.post(path, json={"revision": 0, "question": "Какая должность?"}, headers=KEY).status_code == 200


def test_an_answer_without_a_body_is_repeated_too(world: World, api: TestClient) -> None:
    made = api.post("/api/v1/requests", json=BODY).json()
    comment = api.post(f"/api/v1/requests/{made['id']}/comments", json={"text": "Проверьте почту"}).json()
    path = f"/api/v1/requests/{made['id']}/comments/{comment['id']}"
    answers = [api.delete(path, headers=KEY) for _ in range(2)]
    assert [(each.status_code, each.content) for each in answers] == [(204, b""), (204, b"")]
    assert api.delete(path).status_code == 409


def test_at_the_same_moment_one_acts_and_the_other_is_told_to_wait_or_gets_its_answer(
    world: World, api: TestClient
) -> None:
    before = _drafts(world)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: api.post("/api/v1/requests", json=BODY, headers=KEY), range(6)))
    made = [each.json()["id"] for each in answers if each.status_code == 201]
    busy = [each for each in answers if each.status_code == 409]
    assert len(set(made)) == 1 and len(made) + len(busy) == 6
    assert {each.json()["type"] for each in busy} <= {"/api/problems/idempotency-busy"}
    with world.installation.reading(by="тест") as work:
        assert len(work.session.exec(select(IdempotencyKey)).all()) == 1
        companions = work.session.exec(select(AccessRequest).where(AccessRequest.parent_id == made[0])).all()
    assert _drafts(world) - before == 1 + len(companions)


def test_a_key_that_is_being_worked_on_is_busy(world: World, api: TestClient) -> None:
    with api.app.state.api.in_flight(1, "a-key-of-mine"):  # type: ignore[attr-defined]
        answer = api.post("/api/v1/requests", json=BODY, headers=KEY)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    assert api.post("/api/v1/requests", json=BODY, headers=KEY).status_code == 201


def test_two_processes_meet_at_the_database(world: World, api: TestClient) -> None:
    with world.installation.work(by="тест") as work:
        idempotency.claim(work, 1, "k", "d")
    with world.installation.work(by="тест") as work, pytest.raises(idempotency.Busy):
        idempotency.claim(work, 1, "k", "d")


@pytest.mark.parametrize("key", ["", "x" * 256, "\x7f"])
def test_a_key_that_is_none_is_refused(api: TestClient, key: str) -> None:
    answer = api.post("/api/v1/requests", json=BODY, headers={"Idempotency-Key": key})
    assert answer.json()["findings"][0]["field"] == "Idempotency-Key"


def test_answers_are_forgotten_after_a_day(world: World, api: TestClient) -> None:
    first = api.post("/api/v1/requests", json=BODY, headers=KEY).json()
    world.clock.now += dt.timedelta(hours=23, minutes=59)
    run_sweep("webhooks", world.installation)
    assert api.post("/api/v1/requests", json=BODY, headers=KEY).json()["id"] == first["id"]
    world.clock.now += dt.timedelta(minutes=1)
    run_sweep("webhooks", world.installation)
    with world.installation.reading(by="тест") as work:
        assert work.session.exec(select(IdempotencyKey)).all() == []
    assert api.post("/api/v1/requests", json=BODY, headers=KEY).json()["id"] != first["id"]
