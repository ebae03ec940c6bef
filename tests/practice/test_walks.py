"""SMTP alone sends for real and takes answers by hand; real mail after practice starts with nothing of it."""

from __future__ import annotations

import datetime as dt
import email
import email.policy

import pytest
from fastapi.testclient import TestClient

from actions.log import practice as marks
from actions.requests import lookup
from actions.steps import taking
from actions.steps.answer import Answer
from demo.desk_letters import Occasion, answer
from demo.desk_plan import Outcome
from demo.servers import DemoServers
from models.request import Status
from sweeps import run_sweep
from tests.commands import said
from tests.walking import request_at
from tests.web.apps import app_for
from tests.web.pages.admin.test_admin import section
from tests.web.users import cookie_of, session_of
from tests.web.world import World
from wiring.practice import chosen
from wiring.settings import Settings, load
from wiring.work import Installation


@pytest.fixture
def relay(tmp_path):
    """A mail server of the clinic; that its letters are played further is not known to the settings."""
    with DemoServers(tmp_path / "relay") as servers:
        yield servers


@pytest.fixture
def smtp_alone(home, clock, relay):
    home.mkdir()
    (home / "settings.toml").write_text(
        f"""[smtp]
host = "127.0.0.1"
port = {relay.ports.smtp}
tls = "starttls"
login = "clinic"
password = "demo-clinic"
ca_bundle = "{relay.authority}"

[mail]
sender = "clinic@clinic.example"
""",
        "utf-8",
    )
    made = Installation(load(), clock=clock)
    assert chosen(made, asked=False) == made.settings
    yield made
    made.engine.dispose()


def _granted(sent):
    occasion = Occasion(
        ticket="ABC-123-45678",
        number=1,
        to="clinic@clinic.example",
        subject=str(sent["Subject"]),
        answers=str(sent["Message-ID"]),
        thread=(str(sent["Message-ID"]),),
        people=(),
        quoted="",
        now=dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC),
    )
    return answer(occasion, Outcome.GRANT, ())


@pytest.mark.rule("SND-5")
def test_smtp_alone_sends_for_real_and_takes_the_answer_by_hand(smtp_alone, relay, home, tmp_path, clock):
    assert not smtp_alone.practice
    number = request_at(smtp_alone, Status.SIGNED)
    with smtp_alone.work("тест") as work:
        taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
    assert run_sweep("deliver", smtp_alone)["sent"] == 1
    (path,) = relay.letters("desk")
    sent = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert "УЧЕБН" not in str(sent["Subject"])
    assert run_sweep("inbox", smtp_alone) == {"stored": 0, "read": 0, "failed": 0}

    reply = tmp_path / "ответ.eml"
    reply.write_bytes(_granted(sent))
    environment = {"EGISZ_HOME": str(home)}
    taken = said(["letter", "take", reply, "--json"], cwd=tmp_path, env=environment)
    assert taken.code == 0, taken.err
    settled = said(["inbox", "settle", "1", "grant"], cwd=tmp_path, env=environment)
    assert settled.code == 0, settled.err
    with smtp_alone.work("тест") as work:
        assert lookup.get(work, number).status is Status.GRANTED


def test_smtp_alone_is_told_on_the_page_and_as_a_state_of_health(smtp_alone, clock):
    browser = TestClient(app_for(smtp_alone), headers={"Sec-Fetch-Site": "same-origin"})
    browser.cookies.set(cookie_of(World(smtp_alone, clock)), session_of(World(smtp_alone, clock)))
    for page in ("/triage", "/admin/mail"):
        assert "Входящая почта не настроена: письма уходят по-настоящему" in browser.get(page).text
    shape, told = section(browser.get("/admin"), "mailbox")
    assert shape == "warning" and "Входящая почта не настроена" in told and ".eml" in told
    assert "УЧЕБНЫЙ" not in browser.get("/triage").text


def test_test_letter_by_smtp_alone_goes_and_says_what_is_missing(smtp_alone, home, tmp_path):
    told = said(["settings", "test-letter", "clinic@clinic.example"], cwd=tmp_path, env={"EGISZ_HOME": str(home)})
    assert told.code == 0 and "принято сервером" in told.out and "Входящая почта не настроена" in told.out


def test_real_mail_after_practice_begins_with_nothing_of_it(home, clock, relay, tmp_path):
    practised = Installation(chosen(Installation(Settings(home=home)), asked=False), clock=clock)
    request_at(practised, Status.AWAITING)
    home.joinpath("settings.toml").write_text(f'[smtp]\nhost = "127.0.0.1"\nport = {relay.ports.smtp}\n', "utf-8")
    environment = {"EGISZ_HOME": str(home), "EGISZ_PRACTICE": "false", "EGISZ_SMTP__HOST": "127.0.0.1"}
    listed = said(["request", "list", "--json"], cwd=tmp_path, env=environment)
    assert listed.code == 0 and listed.out.strip() == "[]"
    inside = said(["sweep", "remind"], cwd=tmp_path, env={**environment, "EGISZ_HOME": str(practised.settings.home)})
    assert inside.code == 1 and "учебные данные" in inside.err
    assert relay.letters("desk") == []


def test_practice_is_told_on_every_page_and_in_the_title(practice, clock):
    browser = TestClient(app_for(practice), headers={"Sec-Fetch-Site": "same-origin"})
    assert "<title>УЧЕБНЫЙ РЕЖИМ · " in browser.get("/login").text
    browser.cookies.set(cookie_of(World(practice, clock)), session_of(World(practice, clock)))
    with practice.work("тест") as work:
        assert marks.is_begun(work.session)
    for page in ("/", "/today", "/triage", "/admin", "/admin/mail", "/people", "/help/", "/nothing"):
        shown = browser.get(page).text
        assert "<title>УЧЕБНЫЙ РЕЖИМ · " in shown and 'class="practice"' in shown, page
