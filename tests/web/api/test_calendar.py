"""The calendar feed, read as strictly as RFC 5545 is written; and the pages of tokens and subscriptions."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.accounts import accounts
from actions.checklists import checklists
from documents.icalendar import Entry, calendar
from models.account import Role
from models.request import Status
from sweeps import run_sweep
from tests.web.api.calling import token_of
from tests.web.api.receiver import list_house, listening
from tests.web.apps import app_for
from tests.web.users import client
from tests.web.world import NOON, PEOPLE, World, request_at
from web.shell.logs import safe_path

_NAME = re.compile(r"([A-Z0-9-]+)((?:;[A-Z0-9-]+=[^:;]+)*):(.*)", re.DOTALL)
_UTC = re.compile(r"\d{8}T\d{6}Z")


def parsed(data: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    """(properties of the calendar, of each event); fails on whatever the standard does not allow."""
    assert (
        data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    )
    physical = data.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in physical)
    for line in physical:
        line.decode()  # no letter is cut in two
    lines = re.sub(r"\r\n[ \t]", "", data.decode()).split("\r\n")[:-1]
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    whole: dict[str, str] = {}
    events: list[dict[str, str]] = []
    inside = whole
    for line in lines[1:-1]:
        found = _NAME.fullmatch(line)
        assert found, line
        name, _, value = found.groups()
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value)
        if line == "BEGIN:VEVENT":
            assert inside is whole
            inside = {}
            events.append(inside)
        elif line == "END:VEVENT":
            assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(inside)
            inside = whole
        else:
            assert name not in inside, f"{name} twice"
            inside[name] = value
    assert inside is whole and whole["VERSION"] == "2.0" and whole["PRODID"]
    for event in events:
        assert _UTC.fullmatch(event["DTSTAMP"])
        assert _UTC.fullmatch(event["DTSTART"]) or ("DTEND" in event and re.fullmatch(r"\d{8}", event["DTSTART"]))
    assert len({event["UID"] for event in events}) == len(events)
    return whole, events


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), value)


@settings(max_examples=40)
@given(st.text(), st.text(alphabet='ё,;\\\n\r"é𝄞 ', max_size=200))
def test_whatever_the_words_the_calendar_is_valid_and_says_them(title: str, about: str) -> None:
    data = calendar(
        "Сроки; мои",
        [
            Entry("1@x", NOON, NOON, title.encode(errors="ignore").decode(), about),
            Entry("2@x", NOON.date(), NOON, "День"),
        ],
    )
    _, (first, second) = parsed(data)
    plain = about.replace("\r\n", "\n").replace("\r", "\n")
    assert _unescaped(first.get("DESCRIPTION", "")) == plain
    assert (first["DTSTART"], second["DTSTART"], second["DTEND"]) == ("20261123T090000Z", "20261123", "20261124")


@pytest.fixture
def stranger(world: World) -> TestClient:
    return TestClient(app_for(world.installation))


def _feed(world: World, **more: Any) -> str:
    return f"/calendar/{token_of(world, use='calendar', days=None, **more)}.ics"


def test_the_feed_tells_terms_and_no_names(world: World, stranger: TestClient) -> None:
    with world.installation.work(by="тест") as work:
        due = NOON + dt.timedelta(days=2)
        awaited = request_at(work, Status.AWAITING, due_at=due, sent_at=NOON, ticket="ABC-1")
        request_at(work, Status.AWAITING, due_at=NOON - dt.timedelta(days=200))
        request_at(work)
        code = next(iter(checklists.catalogue(work).checklists)).code
        checklists.open_checklist(work, awaited.organisation_id, code)
    address = _feed(world)
    answer = stranger.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, max-age=900"
    whole, events = parsed(answer.content)
    assert whole["X-WR-CALNAME"] == "Доступ ЕГИСЗ: сроки"
    (told,) = [event for event in events if event["UID"].startswith("answer-")]
    assert told["UID"] == f"answer-{awaited.id}-v1@testserver" and told["DTSTART"] == "20261125T090000Z"
    assert _unescaped(told["SUMMARY"]) == f"Срок ответа СТП: {awaited.number}, ООО «Клиника на Садовой»"
    assert "ABC-1" in told["DESCRIPTION"] and told["URL"].endswith(f"/requests/{awaited.id}")
    assert any(event["UID"].startswith("checklist-") for event in events)
    text = re.sub(r"\r\n ", "", answer.text)
    assert all(person[1] not in text and person[0] not in text for person in PEOPLE)

    world.clock.now += dt.timedelta(hours=1)
    same = stranger.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", answer.headers["etag"])


def test_only_the_owners_organisations_are_in_it_and_a_revoked_address_is_closed(
    world: World, stranger: TestClient
) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work, Status.AWAITING, due_at=NOON, sent_at=NOON)
    address = _feed(world, login="narrow", roles={Role.MANAGER}, organisations=[])
    assert parsed(stranger.get(address).content)[1] == []
    assert stranger.get(address.replace("/calendar/", "/calendar/x")).status_code == 404
    assert stranger.get(f"/calendar/{token_of(world)}.ics").status_code == 404  # a program's token opens no calendar
    assert stranger.get("/api/v1/account", headers={"Authorization": f"Bearer {address[10:-4]}"}).status_code == 401
    owner = client(world, "narrow")
    page = owner.get("/account/tokens").text
    number = re.search(r"/account/tokens/(\d+)/revoke", page)
    assert number
    owner.post(number.group())
    assert stranger.get(address).status_code == 404
    statuses = [stranger.get(f"/calendar/{place}.ics").status_code for place in range(25)]
    assert statuses[-1] == 429
    assert safe_path(address) == "/calendar/…"


def test_a_token_is_shown_once_and_works(world: World, stranger: TestClient) -> None:
    officer = client(world)
    assert "Ключей ещё нет" in officer.get("/account/tokens").text
    made = officer.post("/account/tokens", data={"use": "api", "name": "МИС <1>", "days": "30"})
    secret = re.search(r"egisz_[\w-]+", made.text)
    assert secret and "МИС &lt;1&gt;" in made.text
    assert secret.group() not in officer.get("/account/tokens").text
    assert (
        stranger.get("/api/v1/account", headers={"Authorization": f"Bearer {secret.group()}"}).json()["token"]["name"]
        == "МИС <1>"
    )
    feed = re.search(
        r"http://testserver(/calendar/[\w-]+\.ics)", officer.post("/account/tokens", data={"use": "calendar"}).text
    )
    assert feed and stranger.get(feed[1]).status_code == 200
    for form in ({"use": "api", "name": "", "days": "30"}, {"use": "api", "name": "a", "days": "9999"}):
        assert officer.post("/account/tokens", data=form).status_code == 422
    assert client(world, "other").post("/account/tokens/1/revoke").status_code == 404


def test_the_page_of_subscriptions(world: World) -> None:
    list_house(world)
    officer = client(world)
    assert "Подписок ещё нет" in officer.get("/admin/webhooks").text
    wrong = officer.post("/admin/webhooks", data={"url": "http://8.8.8.8/", "steps": ["grant"]})
    assert (
        wrong.status_code == 422 and 'value="http://8.8.8.8/"' in wrong.text and 'value="grant" checked' in wrong.text
    )
    with listening() as receiver:
        receiver.answers = [500, 204]
        made = officer.post("/admin/webhooks", data={"url": receiver.url})
        secret = re.search(r"whsec_[\w+/=]+", made.text)
        assert secret and secret.group() not in officer.get("/admin/webhooks").text
        assert "Уведомлений ещё не было" in officer.get("/admin/webhooks/1").text
        officer.post("/admin/webhooks/1/ping")
        run_sweep("webhooks", world.installation)
        waiting = officer.get("/admin/webhooks/1").text
        assert "ждёт отправки" in waiting and "Получатель ответил кодом 500." in waiting
        world.clock.now += dt.timedelta(minutes=1)
        run_sweep("webhooks", world.installation)
        assert "принято" in officer.get("/admin/webhooks/1").text
        officer.post("/admin/webhooks/1/deliveries/1/retry")
        assert "ждёт отправки" in officer.get("/admin/webhooks/1").text
    officer.post("/admin/webhooks/1/stop")
    assert "остановлена" in officer.get("/admin/webhooks").text
    assert officer.post("/admin/webhooks/1/stop").status_code == 409
    assert client(world, "plain", {Role.OFFICER}).get("/admin/webhooks").status_code == 403
    with world.installation.reading(by="тест") as work:
        assert accounts.find(work, "officer")
