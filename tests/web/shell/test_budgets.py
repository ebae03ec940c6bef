"""What one session, token or address may ask in a minute, and what it is told then."""

from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient

from models.account import Role
from tests.web.api.calling import caller
from tests.web.apps import app_for
from tests.web.users import client
from tests.web.world import World
from web.shell import budgets
from web.shell.budgets import Budgets, TooManyAtOnce


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def limited(page: TestClient, seconds: Seconds, per_minute: int = 30) -> TestClient:
    page.app.state.budgets = Budgets(per_minute, seconds)  # type: ignore[attr-defined]
    return page


def test_a_session_over_its_budget_waits_and_no_other_does(world: World, seconds: Seconds) -> None:
    page, other = client(world), client(world, "second", [Role.AUDITOR])
    limited(page, seconds)
    assert [page.get("/account").status_code for _ in range(31)] == [200] * 30 + [429]
    told = page.get("/account")
    assert told.headers["retry-after"] == "2" and "Слишком много запросов" in told.text
    assert other.get("/account").status_code == 200
    assert page.get("/static/page.css").status_code == 200
    seconds.now += 2
    assert page.get("/account").status_code == 200


def test_a_token_over_its_budget_is_told_as_documented(world: World, seconds: Seconds) -> None:
    api = limited(caller(world), seconds)
    assert [api.get("/api/v1/requests").status_code for _ in range(31)] == [200] * 30 + [429]
    told = api.get("/api/v1/requests")
    assert (told.json()["type"], told.headers["content-type"]) == ("/api/problems/too-many", "application/problem+json")
    assert int(told.headers["retry-after"]) == 2


def test_what_is_heavy_costs_more_and_files_are(world: World, seconds: Seconds) -> None:
    api = limited(caller(world), seconds, 50)
    answers = [api.get("/api/v1/requests/1/package").status_code for _ in range(3)]
    assert answers == [404, 404, 429] and api.get("/api/v1/requests").status_code == 200
    api = limited(caller(world, "second"), seconds, 50)
    files = [api.post("/api/v1/requests/1/roster", files={"file": ("a.xlsx", b"x")}).status_code for _ in range(3)]
    assert files == [404, 404, 429]


def test_an_address_without_a_key_has_a_budget_too(
    world: World, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "_STRANGERS", 40)
    page = limited(client(world), seconds)
    page.cookies.clear()
    answers = [
        page.get("/api/v1/requests", headers={"Authorization": f"Bearer guess-{number}"}).status_code
        for number in range(41)
    ]
    assert answers == [401] * 40 + [429]
    assert page.get("/health").status_code == 200


def test_one_key_does_not_take_all_threads() -> None:
    made, inside, over = Budgets(1000), threading.Semaphore(0), threading.Event()

    def call() -> None:
        with made.spending("one"):
            inside.release()
            over.wait(10)

    threads = [threading.Thread(target=call) for _ in range(budgets.AT_ONCE)]
    for each in threads:
        each.start()
    for _ in threads:
        inside.acquire(timeout=10)
    with pytest.raises(TooManyAtOnce), made.spending("one"):
        pass
    with made.spending("another"):
        over.set()
    for each in threads:
        each.join()
    with made.spending("one"):
        pass


def test_purses_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "_KEYS", 100)
    made = Budgets(10)
    for number in range(1000):
        with made.spending(f"address:{number}"):
            pass
    assert len(made._purses) == 100


def test_the_servers_own_start_and_end_cost_nobody_anything(world: World) -> None:
    """They are no calls: a middleware that takes them for such would stop them."""
    with TestClient(app_for(world.installation)) as started:
        assert started.get("/health").status_code == 200
