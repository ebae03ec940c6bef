"""Whoever writes for long makes nobody fail: looks go on, others are told to come again, and judging waits for no lock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actions.requests import attachments
from tests.postgres import migrated_database
from tests.web.api.calling import caller
from tests.web.users import client
from tests.web.world import INN, KIND, World, clinic, request_at
from web.api.requests import seen as calls
from web.forms import rosters
from wiring import database
from wiring.database import engine_for, is_busy


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_PATIENCE", 0.2)


@contextmanager
def writing(world: World) -> Iterator[None]:
    """Somebody holds the write lock, in another connection of another thread."""
    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with world.installation.work(by="тест") as work:
            work.session.execute(text("UPDATE account SET theme = theme"))
            held.set()
            over.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_who_cannot_write_is_told_when_to_come_again_and_looks_go_on(world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work).id
    page, api = client(world), caller(world)
    with writing(world):
        form = page.post("/account/theme", data={"theme": "dark"}, follow_redirects=False)
        called = api.post(f"/api/v1/requests/{number}/comments", json={"text": "да"})
        looked = page.get("/")
    assert (form.status_code, form.headers["retry-after"]) == (503, "5") and "Ничего не записано" in form.text
    assert (called.status_code, called.headers["retry-after"]) == (503, "5")
    assert (
        called.headers["content-type"] == "application/problem+json" and called.json()["type"] == "/api/problems/busy"
    )
    assert looked.status_code == 200
    assert api.post(f"/api/v1/requests/{number}/comments", json={"text": "да"}).status_code == 201


def test_a_crowd_of_writers_leaves_connections_to_those_who_look(world: World) -> None:
    page, waiting = client(world), [client(world, f"user{number}") for number in range(25)]
    with writing(world):
        crowd = [
            threading.Thread(target=each.post, args=("/account/theme",), kwargs={"data": {"theme": "dark"}})
            for each in waiting
        ]
        for each in crowd:
            each.start()
        assert page.get("/").status_code == 200
        for each in crowd:
            each.join()


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "mine"}])
def test_what_a_call_did_is_judged_and_told_when_the_lock_is_free_again(
    world: World, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    """Telling two thousand people takes longer than writing them."""
    with world.installation.work(by="тест") as work:
        clinic(work)
    real, free = calls.whole, []

    def watched(*given: object, **more: object) -> object:
        with world.installation.work(by="другой") as work:
            work.session.execute(text("UPDATE account SET theme = theme"))
            free.append(True)
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(calls, "whole", watched)
    api = caller(world)
    made = api.post("/api/v1/requests", json={"kind": KIND, "inn": INN}, headers=headers)
    assert made.status_code == 201
    put = api.put(
        f"/api/v1/requests/{made.json()['id']}/people",
        json={"people": []},
        headers={**headers, "Idempotency-Key": "other"} if headers else {},
    )
    assert put.status_code == 200 and free == [True, True]


def test_a_call_whose_process_died_before_it_told_is_told_when_it_is_repeated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.installation.work(by="тест") as work:
        clinic(work)
    key = {"Idempotency-Key": "mine"}
    quiet = TestClient(caller(world).app, raise_server_exceptions=False, headers=caller(world).headers)
    with monkeypatch.context() as patch:
        patch.setattr(calls, "whole", lambda *_, **__: 1 / 0)
        assert quiet.post("/api/v1/requests", json={"kind": KIND, "inn": INN}, headers=key).status_code == 500
    again = quiet.post("/api/v1/requests", json={"kind": KIND, "inn": INN}, headers=key)
    third = quiet.post("/api/v1/requests", json={"kind": KIND, "inn": INN}, headers=key)
    assert (again.status_code, again.json()["id"]) == (201, 1) and third.json() == again.json()
    assert again.headers["idempotency-replayed"] == third.headers["idempotency-replayed"] == "true"


class _Told(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__("told by PostgreSQL")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(("state", "passing"), [("55P03", True), ("40P01", True), ("57P01", False), ("08006", False)])
def test_only_what_passes_by_itself_is_called_busy(state: str, passing: bool) -> None:
    assert is_busy(OperationalError("", {}, _Told(state))) is passing
    assert is_busy(PoolTimeout("pool")) and not is_busy(OperationalError("", {}, Exception("disk I/O error")))


def test_postgres_tells_who_cannot_have_a_row_in_time(server: str) -> None:
    engine = engine_for(migrated_database(server))
    with engine.connect() as one, engine.connect() as other:
        one.execute(text("INSERT INTO chain_head (id, seq, hash) VALUES (1, 0, '')"))
        one.commit()
        one.execute(text("UPDATE chain_head SET seq = 1"))
        with pytest.raises(OperationalError) as told:
            other.execute(text("UPDATE chain_head SET seq = 2"))
        assert is_busy(told.value)
        one.rollback()
    engine.dispose()


@pytest.mark.parametrize("door", ["page", "call"])
def test_a_list_is_read_before_anybody_has_to_wait(world: World, monkeypatch: pytest.MonkeyPatch, door: str) -> None:
    """A file may take its child seconds to read; the transaction that follows finds it read."""
    with world.installation.work(by="тест") as work:
        number = request_at(work).id
    real, free = rosters.read_roster, []

    def watched(*given: object) -> object:
        with world.installation.work(by="другой") as work:
            work.session.execute(text("UPDATE account SET theme = theme"))
            free.append(True)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(rosters, "read_roster", watched)
    listed = "СНИЛС;Фамилия;Имя;Отчество;Почта\n112-233-445 95;Иванова;Анна;Петровна;a@clinic.ru\n".encode()
    if door == "call":
        answer = caller(world).post(f"/api/v1/requests/{number}/roster", files={"file": ("a.csv", listed)})
    else:
        answer = client(world).post(f"/requests/{number}/people/upload", files={"roster": ("a.csv", listed)})
    assert answer.status_code < 400 and free == [True]


def test_an_attachment_is_read_before_anybody_has_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.installation.work(by="тест") as work:
        kind = next(kind for kind in work.catalog.kinds.values() if any(each.sent for each in kind.attachments))
        made = request_at(work, kind=kind.code)
        number, code = made.id, next(each.code for each in kind.attachments if each.sent)
    real, free = attachments.read_attachment, []

    def watched(*given: object, **more: object) -> object:
        try:
            with world.installation.work(by="другой") as work:
                work.session.execute(text("UPDATE account SET theme = theme"))
            free.append(True)
        except OperationalError:
            free.append(False)
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(attachments, "read_attachment", watched)
    assert (
        caller(world)
        .post(f"/api/v1/requests/{number}/attachments/{code}", files={"file": ("a.txt", b"text")})
        .status_code
        < 500
    )
    assert free[0] is True  # the second time it is remembered
