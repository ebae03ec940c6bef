"""Logging in, being slowed, choosing a password, and what each role may do."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.accounts import accounts, passwords, sessions
from actions.accounts.accounts import BadAccount
from actions.accounts.passwords import WeakPassword
from actions.context import Conflict
from actions.log import audit
from models.account import Account, FailedLogin, Role
from tests.web.apps import app_for
from tests.web.routes import routes
from tests.web.users import client, session_of
from tests.web.world import World, clinic, request_at
from web.shell.cookies import COOKIE
from web.shell.door import is_public
from web.shell.permissions import roles_for
from wiring.page_key import page_key

PASSWORD = "конь батарея скрепка"


@pytest.fixture
def anna(world: World) -> Account:
    hash = passwords.hashed(PASSWORD, login="anna")
    with world.installation.work(by="тест") as work:
        return accounts.create(
            work,
            login="anna",
            name="Королёва Анна",
            roles={Role.OFFICER},
            everywhere=True,
            password_hash=hash,
            password_by_other=False,
        )


def log_in(browser: TestClient, password: str = PASSWORD, login: str = "anna", next: str = "") -> int:
    form = {"login": login, "password": password, "next": next}
    return browser.post("/login", data=form, follow_redirects=False).status_code


def test_the_right_password_opens_the_page_that_was_wanted(stranger: TestClient, anna: Account, world: World) -> None:
    answer = stranger.post(
        "/login", data={"login": " Anna ", "password": PASSWORD, "next": "/triage"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/triage")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    assert "Королёва Анна" in stranger.get("/triage").text
    with world.installation.reading(by="тест") as work:
        assert [event["action"] for event in audit.export(work.session)] == ["account.created", "account.logged-in"]


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_the_login_never_leads_to_another_site(stranger: TestClient, anna: Account, next: str) -> None:
    answer = stranger.post("/login", data={"login": "anna", "password": PASSWORD, "next": next}, follow_redirects=False)
    assert answer.headers["location"] == "/"


def test_a_wrong_password_and_a_login_that_is_not_there_are_told_alike(stranger: TestClient, anna: Account) -> None:
    told = [
        re.sub(r'value="\w+"', "", stranger.post("/login", data={"login": login, "password": "не тот пароль"}).text)
        for login in ("anna", "nobody")
    ]
    assert told[0] == told[1] and "Логин или пароль не подходит" in told[0]


def test_a_session_is_kept_as_a_hash_only(world: World) -> None:
    token = session_of(world)
    assert token.encode() not in (world.installation.settings.home / "egisz-access.sqlite3").read_bytes()


def test_guessing_is_slowed_and_the_right_password_waits_too(stranger: TestClient, anna: Account, world: World) -> None:
    assert [log_in(stranger, "не тот пароль") for _ in range(5)] == [401] * 5
    slowed = stranger.post("/login", data={"login": "anna", "password": PASSWORD})
    assert (slowed.status_code, slowed.headers["retry-after"]) == (429, "2")
    assert "Повторите через 2 с" in slowed.text
    world.clock.now += dt.timedelta(seconds=2)
    assert log_in(stranger, "снова не тот") == 401
    world.clock.now += dt.timedelta(seconds=3)
    assert log_in(stranger) == 429  # each failure doubles the wait
    world.clock.now += dt.timedelta(seconds=1)
    assert log_in(stranger) == 303
    assert [log_in(stranger, "не тот пароль") for _ in range(5)] == [401] * 5


def test_failures_of_the_day_before_are_cleared_away_by_whoever_logs_in(
    stranger: TestClient, anna: Account, world: World
) -> None:
    def kept() -> int:
        with world.installation.reading(by="тест") as work:
            return len(work.session.exec(select(FailedLogin)).all())

    assert [log_in(stranger, login="nobody"), log_in(stranger, login="somebody")] == [401, 401]
    logins = kept()
    world.clock.now += dt.timedelta(hours=23)
    assert log_in(stranger) == 303 and kept() == logins
    world.clock.now += dt.timedelta(hours=2)
    assert log_in(stranger) == 303 and kept() == 1  # the address was seen again meanwhile


def test_one_address_cannot_try_many_logins(
    stranger: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "fits", lambda *_, **__: False)
    answers = [log_in(stranger, login=f"login{number}") for number in range(31)]
    assert answers == [401] * 30 + [429]


def test_whoever_is_switched_off_is_out_at_once(stranger: TestClient, anna: Account, world: World) -> None:
    assert log_in(stranger) == 303
    session_of(world, "root")
    with world.installation.work(by="тест") as work:
        accounts.change(
            work,
            accounts.get(work, anna.id or 0),
            name="Анна",
            roles={Role.OFFICER},
            email="",
            everywhere=True,
            organisation_ids=(),
            active=False,
        )
    assert stranger.get("/", follow_redirects=False).status_code == 303
    assert log_in(stranger) == 401


def test_logging_out_ends_the_session_not_only_the_cookie(officer: TestClient) -> None:
    token = officer.cookies[COOKIE]
    officer.post("/logout")
    officer.cookies.set(COOKIE, token)
    assert officer.get("/", follow_redirects=False).headers["location"] == "/login"


def test_logging_in_anew_ends_the_former_session(stranger: TestClient, anna: Account, world: World) -> None:
    log_in(stranger)
    former = stranger.cookies[COOKIE]
    log_in(stranger)
    assert stranger.cookies[COOKIE] != former
    assert stranger.get("/", follow_redirects=False).status_code == 200
    thief = TestClient(app_for(world.installation), cookies={COOKIE: former})
    assert thief.get("/", follow_redirects=False).status_code == 303


def test_a_password_given_by_somebody_else_is_changed_first(stranger: TestClient, anna: Account, world: World) -> None:
    hash = passwords.hashed("выдан на первый раз", login="anna")
    with world.installation.work(by="тест") as work:
        accounts.set_password(work, accounts.get(work, anna.id or 0), hash, by_other=True)
    log_in(stranger, "выдан на первый раз")
    assert stranger.get("/", follow_redirects=False).headers["location"] == "/account/password"
    change = {"present": "выдан на первый раз", "password": PASSWORD, "again": PASSWORD}
    other = TestClient(app_for(world.installation), headers={"Sec-Fetch-Site": "same-origin"})
    log_in(other, "выдан на первый раз")
    assert stranger.post("/account/password", data=change, follow_redirects=False).status_code == 303
    assert stranger.get("/", follow_redirects=False).status_code == 200
    assert other.get("/", follow_redirects=False).status_code == 303  # every other session is over


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"present": "не тот"}, "Нынешний пароль не подходит"),
        ({"again": "другой совсем"}, "не совпали"),
        ({"password": "коротко", "again": "коротко"}, "не меньше 10"),
        ({"password": PASSWORD, "again": PASSWORD}, "такой же"),
        ({"password": "anna123456", "again": "anna123456"}, "слишком простой"),
        ({"password": "Пароль2026!", "again": "Пароль2026!"}, "слишком простой"),
        ({"password": "Садовой-2026", "again": "Садовой-2026"}, "слишком простой"),
    ],
)  # fmt: skip
def test_a_new_password_is_refused_with_its_reason(
    stranger: TestClient, anna: Account, world: World, change: dict[str, str], told: str
) -> None:
    with world.installation.work(by="тест") as work:
        clinic(work)
    log_in(stranger)
    form = {"present": PASSWORD, "password": "совсем новая фраза", "again": "совсем новая фраза"} | change
    answer = stranger.post("/account/password", data=form)
    assert answer.status_code == 422 and told in answer.text


def test_first_administrator_is_made_once_and_only_with_the_key(stranger: TestClient, world: World) -> None:
    form = {"login": "root", "name": "Главный", "password": PASSWORD, "again": PASSWORD, "email": ""}
    assert stranger.post("/setup", data={**form, "key": "не тот"}).status_code == 403
    key = page_key(world.installation.policy.link_secret)
    assert "Первый администратор" in stranger.get("/setup", params={"key": key}).text
    wrong = stranger.post("/setup", data={**form, "key": key, "again": "другой"})
    assert wrong.status_code == 422 and 'value="root"' in wrong.text  # what was typed is kept
    assert stranger.post("/setup", data={**form, "key": key}, follow_redirects=False).status_code == 303
    assert stranger.get("/").status_code == 200
    again = stranger.post("/setup", data={**form, "login": "second", "key": key}, follow_redirects=False)
    assert again.headers["location"] == "/login"
    with world.installation.reading(by="тест") as work:
        assert [account.roles for account in accounts.listed(work)] == [["officer", "administrator"]]


def test_an_account_needs_a_login_a_name_a_role_and_an_administrator_stays(world: World) -> None:
    with world.installation.work(by="тест") as work:
        with pytest.raises(BadAccount, match="Логин"):
            accounts.create(work, login="Анна", name="Анна", roles={Role.OFFICER})
        with pytest.raises(BadAccount, match="имя"):
            accounts.create(work, login="anna", name=" ", roles={Role.OFFICER})
        with pytest.raises(BadAccount, match="роль"):
            accounts.create(work, login="anna", name="Анна", roles=set())
        root = accounts.create(work, login="root", name="Главный", roles={Role.ADMINISTRATOR})
        with pytest.raises(Conflict, match="занят"):
            accounts.create(work, login="ROOT", name="Другой", roles={Role.OFFICER})
    with pytest.raises(Conflict, match="последний"), world.installation.work(by="тест") as work:
        accounts.change(
            work,
            accounts.get(work, root.id or 0),
            name="Главный",
            roles={Role.OFFICER},
            email="",
            everywhere=True,
            organisation_ids=(),
            active=True,
        )


@pytest.mark.parametrize("password", ["aaaaaaaaaaaa", "0123456789", "x" * 201])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.hashed(password, login="anna")


def test_a_user_ends_his_other_sessions_and_chooses_his_colours(officer: TestClient, world: World) -> None:
    session_of(world)
    assert officer.get("/account").text.count("Chrome, Windows") == 2
    officer.post("/account/sessions/end")
    officer.post("/account/theme", data={"theme": "dark"})
    text = officer.get("/account").text
    assert text.count("Chrome, Windows") == 1 and 'data-theme="dark"' in text


ADDRESSES = {
    "/admin": {Role.ADMINISTRATOR}, "/audit": {Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR}, "/": set(Role),
    "/requests/new": {Role.OFFICER}, "/api/v1/audit/events": {Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR},
}  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("address", list(ADDRESSES))
def test_who_may_look_where(role: Role, address: str) -> None:
    assert (role in roles_for("GET", address)) is (role in ADDRESSES[address])


def test_only_officers_act_and_managers_comment() -> None:
    assert roles_for("POST", "/requests/1/steps/send") == {Role.OFFICER}
    assert roles_for("POST", "/api/v1/requests/1/steps/send") == {Role.OFFICER}
    assert roles_for("POST", "/requests/1/comments") == {Role.OFFICER, Role.MANAGER}
    assert roles_for("POST", "/anything/new") == {Role.OFFICER}


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGER])
def test_no_address_of_the_page_lets_an_onlooker_change_anything(world: World, role: Role) -> None:
    """Every route that takes a form, as the application has it: what is new is closed until it is listed."""
    with world.installation.work(by="тест") as work:
        request_at(work)
    onlooker = client(world, role.value, [role])
    free = ("/account", "/requests/{number:int}/comments" if role is Role.MANAGER else "/account")
    tried = 0
    for route in routes(app_for(world.installation)):
        if "POST" in (route.methods or ()) and not route.path.startswith(free):
            path = re.sub(r"\{[^}]+\}", "1", route.path)
            if not is_public(path) and path not in ("/logout", "/find"):  # going out, and looking for something
                tried += 1
                assert onlooker.post(path).status_code == 403, route.path
    assert tried >= 10


def test_idle_sessions_are_cleared_on_the_way(world: World) -> None:
    session_of(world)
    world.clock.now += dt.timedelta(days=8)
    session_of(world)
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "officer")
        assert account is not None and len(sessions.of(work, account)) == 1
