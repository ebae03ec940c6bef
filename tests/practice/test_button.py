"""Practice beside work is started and stopped by a button, by who may, and its address is told when it is there."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.web.apps import app_for
from tests.web.users import session_of
from tests.web.world import World
from web.cookies import COOKIE
from wiring import practice
from wiring.page_key import page_key


@pytest.fixture
def browser(installation):
    return TestClient(app_for(installation), headers={"Sec-Fetch-Site": "same-origin"})


def test_first_page_starts_practice_for_who_holds_its_key(installation, browser, home):
    key = page_key(installation.policy.link_secret)
    assert "Запустить учебный режим" in browser.get(f"/setup?key={key}").text
    assert browser.post("/setup/practice", data={"key": "wrong"}).status_code == 403
    assert not practice.is_asked(home)
    assert "запускается" in browser.post("/setup/practice", data={"key": key}).text
    assert practice.is_asked(home)
    practice.tell_entrance(home / "practice", "http://127.0.0.1:9/setup?key=1")
    assert 'href="http://127.0.0.1:9/setup?key=1"' in browser.get(f"/setup?key={key}").text


def test_administrator_starts_and_stops_practice(installation, browser, home, clock):
    browser.cookies.set(COOKIE, session_of(World(installation, clock)))
    assert "Запускается" in browser.post("/admin/practice").text
    assert practice.is_asked(home)
    assert "Запустить учебный режим" in browser.post("/admin/practice", data={"stop": "1"}).text
    assert not practice.is_asked(home)


def test_practice_itself_offers_no_practice(browser, installation, home, clock):
    browser.cookies.set(COOKIE, session_of(World(installation, clock)))
    installation.__dict__["practice"] = True
    assert "Запустить учебный режим" not in browser.get("/admin").text
    browser.post("/admin/practice")
    assert not practice.is_asked(home)


def test_page_confirms_the_desk_address_that_it_showed(installation, browser, clock):
    browser.cookies.set(COOKIE, session_of(World(installation, clock)))
    shown = browser.get("/admin/mail").text
    assert "никто не подтвердил" in shown and "никто не подтвердил" in browser.get("/triage").text
    address = shown.partition('name="address" value="')[2].partition('"')[0]
    assert browser.post("/admin/mail/desk", data={"address": "other@stp.example"}).status_code == 409
    assert "Подтвердил" in browser.post("/admin/mail/desk", data={"address": address}).text
    assert "никто не подтвердил" not in browser.get("/triage").text
