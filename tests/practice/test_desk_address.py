"""Nothing leaves for the desk, and no reminder at all, before a person said yes to the desk's very address."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from sqlalchemy import select

from actions.context import Conflict
from actions.post import destinations, outbox
from actions.requests import creation, lookup
from actions.steps import taking
from models.audit import Event
from models.letters import OutboxLetter, OutboxState
from models.request import Status
from states.lifecycle import Refused
from sweeps import run_sweep
from tests.commands import said
from tests.walking import KIND, bring, clinic, deliver, lines, request_at
from tests.web.api.calling import caller
from tests.web.users import client
from tests.web.world import World
from wiring.settings import MailPart, Settings

KINDS = (
    "package",
    "reply",
    "follow-up",
    "digest",
    "nudge",
    "review",
    "first-login",
    "login-check",
    "trouble",
    "unheard-of",
)


def _promised(installation, purposes=KINDS, recipient="egisz@stp-egisz.ru"):
    with installation.work("тест") as work:
        for purpose in purposes:
            outbox.promise(
                work, key=f"{purpose}{recipient}", purpose=purpose, recipient=recipient, subject="т", text="т"
            )


def _left(installation):
    return [letter.purpose for letter in deliver(installation)]


def _with_desk(home, address):
    return Settings(home=home, mail=MailPart(desk_address=address))


def test_nothing_leaves_before_the_address_is_confirmed(installation):
    _promised(installation, recipient=_address(installation))
    assert _left(installation) == []
    with installation.work("Орлова") as work:
        destinations.confirm(work)
    assert sorted(_left(installation)) == sorted(KINDS)


def _address(installation):
    with installation.work("тест") as work:
        return destinations.address(work)


def test_changed_address_asks_again_and_a_letter_to_another_waits(installation, home):
    old = _address(installation)
    with installation.work("Орлова") as work:
        destinations.confirm(work)
    installation.take_up(_with_desk(home, "new@stp.example"))
    _promised(installation, ("package", "digest"), recipient="new@stp.example")
    _promised(installation, ("follow-up",), recipient=old)
    assert _left(installation) == ["follow-up"]  # to the address that was confirmed
    with installation.work("Орлова") as work:
        assert "new@stp.example" in destinations.unconfirmed(work)
        destinations.confirm(work)
    assert sorted(_left(installation)) == ["digest", "package"]


def test_letter_promised_to_an_address_that_nobody_confirmed_never_leaves(installation, home):
    installation.take_up(_with_desk(home, "wrong@stp.example"))
    _promised(installation, ("follow-up",), recipient="wrong@stp.example")
    installation.take_up(_with_desk(home, "right@stp.example"))
    with installation.work("Орлова") as work:
        destinations.confirm(work)
    assert _left(installation) == []


def test_yes_is_on_record_once_with_who_said_it(installation):
    for _ in range(2):
        with installation.work("Орлова") as work:
            destinations.confirm(work)
    with installation.work("тест") as work:
        where = destinations.address(work)
        said_yes = work.session.execute(select(Event).where(Event.action == "desk.address-confirmed")).scalars().all()
        assert [(event.actor, event.subject) for event in said_yes] == [("Орлова", f"desk:{where}")]
        assert destinations.unconfirmed(work) == ""


def test_reminders_do_not_pile_up_before_the_yes(installation, clock):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        lookup.get(work, number).due_at = work.now - dt.timedelta(hours=1)
    installation.take_up(_with_desk(installation.settings.home, "new@stp.example"))
    clock.forward(days=1)
    assert run_sweep("remind", installation) == {"ended": 0, "promised": 0}
    with installation.work("тест") as work:
        assert (
            not work.session.execute(select(OutboxLetter).where(OutboxLetter.state == OutboxState.PROMISED))
            .scalars()
            .all()
        )
        destinations.confirm(work)
    assert run_sweep("remind", installation)["promised"] >= 1


def test_former_setting_is_read_and_confirms_nothing(installation, home):
    installation.take_up(Settings(home=home, mail=MailPart.model_validate({"desk_address_confirmed": True})))
    with installation.work("тест") as work:
        assert not destinations.is_confirmed(work)


def test_command_confirms_the_present_address_only(installation, home, tmp_path):
    where, environment = _address(installation), {"EGISZ_HOME": str(home)}
    wrong = said(["settings", "confirm-desk", "other@stp.example"], cwd=tmp_path, env=environment)
    assert wrong.code == 1 and where in wrong.err
    told = said(["sweep", "deliver"], cwd=tmp_path, env=environment)
    assert "ещё никто не подтвердил" in told.out and "confirm-desk" in told.out
    assert said(["settings", "confirm-desk", where], cwd=tmp_path, env=environment).code == 0
    assert "не подтвердил" not in said(["sweep", "deliver"], cwd=tmp_path, env=environment).out


def test_first_send_confirms_too(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work, pytest.raises(Refused):
        taking.take(work, lookup.get(work, number), "send")
    bring(installation, number, Status.SENT)
    with installation.work("тест") as work:
        assert destinations.is_confirmed(work)
        with pytest.raises(Conflict):
            destinations.confirm_address(work, "other@stp.example")


def _draft(installation):
    with installation.work("тест") as work:
        return creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines(logged_in=False)).id


def test_whoever_invites_is_told_by_the_command_that_letters_wait(installation, home, tmp_path, clock):
    clock.now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)  # commands go by the machine's clock
    number, environment = str(_draft(installation)), {"EGISZ_HOME": str(home)}
    told = said(["request", "invite", number], cwd=tmp_path, env=environment).out
    assert "Письмо ждёт: адрес службы поддержки ещё не подтверждён" in told
    assert f"egisz-access settings confirm-desk {_address(installation)}" in told
    shown = json.loads(said(["request", "show", number, "--json"], cwd=tmp_path, env=environment).out)
    assert shown["held"].startswith("Письмо ждёт") and _left(installation) == []
    assert said(["settings", "confirm-desk", _address(installation)], cwd=tmp_path, env=environment).code == 0
    assert json.loads(said(["request", "show", number, "--json"], cwd=tmp_path, env=environment).out)["held"] is None
    assert _left(installation) == ["first-login", "first-login"]


def test_the_command_that_invites_may_confirm_at_once(installation, home, tmp_path, clock):
    clock.now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    number = str(_draft(installation))
    told = said(["request", "invite", number, "--confirm-address"], cwd=tmp_path, env={"EGISZ_HOME": str(home)}).out
    assert "Письмо ждёт" not in told and len(_left(installation)) == 2


def test_the_page_tells_it_where_one_invites_and_leads_to_the_yes(installation):
    officer, number = client(World(installation)), _draft(installation)
    form = officer.get(f"/requests/{number}/steps/invite")
    assert _address(installation) in form.text and 'name="confirm_address"' in form.text
    revision = re.search(r'name="revision" value="(\d+)"', form.text)[1]
    page = officer.post(f"/requests/{number}/steps/invite", data={"revision": revision}).text
    assert "Письмо ждёт: адрес службы поддержки ещё не подтверждён" in page and f'href="/desk?back={number}"' in page
    assert (
        "ждёт: адрес СТП не подтверждён" in page and "Приглашения ждут" in officer.get(f"/requests/{number}/check").text
    )
    assert 'href="/desk"' in officer.get("/triage").text
    assert "Адрес верный" in officer.get(f"/desk?back={number}").text
    assert officer.post("/desk", data={"address": "other@stp.example"}).status_code == 409
    done = officer.post("/desk", data={"address": _address(installation), "back": str(number)}, follow_redirects=False)
    assert done.headers["location"] == f"/requests/{number}#letters"
    assert "Письмо ждёт" not in officer.get(f"/requests/{number}").text and "Письма уходят" in officer.get("/desk").text
    assert _left(installation) == ["first-login", "first-login"]


def test_a_call_that_invites_is_answered_with_it(installation):
    world, number = World(installation), _draft(installation)
    api = caller(world)
    shown = api.get(f"/api/v1/requests/{number}").json()
    [invite] = [step for step in shown["steps"] if step["trigger"] == "invite"]
    assert ("confirm_address", False) in [(each["name"], each["required"]) for each in invite["asks"]]
    told = api.post(f"/api/v1/requests/{number}/steps/invite", json={"revision": shown["revision"]}).json()
    assert told["held"].startswith("Письмо ждёт: адрес службы поддержки ещё не подтверждён")
    again = {"revision": told["revision"], "confirm_address": True}
    assert api.post(f"/api/v1/requests/{number}/steps/invite", json=again).json()["held"] is None
