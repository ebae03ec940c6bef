"""The second step of the login: codes of an app, recovery codes, and who must have it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.accounts import accounts, passwords, recovery_codes
from models.account import Role, SecondFactor
from tests.web.apps import app_for
from tests.web.users import session_of
from tests.web.world import World
from web.shell.cookies import COOKIE
from wiring.settings import AccountsPart

PASSWORD = "конь батарея скрепка"


def made(world: World, login: str = "anna", roles: Collection[Role] = (Role.OFFICER,)) -> int:
    hash = passwords.hashed(PASSWORD, login=login)
    with world.installation.work(by="тест") as work:
        return (
            accounts.create(
                work,
                login=login,
                name="Анна",
                roles=set(roles),
                everywhere=True,
                password_hash=hash,
                password_by_other=False,
            ).id
            or 0
        )


def browser(world: World) -> TestClient:
    return TestClient(app_for(world.installation), headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)


def log_in(page: TestClient, next: str = "", login: str = "anna") -> str:
    answer = page.post("/login", data={"login": login, "password": PASSWORD, "next": next})
    return answer.headers.get("location", str(answer.status_code))


def code(world: World, secret: str, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).at(world.clock.now + dt.timedelta(seconds=ahead))


def prove(page: TestClient, **proof: str) -> int:
    """What everybody does before changing how he logs in."""
    return page.post("/account/second-step/prove", data=proof).status_code


def set_up(world: World, page: TestClient) -> tuple[str, list[str]]:
    """(the app's secret, recovery codes)"""
    assert prove(page, present=PASSWORD) == 303
    begun = page.post("/account/second-step/begin").text
    secret = re.search(r'class="secret"[^>]*>(\w+)<', begun)
    assert (
        secret
        and "<svg" in begun
        and "http" not in re.sub(r'xmlns="[^"]+"', "", begun.split("<svg")[1].split("</svg>")[0])
    )
    done = page.post("/account/second-step/confirm", data={"code": code(world, secret[1])}).text
    world.clock.now += dt.timedelta(minutes=1)
    return secret[1], re.findall(r"<code>([a-z0-9-]{29})</code>", done)


@pytest.fixture
def anna(world: World) -> tuple[str, list[str]]:
    made(world)
    page = browser(world)
    assert log_in(page) == "/"
    return set_up(world, page)


def test_the_password_alone_opens_nothing_any_more(world: World, anna: tuple[str, list[str]]) -> None:
    page = browser(world)
    assert log_in(page, "/triage") == "/login/second?next=%2Ftriage"
    for path in ("/", "/account", "/account/second-step", "/api/v1/requests", "/requests/1"):
        assert page.get(path).status_code in (303, 401), path
    assert page.post("/account/second-step/off", data={"code": "000000"}).headers["location"].startswith("/login")
    half = page.cookies[COOKIE]
    answer = page.post("/login/second", data={"code": code(world, anna[0]), "next": "/triage"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/triage")
    assert page.get("/triage").status_code == 200
    page.cookies.clear()
    page.cookies.set(COOKIE, half)
    assert page.get("/triage").status_code == 303  # the token that was known before is none


def test_a_code_opens_once_and_only_around_its_half_minute(world: World, anna: tuple[str, list[str]]) -> None:
    secret, _ = anna
    first, second = browser(world), browser(world)
    taken = code(world, secret)
    for page in (first, second):
        log_in(page)
    for wrong in (code(world, secret, 90), code(world, secret, -90), "123", "", "1234567", "١٢٣٤٥٦"):
        assert first.post("/login/second", data={"code": wrong}).status_code in (401, 429)
        world.clock.now += dt.timedelta(seconds=1)
    world.clock.now += dt.timedelta(minutes=1)
    first.post("/login/second", data={"code": "нет"})
    log_in(first)
    world.clock.now += dt.timedelta(minutes=1)
    taken = code(world, secret)
    assert first.post("/login/second", data={"code": f" {taken[:3]} {taken[3:]}"}).status_code == 303
    assert second.post("/login/second", data={"code": taken}).status_code == 401
    assert second.post("/login/second", data={"code": code(world, secret, -30)}).status_code == 401  # nor an older one


def test_a_new_password_from_an_administrator_does_not_pass_it_by(world: World, anna: tuple[str, list[str]]) -> None:
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "anna")
        assert account is not None
        accounts.set_password(work, account, account.password_hash or "", by_other=True)
    page = browser(world)
    assert log_in(page).startswith("/login/second")
    assert page.get("/account/password").headers["location"].startswith("/login")


def test_a_recovery_code_opens_once(world: World, anna: tuple[str, list[str]]) -> None:
    _, codes = anna
    assert len(set(codes)) == recovery_codes.CODES
    assert all(len(each.replace("-", "")) * math.log2(31) > 112 for each in codes)  # bits: a plain digest is enough
    for expected in (303, 401):
        page = browser(world)
        log_in(page)
        assert page.post("/login/second", data={"code": codes[0].upper().replace("-", " ")}).status_code == expected


def test_guessing_codes_is_slowed_and_the_half_session_ends_by_itself(
    world: World, anna: tuple[str, list[str]]
) -> None:
    page = browser(world)
    log_in(page)
    answers = [page.post("/login/second", data={"code": f"{number:06}"}).status_code for number in range(8)]
    assert answers[:5] == [401] * 5 and answers[5:] == [429] * 3
    other = browser(world)
    log_in(other)
    assert (
        other.post("/login/second", data={"code": code(world, anna[0])}).status_code == 429
    )  # a new half session is no new try
    world.clock.now += dt.timedelta(minutes=11)
    assert page.post("/login/second", data={"code": code(world, anna[0])}).headers["location"] == "/login"


def test_neither_secret_nor_codes_are_in_the_database(world: World, anna: tuple[str, list[str]]) -> None:
    secret, codes = anna
    kept = b"".join(path.read_bytes() for path in world.installation.settings.home.glob("egisz-access.sqlite3*"))
    assert not any(each.encode() in kept for each in (secret, *codes, *(one.replace("-", "") for one in codes)))


def test_an_open_session_does_not_take_the_step_off_and_a_code_does(world: World, anna: tuple[str, list[str]]) -> None:
    page = browser(world)
    page.cookies.set(COOKIE, session_of(world, "anna"))
    assert prove(page, code="000000") == prove(page, present=PASSWORD) == prove(page, answer="{}") == 422
    for change in ("off", "codes", "app/off", "begin", "keys/begin", "keys", "confirm"):
        assert page.post(f"/account/second-step/{change}", data={"code": anna[1][0]}).status_code in (403, 422), change
    assert prove(page, code=anna[1][0]) == 303
    fresh = page.post("/account/second-step/codes").text
    assert anna[1][1] not in fresh and fresh.count("<code>") == recovery_codes.CODES
    other = browser(world)
    other.cookies.set(COOKIE, session_of(world, "anna"))
    assert prove(other, code=anna[1][1]) == 422  # the former ones are none
    assert other.post("/account/second-step/off").status_code == 403  # proven is one session, not the account
    world.clock.now += dt.timedelta(minutes=16)
    assert page.post("/account/second-step/off").status_code == 403  # and not for long
    assert prove(page, code=code(world, anna[0])) == 303
    assert page.post("/account/second-step/off").status_code == 303
    assert log_in(browser(world)) == "/"


def test_begun_and_not_confirmed_changes_nothing(world: World) -> None:
    made(world)
    page = browser(world)
    log_in(page)
    prove(page, present=PASSWORD)
    page.post("/account/second-step/begin")
    assert page.post("/account/second-step/confirm", data={"code": "000000"}).status_code == 422
    assert log_in(browser(world)) == "/"


def test_an_open_session_binds_no_strangers_phone(world: World) -> None:
    made(world)
    page = browser(world)
    log_in(page)
    for data in ({}, {"present": "не тот пароль"}):
        answer = page.post("/account/second-step/prove", data=data)
        assert answer.status_code == 422 and "Нынешний пароль не подходит" in answer.text
        assert page.post("/account/second-step/begin").status_code == 403
    for _ in range(8):  # nor by asking for the second half without the first, until it has to wait
        assert 'class="secret"' not in page.post("/account/second-step/confirm", data={"code": "000000"}).text
    with world.installation.reading(by="тест") as work:
        assert work.session.execute(select(SecondFactor)).first() is None


def test_what_was_begun_and_left_is_over(world: World) -> None:
    made(world)
    page = browser(world)
    log_in(page)
    prove(page, present=PASSWORD)
    found = re.search(r'class="secret"[^>]*>(\w+)<', page.post("/account/second-step/begin").text)
    assert found
    world.clock.now += dt.timedelta(hours=1)
    assert prove(page, present=PASSWORD) == 303
    assert page.post("/account/second-step/confirm", data={"code": code(world, found[1])}).status_code == 404


@pytest.mark.parametrize(
    ("obliged", "roles", "must"),
    [
        ("wish", {Role.ADMINISTRATOR}, False), ("administrators", {Role.OFFICER}, False),
        ("administrators", {Role.ADMINISTRATOR, Role.OFFICER}, True), ("everybody", {Role.AUDITOR}, True),
    ],
)  # fmt: skip
def test_the_setting_obliges(world: World, obliged: str, roles: set[Role], must: bool) -> None:
    settings = world.installation.settings
    world.installation.take_up(settings.model_copy(update={"accounts": AccountsPart(second_step=obliged)}))  # type: ignore[arg-type]
    made(world, roles=roles)
    page = browser(world)
    log_in(page)
    for path in ("/", "/account", "/account/tokens"):
        assert (page.get(path).headers.get("location") == "/account/second-step") is must, path
    if must:
        assert "обязателен" in page.get("/account/second-step").text
        set_up(world, page)
        assert page.get("/account").status_code == 200


def test_an_administrator_takes_it_off_a_lost_phone_and_every_session_ends(
    world: World, anna: tuple[str, list[str]]
) -> None:
    page, root = browser(world), browser(world)
    log_in(page)
    page.post("/login/second", data={"code": anna[1][0]})
    root.cookies.set(COOKIE, session_of(world, "root", [Role.ADMINISTRATOR]))
    with world.installation.reading(by="тест") as work:
        account = accounts.find(work, "anna")
    assert account is not None and "Снять второй шаг" in root.get(f"/admin/users/{account.id}").text
    assert root.post(f"/admin/users/{account.id}/second-step/off").status_code == 303
    assert page.get("/").status_code == 303 and log_in(browser(world)) == "/"


def test_a_database_brought_from_elsewhere_tells_why_and_takes_recovery_codes(
    world: World, anna: tuple[str, list[str]]
) -> None:
    with world.installation.work(by="тест") as work:
        row = work.session.exec(select(SecondFactor)).one()
        row.secret = "gAAAAABnot-ours"
    page = browser(world)
    log_in(page)
    answer = page.post("/login/second", data={"code": "123456"})
    assert answer.status_code == 409 and "запасному коду" in answer.text
    assert page.post("/login/second", data={"code": anna[1][0]}).status_code == 303
