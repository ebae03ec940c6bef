"""Who gets in, what every answer carries, and whose forms are taken."""

from __future__ import annotations

import datetime as dt
import logging
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from actions.requests import lookup
from models.request import Status
from tests.web.world import World, personal_link, request_at
from web.shell.bodies import MAX_BODY, MAX_ENTRANCE, MAX_WORDS
from web.shell.cookies import COOKIE
from web.shell.logs import SafePaths, safe_path

CLOSED = ("/", "/requests/1", "/requests/1/steps/send", "/triage", "/holders", "/holders.xlsx", "/audit", "/nowhere")


@pytest.mark.parametrize("path", CLOSED)
def test_without_an_account_every_page_leads_to_the_login_and_back(officer: TestClient, path: str) -> None:
    officer.cookies.clear()
    answer = officer.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == ("/login" if path == "/" else f"/login?next={quote(path, safe='')}")
    assert "Вход" in officer.get(path).text


def test_where_nobody_has_an_account_the_page_says_how_to_make_the_first(stranger: TestClient) -> None:
    assert "egisz-access up" in stranger.get("/").text


@pytest.mark.parametrize("token", ["", "1.a.b", "no", "ключ".encode().hex()])
def test_a_forged_session_opens_nothing(officer: TestClient, token: str) -> None:
    officer.cookies.clear()
    officer.cookies.set(COOKIE, token)
    assert officer.get("/", follow_redirects=False).status_code == 303


def test_a_session_ends_by_itself_and_when_it_idles(officer: TestClient, world: World) -> None:
    for _ in range(13):  # looked at every eleven hours it lives for seven days, not longer
        assert officer.get("/", follow_redirects=False).status_code == 200
        world.clock.now += dt.timedelta(hours=11)
    world.clock.now += dt.timedelta(hours=26)
    assert officer.get("/", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("path", ["/", "/nowhere", "/health", "/my/1-x", "/static/page.css"])
def test_every_answer_is_dressed_strictly(officer: TestClient, path: str) -> None:
    headers = officer.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-robots-tag"].startswith("noindex")
    assert headers["referrer-policy"] == ("no-referrer" if path.startswith("/my/") else "same-origin")
    assert headers["cache-control"] == "no-store"


def test_a_text_that_is_served_names_its_charset(officer: TestClient) -> None:
    for path in ("/", "/static/page.css", "/static/request.js", "/static/icons.svg", "/static/verify-log.py"):
        assert officer.get(path).headers["content-type"].endswith("charset=utf-8"), path


def test_no_folder_is_listed_and_no_call_is_echoed(officer: TestClient) -> None:
    assert {officer.get(path).status_code for path in ("/static", "/static/", "/.git/config")} == {404}
    assert {officer.request("TRACE", path).status_code for path in ("/static/page.css", "/login", "/health")} == {405}
    assert officer.request("TRACE", "/").status_code in (403, 405)


def test_pages_hold_no_inline_style_or_script(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work).id
    for path in ("/", f"/requests/{number}", "/triage", "/holders", "/audit"):
        text = officer.get(path).text
        assert "<script>" not in text and "style=" not in text and "<style" not in text
        assert "http://" not in text.replace("http://testserver", "")


def test_health_needs_no_account_and_tells_nothing(stranger: TestClient) -> None:
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_a_form_from_elsewhere_is_refused(officer: TestClient, world: World, headers: dict[str, str]) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
    del officer.headers["Sec-Fetch-Site"]
    sent = {name: value for name, value in headers.items() if value}
    answer = officer.post(f"/requests/{request.id}/steps/withdraw", data={"revision": "0"}, headers=sent)
    assert answer.status_code == 403
    with world.installation.work(by="тест") as work:
        assert lookup.get(work, request.id or 0).status is Status.DRAFT


def test_an_older_browser_is_known_by_its_origin(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
    del officer.headers["Sec-Fetch-Site"]
    answer = officer.post(
        f"/requests/{request.id}/steps/withdraw",
        data={"revision": "0"},
        headers={"Origin": "http://testserver"},
        follow_redirects=False,
    )
    assert answer.status_code == 303


def test_a_personal_form_over_plain_http_sends_a_null_origin_and_is_taken(stranger: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        token = personal_link(work, request_at(work), "first-login")
    del stranger.headers["Sec-Fetch-Site"]
    answer = stranger.post(
        f"/my/{token}/done", data={"confirmed": "1", "seen": "1"}, headers={"Origin": "null"}, follow_redirects=False
    )
    assert answer.status_code == 303


def test_a_body_that_is_too_long_is_cut_off(stranger: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        token = personal_link(work, request_at(work), "first-login")
    for media, address, most in (
        ("application/x-www-form-urlencoded", f"/my/{token}/done", MAX_WORDS),
        ("multipart/form-data; boundary=x", f"/my/{token}/done", MAX_BODY),
        ("application/x-www-form-urlencoded", "/login", MAX_ENTRANCE),
        ("multipart/form-data; boundary=x", "/login", MAX_ENTRANCE),
    ):
        form = {"Content-Type": media}
        announced = stranger.post(address, content=b"x" * (most + 1), headers=form)
        unannounced = stranger.post(address, content=iter([b"x" * (most + 1)]), headers=form)
        assert (announced.status_code, unannounced.status_code) == (413, 413), (media, address)


def test_personal_links_and_query_strings_stay_out_of_the_access_log() -> None:
    assert safe_path("/my/7-secretsecret/done") == "/my/…/done"
    assert safe_path("/?key=secret") == "/"
    record = logging.LogRecord(
        "uvicorn.access",
        logging.INFO,
        "",
        0,
        '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", "/my/7-secretsecret?x=Иванова", "1.1", 200),
        None,
    )
    assert SafePaths().filter(record)
    assert record.getMessage() == '127.0.0.1:1 - "GET /my/… HTTP/1.1" 200'


def test_an_error_of_the_program_shows_a_page_and_no_detail(
    officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("СНИЛС 112-233-445 95")

    monkeypatch.setattr("web.pages.board.board", broken)
    quiet = TestClient(officer.app, raise_server_exceptions=False, cookies=officer.cookies)
    answer = quiet.get("/")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "Ничего не записано" in answer.text and "112-233" not in answer.text
