"""Passkeys as the second step: what a device signs opens once, here, for its own user; everything else is refused."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from actions.accounts import accounts, passkeys
from actions.context import Conflict
from models.account import Passkey, RecoveryCode, Role
from models.audit import Event
from tests.web.authenticator import Device
from tests.web.pages.test_second_step import PASSWORD, browser, code, log_in, made, prove
from tests.web.users import session_of
from tests.web.world import World
from web.shell.cookies import COOKIE
from wiring.settings import AccountsPart, PagePart

ORIGIN, NAME = "http://localhost", "localhost"


@pytest.fixture
def world(world: World) -> World:
    """Keys work at an address with a name only."""
    world.installation.take_up(world.installation.settings.model_copy(update={"page": PagePart(public_url=ORIGIN)}))
    return world


def device(**more: object) -> Device:
    return Device(ORIGIN, NAME, **more)  # type: ignore[arg-type]


def asked(page: TestClient, path: str = "/login/second/key") -> dict[str, object]:
    answer = page.post(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def added(page: TestClient, key: Device, name: str = "Телефон") -> str:
    answer = page.post(
        "/account/second-step/keys",
        data={"name": name, "answer": key.create(asked(page, "/account/second-step/keys/begin"))},
    )
    assert answer.status_code == 200, re.sub(r"<[^>]+>", "", answer.text)
    return str(answer.text)


def enrolled(world: World, login: str = "anna", **more: object) -> tuple[Device, list[str]]:
    """(the user's device, recovery codes)"""
    made(world, login)
    page, key = browser(world), device(**more)
    log_in(page, login=login)
    assert prove(page, present=PASSWORD) == 303
    return key, re.findall(r"<code>([a-z0-9-]{29})</code>", added(page, key))


def halfway(world: World, login: str = "anna") -> TestClient:
    page = browser(world)
    assert log_in(page, login=login).startswith("/login/second")
    return page


def entered(page: TestClient, answer: str) -> int:
    return page.post("/login/second", data={"answer": answer}).status_code


def recorded(world: World, action: str) -> list[str]:
    with world.installation.reading(by="тест") as work:
        return [event.subject for event in work.session.exec(select(Event).where(Event.action == action))]


def test_the_password_alone_opens_nothing_and_the_key_does_each_time_anew(world: World) -> None:
    key, codes = enrolled(world)
    assert len(codes) == 10
    for _ in range(2):
        page = halfway(world)
        assert page.get("/").status_code == 303 and "ключ доступа" in page.get("/login/second").text
        options = asked(page)
        assert options["userVerification"] == "required" and options["rpId"] == NAME
        answer = page.post("/login/second", data={"answer": key.sign(options), "next": "/account"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert page.get("/account").status_code == 200
    page = halfway(world)
    assert (
        page.post("/login/second", data={"code": codes[0]}).status_code == 303
    )  # and whoever has lost it has the codes
    assert recorded(world, "account.passkey-added") == recorded(world, "account.second-step-on")


def test_an_answer_opens_once(world: World) -> None:
    """Neither in its own session nor in another one; and the question is over after a wrong answer, and after five minutes."""
    key, _ = enrolled(world, counts=0)
    first, second = halfway(world), halfway(world)
    options = asked(first)
    answer = key.sign(options)
    asked(second)
    assert entered(second, answer) == 401
    assert entered(first, answer) == 303
    assert entered(halfway(world), answer) == 401
    page = halfway(world)
    options = asked(page)
    assert entered(page, "{}") == 401 and entered(page, key.sign(options)) == 401
    options = asked(page)
    world.clock.now += dt.timedelta(minutes=5)
    assert entered(page, key.sign(options)) == 401
    assert entered(page, key.sign(asked(page))) == 303
    assert recorded(world, "refused.passkey")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda key: setattr(key, "origin", "https://evil.example"),
        lambda key: setattr(key, "origin", "http://localhost:8001"),
        lambda key: setattr(key, "name", "evil.example"),
        lambda key: setattr(key, "verifies", False),
        lambda key: key.client.update(crossOrigin=True),
        lambda key: key.client.update(type="webauthn.create"),
        lambda key: key.client.update(challenge="AAAA"),
        lambda key: setattr(key, "key", device().key),
        lambda key: setattr(key, "handle", "AAAA"),
    ],
    ids=["origin", "port", "name", "unverified", "cross-origin", "kind", "challenge", "signature", "handle"],
)
def test_what_a_device_signs_elsewhere_opens_nothing(world: World, wrong: Callable[[Device], None]) -> None:
    key, _ = enrolled(world)
    wrong(key)
    page = halfway(world)
    assert entered(page, key.sign(asked(page))) == 401
    assert page.get("/").status_code == 303
    assert recorded(world, "refused.passkey") == recorded(world, "account.passkey-added")


def test_one_users_key_opens_no_other_account(world: World) -> None:
    anna, _ = enrolled(world)
    boris, _ = enrolled(world, "boris")
    page = halfway(world, "boris")
    assert entered(page, anna.sign(asked(page))) == 401
    anna.handle = boris.handle
    assert entered(page, anna.sign(asked(page))) == 401
    with world.installation.reading(by="тест") as work:
        number = work.session.exec(select(Passkey).order_by(Passkey.id)).first().id  # type: ignore[union-attr,arg-type]
    page = browser(world)
    page.cookies.set(COOKIE, session_of(world, "boris"))
    options = asked(page, "/account/second-step/prove/key")
    assert prove(page, answer=boris.sign(options)) == 303
    assert page.post(f"/account/second-step/keys/{number}/remove").status_code == 404
    stolen = device()
    stolen.credential = anna.credential
    answer = page.post(
        "/account/second-step/keys",
        data={"name": "Чужой", "answer": stolen.create(asked(page, "/account/second-step/keys/begin"))},
    )
    assert answer.status_code == 422 and "уже добавлен" in answer.text


def test_a_copy_of_a_key_is_refused_and_recorded(world: World) -> None:
    key, _ = enrolled(world)
    copy = key.copied()
    page = halfway(world)
    assert entered(page, key.sign(asked(page))) == 303
    page = halfway(world)
    answer = page.post("/login/second", data={"answer": copy.sign(asked(page))})
    assert answer.status_code == 401 and "копия" in answer.text
    assert len(recorded(world, "refused.passkey-copy")) == 1
    assert entered(page, key.sign(asked(page))) == 303  # the original counted on


@pytest.mark.parametrize(
    "wrong",
    [
        lambda key: setattr(key, "origin", "https://evil.example"),
        lambda key: setattr(key, "name", "evil.example"),
        lambda key: setattr(key, "verifies", False),
        lambda key: key.client.update(challenge="AAAA"),
        lambda key: key.client.update(crossOrigin=True),
        lambda key: key.client.update(type="webauthn.get"),
    ],
)
def test_a_key_made_elsewhere_is_not_added(world: World, wrong: Callable[[Device], None]) -> None:
    made(world)
    page, key = browser(world), device()
    log_in(page)
    prove(page, present=PASSWORD)
    wrong(key)
    options = asked(page, "/account/second-step/keys/begin")
    answer = page.post("/account/second-step/keys", data={"name": "Телефон", "answer": key.create(options)})
    assert answer.status_code == 422 and "не подтвердил" in answer.text
    good = device().create(options)
    again = page.post("/account/second-step/keys", data={"name": "Телефон", "answer": good})
    assert again.status_code == 422 and "Время вышло" in again.text  # what was asked was over with the first answer
    assert log_in(browser(world)) == "/"


@pytest.mark.parametrize("fmt", ["fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "made-up"])
def test_no_chain_of_certificates_is_read(world: World, fmt: str) -> None:
    made(world)
    page = browser(world)
    log_in(page)
    prove(page, present=PASSWORD)
    answer = device().create(asked(page, "/account/second-step/keys/begin"), fmt)
    assert page.post("/account/second-step/keys", data={"name": "Телефон", "answer": answer}).status_code == 422


def test_keys_are_named_listed_and_removed_and_the_last_takes_the_step_along(world: World) -> None:
    key, _ = enrolled(world)
    page = browser(world)
    page.cookies.set(COOKIE, session_of(world, "anna"))
    assert page.post("/account/second-step/keys/begin").status_code == 403  # an open session adds none
    assert prove(page, answer=key.sign(asked(page, "/account/second-step/prove/key"))) == 303
    assert page.post("/account/second-step/keys", data={"name": " ", "answer": "{}"}).status_code == 422
    assert not re.search("<code>", added(page, device(), "  Сейф   <b>"))  # the codes stay what they were
    shown = page.get("/account/second-step").text
    assert "Сейф &lt;b&gt;" in shown and "Телефон" in shown and "Осталось: 10" in shown
    numbers = keys_of(world)
    assert [page.post(f"/account/second-step/keys/{number}/remove").status_code for number in numbers] == [303, 303]
    assert page.post(f"/account/second-step/keys/{numbers[0]}/remove").status_code == 404
    assert log_in(browser(world)) == "/" and keys_of(world) == []
    with world.installation.reading(by="тест") as work:
        assert work.session.exec(select(RecoveryCode)).first() is None


def keys_of(world: World) -> list[int]:
    with world.installation.reading(by="тест") as work:
        return [key.id or 0 for key in work.session.exec(select(Passkey))]


def test_nobody_keeps_more_keys_than_he_can_tell_apart(world: World) -> None:
    enrolled(world)
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "anna")
        assert account is not None
        work.session.add_all(
            Passkey(account_id=account.id or 0, credential=f"c{index}", public_key="", name="Ключ", created_at=work.now)
            for index in range(1, passkeys.MOST)
        )
        work.session.flush()
        with pytest.raises(Conflict, match="Удалите лишний"):
            passkeys.begin_adding(work, account, 1)


def test_app_and_key_side_by_side_and_one_of_them_is_enough(world: World) -> None:
    key, _ = enrolled(world)
    page = browser(world)
    page.cookies.set(COOKIE, session_of(world, "anna"))
    assert prove(page, answer=key.sign(asked(page, "/account/second-step/prove/key"))) == 303
    secret = re.search(r'class="secret"[^>]*>(\w+)<', page.post("/account/second-step/begin").text)
    assert secret
    confirmed = page.post("/account/second-step/confirm", data={"code": code(world, secret[1])}).text
    assert "<code>" not in confirmed and "ключ доступа или код из приложения" in confirmed
    world.clock.now += dt.timedelta(minutes=1)
    by_code, by_key = halfway(world), halfway(world)
    assert by_code.post("/login/second", data={"code": code(world, secret[1])}).status_code == 303
    assert entered(by_key, key.sign(asked(by_key))) == 303
    assert page.post("/account/second-step/app/off").status_code == 303
    assert halfway(world).post("/login/second", data={"code": code(world, secret[1], 60)}).status_code == 401


@pytest.mark.parametrize("obliged", ["administrators", "everybody"])
def test_a_key_is_as_good_as_an_app_where_the_setting_obliges(world: World, obliged: str) -> None:
    settings = world.installation.settings
    world.installation.take_up(settings.model_copy(update={"accounts": AccountsPart(second_step=obliged)}))  # type: ignore[arg-type]
    made(world, roles={Role.ADMINISTRATOR})
    page = browser(world)
    log_in(page)
    assert page.get("/admin").headers["location"] == "/account/second-step"
    prove(page, present=PASSWORD)
    added(page, device())
    assert page.get("/account").status_code == 200


def test_an_administrator_and_the_terminal_take_keys_off_and_end_the_sessions(world: World) -> None:
    enrolled(world)
    root = browser(world)
    root.cookies.set(COOKIE, session_of(world, "root", [Role.ADMINISTRATOR]))
    with world.installation.reading(by="тест") as work:
        account = accounts.find(work, "anna")
    assert account is not None and "1\xa0ключ доступа" in root.get(f"/admin/users/{account.id}").text
    open_page = browser(world)
    open_page.cookies.set(COOKIE, session_of(world, "anna"))
    assert root.post(f"/admin/users/{account.id}/second-step/off").status_code == 303
    assert open_page.get("/").status_code == 303 and log_in(browser(world)) == "/" and keys_of(world) == []


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("https://egisz.clinic.ru", passkeys.Place("https://egisz.clinic.ru", "egisz.clinic.ru")),
        ("https://egisz.clinic.ru:8443", passkeys.Place("https://egisz.clinic.ru:8443", "egisz.clinic.ru")),
        ("https://egisz.clinic.ru:443", passkeys.Place("https://egisz.clinic.ru", "egisz.clinic.ru")),
        ("https://доступ.клиника.рф", passkeys.Place("https://xn--d1audhfg.xn--80apagcdp.xn--p1ai", "xn--d1audhfg.xn--80apagcdp.xn--p1ai")),
        ("http://localhost:8000", passkeys.Place("http://localhost:8000", "localhost")),
        ("http://egisz.clinic.ru", None), ("https://10.0.0.5", None), ("https://[::1]:8000", None), ("http://127.0.0.1:8000", None), ("https://", None),
        ("https://..", None),
    ],
)  # fmt: skip
def test_keys_work_where_browsers_take_them(address: str, there: passkeys.Place | None) -> None:
    assert passkeys.place(address) == there


def test_where_no_browser_takes_keys_the_page_says_why(world: World) -> None:
    key, _ = enrolled(world)
    page = halfway(world)
    options = asked(page)
    world.installation.take_up(
        world.installation.settings.model_copy(update={"page": PagePart(public_url="http://10.0.0.5")})
    )
    assert entered(page, key.sign(options)) == 401
    assert "public_url" in page.post("/login/second/key").json()["problem"]
    page = browser(world)
    page.cookies.set(COOKIE, session_of(world, "anna"))
    assert "public_url" in page.get("/account/second-step").text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from(
        [
            "id",
            "rawId",
            "type",
            "response",
            "clientDataJSON",
            "authenticatorData",
            "signature",
            "userHandle",
            "attestationObject",
            "",
        ]
    ),
    junk=_JSON | st.text(),
)
def test_no_answer_breaks_the_page(world: World, part: str, junk: object) -> None:
    """Whatever takes the place of a part of an answer: it proves nothing, adds nothing, and is no error of ours."""
    key = device()
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "anna") or accounts.create(
            work, login="anna", name="Анна", roles={Role.OFFICER}, everywhere=True
        )
        for answer in (key.create({"challenge": "AAAA", "user": {"id": "AAAA"}}), key.sign({"challenge": "AAAA"})):
            broken = json.loads(answer)
            (broken["response"] if part in broken["response"] else broken)[part] = junk
            for text in (json.dumps(broken), str(junk), "[" * 10_000):
                assert passkeys.fault(work, account, b"\0\0\0", text) == passkeys.WRONG
                with pytest.raises(passkeys.WrongKey):
                    passkeys.add(work, account, b"\0\0\1", text, "Телефон")
