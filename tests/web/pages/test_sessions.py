"""Sessions that their user sees and ends, keys that stay ended, and what was refused, on record."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlmodel import select

from actions.accounts import accounts, api_tokens, sessions
from actions.context import Work
from actions.log import audit
from actions.subscriptions import webhooks
from models.account import Role
from models.audit import Event
from tests.web.api.calling import caller
from tests.web.apps import app_for
from tests.web.users import client, session_of
from tests.web.world import World, request_at
from web.shell.cookies import COOKIE
from wiring.settings import OidcPart


def events(world: World, *actions: str) -> list[Event]:
    with world.installation.reading(by="тест") as work:
        return [
            each
            for each in work.session.exec(select(Event).order_by(Event.seq)).all()
            if each.action.startswith(actions)
        ]


def test_a_user_sees_his_sessions_and_ends_one_of_them(officer: TestClient, world: World) -> None:
    other = client(world)
    other.get("/account")
    assert officer.get("/account").text.count("адрес testclient") == 2
    with world.installation.reading(by="тест") as work:
        account = accounts.find(work, "officer")
        assert account is not None
        ours, theirs = sorted(sessions.of(work, account), key=lambda each: each.id or 0)
    assert officer.post(f"/account/sessions/{theirs.id}/end", follow_redirects=False).status_code == 303
    assert other.get("/", follow_redirects=False).status_code == 303
    assert officer.get("/").status_code == 200
    stranger = client(world, "another", [Role.OFFICER])
    assert stranger.post(f"/account/sessions/{ours.id}/end").status_code == 404
    assert officer.get("/").status_code == 200


def test_out_everywhere_is_out_here_too(officer: TestClient, world: World) -> None:
    other, token = client(world), officer.cookies[COOKIE]
    answer = officer.post("/account/sessions/end", data={"everywhere": "1"}, follow_redirects=False)
    assert answer.headers["location"] == "/login" and "Max-Age=0" in answer.headers["set-cookie"]
    officer.cookies.set(COOKIE, token)
    assert {page.get("/", follow_redirects=False).status_code for page in (officer, other)} == {303}
    assert events(world, "account.sessions-ended")


def switch(work: Work, login: str, active: bool) -> None:
    account = accounts.find(work, login)
    assert account is not None
    accounts.change(
        work, account, name="Анна", roles={Role.OFFICER}, email="", everywhere=True, organisation_ids=(), active=active
    )


def test_whoever_is_switched_on_again_gets_none_of_his_old_keys(world: World) -> None:
    session_of(world, "root")
    page = client(world, "anna", [Role.OFFICER])
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "anna")
        assert account is not None
        keys = {use: api_tokens.create(work, account, use=use, name="ключ")[1] for use in ("api", "calendar")}
        hook = webhooks.create(work, account, url="https://93.184.216.34/hook")
    with world.installation.work(by="тест") as work:
        switch(work, "anna", False)
    with world.installation.work(by="тест") as work:
        switch(work, "anna", True)
    assert page.get("/", follow_redirects=False).status_code == 303
    program = TestClient(app_for(world.installation), headers={"Authorization": f"Bearer {keys['api']}"})
    assert program.get("/api/v1/requests").status_code == 401
    assert program.get(f"/calendar/{keys['calendar']}.ics").status_code == 404
    with world.installation.reading(by="тест") as work:
        assert webhooks.get(work, hook.id or 0).stopped_at is not None
    assert client(world, "anna").get("/").status_code == 200  # and comes in anew


@pytest.mark.parametrize(
    "issuer",
    [
        "http://sso.example/realms/health",
        "ftp://sso.example",
        "sso.example",
        "http://127.0.0.1.evil.example",
        "https://",
    ],
)
def test_a_provider_of_single_sign_on_without_https_is_refused(issuer: str) -> None:
    with pytest.raises(ValidationError, match="https://"):
        OidcPart(issuer=issuer)


@pytest.mark.parametrize(
    "issuer", ["", "https://sso.example/realms/health", "http://127.0.0.1:8080", "http://localhost:1"]
)
def test_a_provider_by_https_or_on_this_machine_is_taken(issuer: str) -> None:
    assert OidcPart(issuer=issuer).issuer == issuer


def test_failed_logins_are_on_record_without_what_was_typed(stranger: TestClient, world: World) -> None:
    session_of(world)
    for login in ("officer", "Иванова Анна", "пароль-вместо-логина"):
        stranger.post("/login", data={"login": login, "password": "не тот пароль"})
    noted = events(world, "refused.login")
    assert [event.subject for event in noted] == ["account:1", "login", "login"]
    assert not any(word in event.data + event.actor for event in noted for word in ("Иванова", "пароль", "officer"))


def test_refusals_and_looks_at_what_is_not_ones_own_are_on_record(world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work).id
    auditor = client(world, "auditor", [Role.AUDITOR])
    auditor.post(f"/requests/{number}/steps/withdraw", data={"revision": "0"})
    auditor.get("/admin/users")
    stranger = client(world, "kadry", [Role.OFFICER], organisations=[])
    stranger.get(f"/requests/{number}")
    stranger.get("/help/nothing")
    stranger.get("/people/11223344595/иванова")
    caller(world, "auditor").post(f"/api/v1/requests/{number}/comments", json={"text": "да"})
    caller(world, "officer").post("/api/v1/requests", headers={"Authorization": "Bearer wrong"})
    told = [(event.actor, event.action.partition(".")[2], event.subject) for event in events(world, "refused.")]
    assert told == [
        ("auditor", "forbidden", f"/requests/{number}/steps/withdraw"),
        ("auditor", "forbidden", "/admin/users"),
        ("kadry", "unseen", f"/requests/{number}"),
        ("kadry", "unseen", "/people/…/…"),
        ("auditor", "forbidden", f"/api/v1/requests/{number}/comments"),
        ("гость", "key", "/api/v1/requests"),
    ]


def test_whoever_keeps_knocking_does_not_fill_the_log(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    auditor = client(world, "auditor", [Role.AUDITOR])
    for _ in range(40):
        auditor.get("/admin")
    assert [json.loads(event.data).get("times", 1) for event in events(world, "refused.")] == [1, 2, 4, 8, 16, 32]
    monkeypatch.setattr("actions.accounts.refusals._MOST_AN_HOUR", 10)
    for number in range(20):
        auditor.get(f"/admin/users/{number}")
    assert len(events(world, "refused.forbidden")) == 10 and len(events(world, "refused.too-many")) == 1
    with world.installation.reading(by="тест") as work:
        assert audit.verify(work.session).ok
