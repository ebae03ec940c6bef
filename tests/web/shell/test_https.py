"""Under https nothing of worth travels in the open, and a proxy is believed only when it is ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from actions.accounts import accounts, passwords
from models.account import Role
from tests.web.api.calling import caller
from tests.web.apps import app_for
from tests.web.users import session_of
from tests.web.world import Clock, World
from web.shell.cookies import COOKIE
from web.shell.proxies import caller_address
from wiring.settings import PagePart, Settings, SettingsError, load
from wiring.work import Installation

PASSWORD = "конь батарея скрепка"
PROXY = "10.1.2.3"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = Clock()
    page = PagePart(public_url="https://access.clinic.example", proxies=(PROXY, "fd00::/8"))
    made = Installation(Settings(home=tmp_path, page=page), clock)
    with made.work(by="тест") as work:
        accounts.create(
            work,
            login="anna",
            name="Анна",
            roles={Role.OFFICER},
            everywhere=True,
            password_hash=passwords.hashed(PASSWORD, login="anna"),
            password_by_other=False,
        )
    yield World(made, clock)
    made.engine.dispose()


def browser(world: World, scheme: str = "https", peer: str = "203.0.113.9") -> TestClient:
    return TestClient(
        app_for(world.installation),
        f"{scheme}://access.clinic.example",
        headers={"Sec-Fetch-Site": "same-origin"},
        client=(peer, 50000),
        follow_redirects=False,
    )


def log_in(page: TestClient, **headers: str) -> list[str]:
    return page.post("/login", data={"login": "anna", "password": PASSWORD}, headers=headers).headers.get_list(
        "set-cookie"
    )


def test_cookies_are_the_hosts_own_and_travel_over_https_only(world: World) -> None:
    page = browser(world)
    for cookie in log_in(page):
        assert cookie.startswith("__Host-") and "; Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert page.get("/").status_code == 200
    gone = page.post("/logout").headers
    assert "Max-Age=0" in gone["set-cookie"] and gone["clear-site-data"] == '"cache", "storage"'


def test_a_session_under_the_plain_name_is_no_session(world: World) -> None:
    """A neighbour on plain http can set it; only `__Host-` nobody else can."""
    page = browser(world)
    page.cookies.set(COOKIE, session_of(world))
    assert page.get("/").status_code == 303


def test_every_https_answer_forbids_plain_http_for_a_year(world: World) -> None:
    page = browser(world)
    for path in ("/login", "/", "/health", "/nothing", "/api/v1/requests", "/static/page.css"):
        assert page.get(path).headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_over_plain_http_nothing_is_taken_and_nothing_told(world: World) -> None:
    page = browser(world, "http")
    assert log_in(page) == [] and page.post("/login", data={}).status_code == 403
    page.cookies.set(f"__Host-{COOKIE}", session_of(world))
    for path in (
        "/requests/new",
        "/account",
        "/my/token",
        "/calendar/secret.ics",
        "/setup",
        "/login/sso",
        "/static/page.css",
    ):
        answer = page.get(path)
        assert answer.status_code == 403 and "только по https" in answer.text, path
    called = caller(world, "anna").get("/api/v1/requests")  # its address is http
    assert called.status_code == 403 and called.headers["content-type"] == "application/problem+json"
    for path in ("/", "/login"):
        assert page.get(path).headers["location"] == "https://access.clinic.example/login"
    assert page.get("/health").status_code == 200


def test_our_proxy_tells_that_the_browser_came_by_https(world: World) -> None:
    through = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    assert log_in(browser(world, "http", PROXY), **through)
    assert log_in(browser(world, "http", "fd00::5"), **through)
    assert not log_in(browser(world, "http", "203.0.113.9"), **through)  # anybody can say so
    assert not log_in(browser(world, "https", PROXY), **{**through, "X-Forwarded-Proto": "http"})


@pytest.mark.parametrize(
    ("peer", "chain", "believed"),
    [
        (PROXY, "198.51.100.7", "198.51.100.7"),
        (PROXY, "1.1.1.1, 198.51.100.7", "198.51.100.7"),  # the caller wrote the first himself
        (PROXY, f"198.51.100.7, {PROXY}", "198.51.100.7"),
        (PROXY, "1.1.1.1, 198.51.100.7, nonsense", PROXY),
        (PROXY, "", PROXY),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("::ffff:203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (f"::ffff:{PROXY}", "198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ],
)
def test_the_callers_address_is_what_our_proxy_saw(
    world: World, monkeypatch: pytest.MonkeyPatch, peer: str, chain: str, believed: str
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(
        "web.pages.logging_in.caller_address", lambda request: seen.append(caller_address(request)) or seen[-1]
    )
    headers = {"X-Forwarded-For": chain} if chain else {}
    browser(world, "https", peer).post("/login", data={"login": "anna", "password": "не тот пароль"}, headers=headers)
    assert set(seen) == {believed}


def test_without_a_public_address_no_proxy_is_believed() -> None:
    assert (PagePart().believed, PagePart(public_url="https://a.example").believed) == ((), ("127.0.0.1", "::1"))


def test_a_proxy_that_is_no_address_is_told(home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text('[page]\nproxies = ["nginx"]\n', "utf-8")
    with pytest.raises(SettingsError, match="«nginx» – не адрес и не сеть"):
        load()
