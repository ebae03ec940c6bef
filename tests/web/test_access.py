"""Who gets in, what every answer carries, and whose forms are taken."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from fastapi.testclient import TestClient

from actions import requests
from models.request import Status
from tests.web.world import World, personal_link, request_at
from web.access import COOKIE
from web.bodies import MAX_BODY
from web.logs import SafePaths, safe_path
from wiring.page_key import page_key

CLOSED = ("/", "/requests/1", "/requests/1/steps/send", "/triage", "/holders", "/holders.xlsx", "/audit", "/nowhere")


@pytest.mark.parametrize("path", CLOSED)
def test_without_the_key_every_managers_page_says_where_to_find_it(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert "egisz-access up" in answer.text


def test_the_key_opens_and_leaves_the_address(stranger: TestClient, world: World) -> None:
    key = page_key(world.installation.policy.link_secret)
    answer = stranger.get("/", params={"overdue": "1", "key": key}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?overdue=1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert stranger.get("/").status_code == 200


def test_the_key_never_leads_to_another_site(stranger: TestClient, world: World) -> None:
    key = page_key(world.installation.policy.link_secret)
    answer = stranger.get(f"http://testserver//evil.example/?key={key}", follow_redirects=False)
    assert answer.headers["location"].startswith("/evil.example")


def test_a_wrong_key_opens_nothing(stranger: TestClient) -> None:
    answer = stranger.get("/", params={"key": "ключ"})
    assert answer.status_code == 403
    assert "Ключ не подходит" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("token", ["", "1.a.b", "99999999999.a.b", "no"])
def test_a_forged_session_opens_nothing(stranger: TestClient, token: str) -> None:
    stranger.cookies.set(COOKIE, token)
    assert stranger.get("/").status_code == 401


def test_a_session_ends(officer: TestClient, world: World) -> None:
    assert officer.get("/").status_code == 200
    world.clock.now += dt.timedelta(days=15)
    assert officer.get("/").status_code == 401


def test_a_link_from_webmail_is_opened_again_by_the_page_itself(stranger: TestClient) -> None:
    cross = stranger.get("/requests/1", headers={"Sec-Fetch-Site": "cross-site"})
    assert 'http-equiv="refresh"' in cross.text
    assert 'http-equiv="refresh"' not in stranger.get("/requests/1").text


@pytest.mark.parametrize("path", ["/", "/nowhere", "/health", "/my/1-x", "/static/page.css"])
def test_every_answer_is_dressed_strictly(officer: TestClient, path: str) -> None:
    headers = officer.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-robots-tag"].startswith("noindex")
    assert headers["referrer-policy"] == ("no-referrer" if path.startswith("/my/") else "same-origin")
    assert headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_style_or_script(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work).id
    for path in ("/", f"/requests/{number}", "/triage", "/holders", "/audit"):
        text = officer.get(path).text
        assert "<script" not in text and "style=" not in text and "<style" not in text
        assert "http://" not in text.replace("http://testserver", "")


def test_health_needs_no_key_and_tells_nothing(stranger: TestClient) -> None:
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
        assert requests.get(work, request.id or 0).status is Status.DRAFT


def test_an_older_browser_is_known_by_its_origin(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
    del officer.headers["Sec-Fetch-Site"]
    answer = officer.post(
        f"/requests/{request.id}/steps/withdraw", data={"revision": "0"},
        headers={"Origin": "http://testserver"}, follow_redirects=False,
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
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    announced = stranger.post(f"/my/{token}/done", content=b"x" * (MAX_BODY + 1), headers=form)
    unannounced = stranger.post(f"/my/{token}/done", content=iter([b"x" * (MAX_BODY + 1)]), headers=form)
    assert (announced.status_code, unannounced.status_code) == (413, 413)


def test_personal_links_and_query_strings_stay_out_of_the_access_log() -> None:
    assert safe_path("/my/7-secretsecret/done") == "/my/…/done"
    assert safe_path("/?key=secret") == "/"
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", "/my/7-secretsecret?x=Иванова", "1.1", 200), None,
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
