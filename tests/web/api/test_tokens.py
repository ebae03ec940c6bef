"""The API's door: tokens, roles, organisations; and that cookies are no key."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.accounts import accounts, api_tokens
from models.account import ApiToken, Role
from models.audit import Event
from tests.web.api.calling import caller, token_of
from tests.web.apps import app_for
from tests.web.users import client, session_of
from tests.web.world import World, request_at
from web.shell.cookies import COOKIE

HEADERS = (None, b"", b"Bearer", b"Bearer ", b"Bearer no", b"Basic b2ZmaWNlcjo=", "bearer ключ".encode())


def test_without_a_token_nothing_is_told(world: World) -> None:
    stranger = TestClient(app_for(world.installation))
    for header, path in itertools.product(HEADERS, ("/api/v1/requests", "/api/v1/nowhere")):
        method = "GET" if header else "POST"
        answer = stranger.request(method, path, headers={} if header is None else {"Authorization": header})
        assert answer.status_code == 401, (header, path)
        assert answer.headers["www-authenticate"] == 'Bearer realm="egisz-access"'
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "/api/problems/unauthorized"


def test_a_session_is_no_key_and_a_token_none_to_pages(world: World, api: TestClient) -> None:
    browser = client(world)
    assert browser.get("/api/v1/requests").status_code == 401
    assert browser.post("/api/v1/requests", json={}).status_code == 401
    assert api.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize(
    ("headers", "with_cookie", "status"),
    [
        ({}, False, 422),  # a program: no browser's header at all
        ({"Origin": "https://evil.example"}, False, 422),  # it has a token, which no other site could send with a form
        ({"Origin": "https://evil.example"}, True, 403),  # a browser that is logged in: the usual rule
        ({"Sec-Fetch-Site": "cross-site"}, True, 403),
        ({"Sec-Fetch-Site": "same-origin"}, True, 422),
    ],
)
def test_only_calls_without_a_session_are_spared_the_question_of_origin(
    world: World, api: TestClient, headers: dict[str, str], with_cookie: bool, status: int
) -> None:
    if with_cookie:
        api.cookies.set(COOKIE, session_of(world))
    assert api.post("/api/v1/requests", json={}, headers=headers).status_code == status


def test_pages_keep_asking_where_a_form_comes_from(api: TestClient) -> None:
    assert api.post("/account/tokens", data={"use": "api"}).status_code == 403
    assert api.post("/api/v2/x").status_code == 403


def test_a_token_dies_when_revoked_when_its_time_is_over_and_with_its_account(world: World) -> None:
    shown = {}
    for login in ("revoked", "old", "off"):
        shown[login] = token_of(world, login, {Role.AUDITOR}, days=30 if login == "old" else 300)
    stranger = TestClient(app_for(world.installation))

    def status(login: str) -> int:
        return stranger.get("/api/v1/account", headers={"Authorization": f"Bearer {shown[login]}"}).status_code

    assert [status(login) for login in shown] == [200, 200, 200]
    world.clock.now += dt.timedelta(days=31)
    with world.installation.work(by="тест") as work:
        accounts.create(work, login="chief", name="Главный", roles={Role.ADMINISTRATOR}, everywhere=True)
        account = accounts.find(work, "revoked")
        off = accounts.find(work, "off")
        assert account and off
        api_tokens.revoke(work, account, api_tokens.of(work, account, "api")[0].id or 0)
        accounts.change(
            work, off, name=off.name, roles={Role.AUDITOR}, email="", everywhere=True, organisation_ids=(), active=False
        )
    assert [status(login) for login in shown] == [401, 401, 401]


def test_only_the_hash_is_kept_and_the_use_is_noted(world: World, api: TestClient) -> None:
    secret = api.headers["Authorization"].removeprefix("Bearer ")
    assert secret.startswith("egisz_") and len(secret) > 45
    me = api.get("/api/v1/account").json()
    assert (me["login"], me["roles"], me["everywhere"]) == ("officer", ["officer", "administrator"], True)
    assert me["token"]["name"] == "МИС"
    with world.installation.reading(by="тест") as work:
        row = work.session.exec(select(ApiToken)).one()
        assert secret not in row.token_hash and row.used_at == world.clock.now
        assert all(secret not in event.data for event in work.session.exec(select(Event)))


ROLES = {
    ("GET", "/requests"): {Role.OFFICER, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR},
    ("POST", "/requests"): {Role.OFFICER},
    ("POST", "/requests/1/steps/validate"): {Role.OFFICER},
    ("POST", "/requests/1/comments"): {Role.OFFICER, Role.MANAGER},
    ("POST", "/people/search"): {Role.OFFICER, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR},
    ("POST", "/requests/search"): set(Role),
    ("POST", "/organisations/search"): set(Role),
    ("POST", "/holders/search"): set(Role),
    ("POST", "/triage/1"): {Role.OFFICER},
    ("POST", "/organisations"): {Role.OFFICER},
    ("GET", "/audit/events"): {Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR},
    ("GET", "/admin/webhooks"): {Role.ADMINISTRATOR},
    ("POST", "/admin/webhooks"): {Role.ADMINISTRATOR},
}


@pytest.mark.parametrize("role", list(Role))
def test_roles_are_those_of_the_pages(world: World, role: Role) -> None:
    program = caller(world, role.value, {role})
    for (method, path), roles in ROLES.items():
        answer = program.request(method, f"/api/v1{path}", json={} if method == "POST" else None)
        assert (answer.status_code == 403) == (role not in roles), (method, path, answer.text)


def test_foreign_organisations_do_not_exist_for_a_token(world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work).id or 0
    program = caller(world, "narrow", {Role.OFFICER, Role.AUDITOR}, organisations=[])
    assert program.get("/api/v1/requests").json() == {"items": [], "next": None}
    assert program.get("/api/v1/organisations").json()["items"] == []
    assert program.get("/api/v1/holders").json()["items"] == []
    assert program.get("/api/v1/audit/events").json()["items"] == []
    assert program.post("/api/v1/people/search", json={"text": "Иванова"}).json() == []
    for path in (
        f"/requests/{number}",
        f"/requests/{number}/findings",
        f"/requests/{number}/comments",
        "/organisations/1",
        "/people/1",
    ):
        assert program.get(f"/api/v1{path}").status_code == 404, path
    for path, body in (
        (f"/requests/{number}/steps/validate", {"revision": 0}),
        (f"/requests/{number}/comments", {"text": "Привет"}),
        (f"/requests/{number}/logins", {"proven": False}),
    ):
        assert program.post(f"/api/v1{path}", json=body).status_code == 404, path
    hidden = program.post("/api/v1/organisations", json={"inn": "7707083893"})
    assert hidden.status_code == 409 and "нет в вашем списке" in hidden.json()["detail"]


def test_a_password_reset_by_somebody_else_ends_the_keys_too_and_ones_own_change_does_not(world: World) -> None:
    call = caller(world, "anna", [Role.OFFICER])
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "anna")
        assert account is not None
        accounts.set_password(work, account, "own", by_other=False)
    assert call.get("/api/v1/requests").status_code == 200
    with world.installation.work(by="тест") as work:
        accounts.set_password(work, accounts.get(work, account.id or 0), "reset", by_other=True)
    assert call.get("/api/v1/requests").status_code == 401
