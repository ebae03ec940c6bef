"""Practice beside work is started and stopped by a button, by who may, and its address is told when it is there."""

from __future__ import annotations

import time

import pytest
from fastapi.testclient import TestClient

from service import beside, supervisor
from service.children import stop_all
from service.supervisor import Service
from tests import commands
from tests.web.apps import app_for
from tests.web.users import cookie_of, session_of
from tests.web.world import World
from wiring.holding import held
from wiring.page_key import page_key
from wiring.settings import Settings


@pytest.fixture
def browser(installation):
    return TestClient(app_for(installation), headers={"Sec-Fetch-Site": "same-origin"})


def test_first_page_starts_practice_for_who_holds_its_key(installation, browser, home):
    key = page_key(installation.policy.link_secret)
    assert "Запустить учебный режим" in browser.get(f"/setup?key={key}").text
    assert browser.post("/setup/practice", data={"key": "wrong"}).status_code == 403
    assert not beside.is_asked(home)
    assert "запускается" in browser.post("/setup/practice", data={"key": key}).text
    assert beside.is_asked(home)
    beside.tell_progress(home / "practice", "Готовятся расписания.")
    assert (
        'hx-trigger="load delay:2s"' in (page := browser.get(f"/setup?key={key}").text)
        and "Готовятся расписания." in page
    )
    with held(home / "practice"):
        beside.tell_entrance(home / "practice", "http://127.0.0.1:9/setup?key=1")
        page = browser.get(f"/setup?key={key}").text
    assert 'href="http://127.0.0.1:9/setup?key=1"' in page and "hx-trigger" not in page
    assert 'href="http://127.0.0.1:9' not in browser.get(f"/setup?key={key}").text  # it is gone without a word


def test_administrator_starts_and_stops_practice(installation, browser, home, clock):
    browser.cookies.set(cookie_of(World(installation, clock)), session_of(World(installation, clock)))
    assert "запускается" in browser.post("/admin/practice").text
    assert beside.is_asked(home)
    assert "Запустить учебный режим" in browser.post("/admin/practice", data={"stop": "1"}).text
    assert not beside.is_asked(home)


def test_practice_itself_offers_no_practice(browser, installation, home, clock):
    browser.cookies.set(cookie_of(World(installation, clock)), session_of(World(installation, clock)))
    installation.__dict__["practice"] = True
    assert "Запустить учебный режим" not in browser.get("/admin").text
    browser.post("/admin/practice")
    assert not beside.is_asked(home)


def test_page_confirms_the_desk_address_that_it_showed(installation, browser, clock):
    browser.cookies.set(cookie_of(World(installation, clock)), session_of(World(installation, clock)))
    shown = browser.get("/admin/mail").text
    assert "никто не подтвердил" in shown and "никто не подтвердил" in browser.get("/triage").text
    address = shown.partition('name="address" value="')[2].partition('"')[0]
    assert browser.post("/admin/mail/desk", data={"address": "other@stp.example"}).status_code == 409
    assert "Подтвердил" in browser.post("/admin/mail/desk", data={"address": address}).text
    assert "никто не подтвердил" not in browser.get("/triage").text


@pytest.fixture
def service(home, tmp_path, monkeypatch):
    """A service of work whose practice beside it is this script."""

    def made(script):
        program = tmp_path / "egisz-access"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(supervisor, "_BIN", tmp_path)
        found.append(Service(Settings(home=home), told.append))
        return found[0]

    found, told = [], []
    made.told = told
    yield made
    stop_all(found[0].children if found else [])


def _until(service, home, state):
    for _ in range(100):
        service._practice_beside()
        if beside.standing(home).state == state:
            return beside.standing(home)
        time.sleep(0.05)
    raise AssertionError(beside.standing(home))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('printf "Учебная почта не запустилась." > "$EGISZ_HOME/practice/failure"', "Учебная почта не запустилась."),
        ("", "practice.log"),
    ],
)
def test_practice_that_does_not_start_says_why_and_is_not_tried_again(
    service, browser, home, installation, clock, said, words
):
    running = service(f"echo x >> {home}/tries\n{said}\nexit 1")
    beside.ask(home)
    assert words in _until(running, home, "failed").told
    for _ in range(100):  # the service says it when it sees the part end, a moment after the reason is written
        if words in service.told[-1]:
            break
        time.sleep(0.05)
        running._practice_beside()
    assert words in service.told[-1]
    for _ in range(3):
        running._practice_beside()
        running.children and running.children[0].tend()
    assert (home / "tries").read_text() == "x\n" and not beside.is_asked(home)
    browser.cookies.set(cookie_of(World(installation, clock)), session_of(World(installation, clock)))
    page = browser.get("/admin").text
    assert words in page and "Запустить ещё раз" in page and "hx-trigger" not in page.partition('id="practice"')[2]
    beside.ask(home)
    assert beside.standing(home).state == "starting"


def test_practice_that_runs_is_stopped_by_the_button(service, home):
    running = service("exec sleep 60")
    beside.ask(home)
    assert _until(running, home, "starting").told == "Запускается служба." and running.children[0].alive
    beside.stop(home)
    running._practice_beside()
    assert running.children == [] and beside.standing(home).state == "off"


def test_practice_in_another_window_is_not_started_a_second_time(service, browser, home, installation, clock):
    running = service("exit 1")
    (home / "practice").mkdir(parents=True)
    with held(home / "practice"):
        beside.tell_entrance(home / "practice", "http://127.0.0.1:9/")
        browser.cookies.set(cookie_of(World(installation, clock)), session_of(World(installation, clock)))
        page = browser.get("/admin").text
        assert "в другом окне" in page and 'name="stop"' not in page
        beside.ask(home)
        running._practice_beside()
        assert running.children == []


def test_a_second_practice_by_command_says_where_the_first_is(home, tmp_path):
    (home / "practice").mkdir(parents=True)
    with held(home / "practice"):
        beside.tell_entrance(home / "practice", "http://127.0.0.1:9/")
        told = commands.said(["up", "--practice"], cwd=tmp_path, env={"EGISZ_HOME": str(home)})
        assert told.code == 1 and "Учебный режим уже работает: http://127.0.0.1:9/" in told.err
        assert beside.entrance(home / "practice")  # the first goes on
