"""Waiting at the login is no weapon: whom strangers' failures slow, and whom never."""

from __future__ import annotations

import threading

import pytest
from fastapi.testclient import TestClient

from actions.accounts import accounts, passwords
from models.account import Account, Role
from tests.web.apps import app_for
from tests.web.users import session_of
from tests.web.world import World
from web.shell import cookies

PASSWORD = "конь батарея скрепка"


def browser(world: World, address: str = "203.0.113.1") -> TestClient:
    return TestClient(
        app_for(world.installation),
        headers={"Sec-Fetch-Site": "same-origin"},
        client=(address, 1),
        follow_redirects=False,
    )


def log_in(page: TestClient, password: str = PASSWORD, login: str = "anna") -> int:
    return page.post("/login", data={"login": login, "password": password}).status_code


@pytest.fixture(autouse=True)
def anna(world: World) -> Account:
    hash = passwords.hashed(PASSWORD, login="anna")
    with world.installation.work(by="тест") as work:
        return accounts.create(
            work,
            login="anna",
            name="Анна",
            roles={Role.OFFICER},
            everywhere=True,
            password_hash=hash,
            password_by_other=False,
        )


def test_a_known_browser_never_waits_for_a_strangers_failures(world: World) -> None:
    mine = browser(world)
    assert log_in(mine) == 303
    mine.post("/logout")
    stranger = browser(world)  # behind the same address
    for _ in range(60):
        log_in(stranger, "не тот пароль")
    assert log_in(stranger) == 429
    assert log_in(mine) == 303


def test_who_is_at_another_address_does_not_wait_for_one_stranger(world: World) -> None:
    stranger = browser(world, "203.0.113.66")
    for _ in range(20):
        log_in(stranger, "не тот пароль")
    assert log_in(stranger) == 429
    assert log_in(browser(world, "198.51.100.7")) == 303


def test_one_login_is_not_guessed_from_many_addresses(world: World) -> None:
    answers = [log_in(browser(world, f"203.0.113.{number}"), "не тот пароль") for number in range(52)]
    assert answers == [401] * 50 + [429] * 2


def test_a_stolen_cookie_is_no_licence_to_guess(world: World) -> None:
    mine = browser(world)
    log_in(mine)
    thief = browser(world, "203.0.113.66")
    thief.cookies.set(cookies.KNOWN, mine.cookies[cookies.KNOWN])
    answers = [log_in(thief, "не тот пароль") for _ in range(40)]
    assert answers.index(429) <= 26 and set(answers[26:]) == {429}


def test_a_known_browser_is_known_for_its_own_user_only_and_forgotten_with_a_reset(world: World, anna: Account) -> None:
    mine = browser(world)
    log_in(mine)
    assert [log_in(mine, "не тот", login="root") for _ in range(7)] == [401] * 5 + [429] * 2
    session_of(world, "root")
    with world.installation.work(by="тест") as work:
        accounts.set_password(
            work, accounts.get(work, anna.id or 0), passwords.hashed("другая совсем фраза", login="anna"), by_other=True
        )
    assert [log_in(mine, "не тот") for _ in range(7)] == [401] * 5 + [429] * 2


def test_strangers_failures_do_not_stop_a_change_of_ones_own_password(world: World) -> None:
    mine = browser(world)
    log_in(mine)
    for number in range(60):
        log_in(browser(world, f"203.0.113.{number}"), "не тот пароль")
    form = {"present": PASSWORD, "password": "совсем новая фраза", "again": "совсем новая фраза"}
    assert mine.post("/account/password", data=form).status_code == 303


def test_a_crowd_of_strangers_holds_no_threads_and_nobody_known_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = browser(world)
    log_in(mine)
    hold, real = threading.Event(), passwords._fits
    monkeypatch.setattr(
        passwords, "_fits", lambda typed, stored: hold.wait(10) and False if typed == "чужой" else real(typed, stored)
    )
    answers: list[int] = []
    crowd = [
        threading.Thread(
            target=lambda n=n: answers.append(log_in(browser(world, f"203.0.113.{n}"), "чужой", f"login{n}"))
        )
        for n in range(20)
    ]
    for each in crowd:
        each.start()
    for each in crowd[:]:
        each.join(0.15)
    assert answers.count(503) == 12  # eight look or wait, the others are told at once
    assert log_in(mine) == 303
    hold.set()
    for each in crowd:
        each.join(10)
    assert sorted(answers) == [401] * 8 + [503] * 12
