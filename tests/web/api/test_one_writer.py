"""A draft is written by one hand, whichever door the change comes by: page, command line, API, wizard of the command line."""

from __future__ import annotations

import dataclasses

import pytest
from sqlmodel import select

from actions.context import Conflict
from actions.post import links
from actions.requests import creation, drafting, lookup
from actions.steps import taking
from models.facts import SignatureFacts
from models.link import PersonalLink
from models.request import Status
from tests.commands import said
from tests.walking import KIND, lines
from tests.web.api.calling import caller
from tests.web.users import client
from tests.web.world import clinic

SIGNERS = ("head", "deputy", "acting-head")


@pytest.fixture
def draft(world):
    """Two people; the first of them was invited."""
    with world.installation.work(by="тест") as work:
        made = creation.create(work, kind=KIND, organisation_id=clinic(work).id, lines=lines(2, logged_in=False))
        taking.take(work, made, "invite")
        return made.id


def link_of(world, number, place=0):
    with world.installation.work(by="тест") as work:
        row = lookup.lines_of(work, lookup.get(work, number))[place]
        found = work.session.exec(
            select(PersonalLink).where(PersonalLink.line_id == row.id, PersonalLink.ended_at.is_(None))
        ).one_or_none()
        return links.token(work, found) if found else None


def by_actions(world, number, people):
    with world.installation.work(by="тест") as work:
        drafting.replace_lines(work, lookup.get(work, number), people)


def by_api(world, number, people):
    api = caller(world)
    told = [
        {
            "snils": one.snils,
            "surname": one.surname,
            "given": one.given,
            "patronymic": one.patronymic,
            "email": one.email,
            "post": one.post,
        }
        for one in people
    ]
    revision = api.get(f"/api/v1/requests/{number}").json()["revision"]
    answer = api.put(f"/api/v1/requests/{number}/people", json={"people": told}, headers={"If-Match": f'"{revision}"'})
    assert answer.status_code == 200, answer.text


def by_command(world, number, people, tmp_path):
    file = tmp_path / "roster.csv"
    rows = [
        f"{one.snils};{one.surname};{one.given};{one.patronymic};{one.email};{one.post};ФРМО и ФРМР" for one in people
    ]
    file.write_text("СНИЛС;Фамилия;Имя;Отчество;Электронная почта;Должность;Подсистема\n" + "\n".join(rows), "utf-8")
    home = world.installation.settings.home
    done = said(["request", "people", str(number), str(file)], cwd=tmp_path, env={"EGISZ_HOME": str(home)})
    assert done.code == 0, done.out + done.err


@pytest.mark.parametrize("door", [by_actions, by_api, by_command], ids=lambda door: door.__name__)
def test_a_corrected_roster_of_invited_people_is_taken_and_who_stays_keeps_his_link(world, draft, tmp_path, door):
    before = link_of(world, draft)
    first, second = lines(2, logged_in=False)
    corrected = [dataclasses.replace(first, post="Заведующий"), dataclasses.replace(second, email="new@clinic.example")]
    door(world, draft, corrected, *([tmp_path] if door is by_command else []))
    assert link_of(world, draft) == before
    assert link_of(world, draft, 1) is None  # another address: that letter lets nobody in any more


def sign_by_actions(world, number, capacity):
    with world.installation.work(by="тест") as work:
        drafting.plan_signer(work, lookup.get(work, number), SignatureFacts(capacity=capacity))


def sign_by_api(world, number, capacity):
    api = caller(world)
    revision = api.get(f"/api/v1/requests/{number}").json()["revision"]
    answer = api.put(
        f"/api/v1/requests/{number}/signer", json={"capacity": capacity}, headers={"If-Match": f'"{revision}"'}
    )
    assert answer.status_code == 200, answer.text


def sign_by_command(world, number, capacity):
    home = world.installation.settings.home
    assert (
        said(["request", "signer", str(number), "--capacity", capacity], cwd=home, env={"EGISZ_HOME": str(home)}).code
        == 0
    )


def sign_by_page(world, number, capacity):
    with world.installation.work(by="тест") as work:
        revision = lookup.get(work, number).revision
    data = {"revision": str(revision), "capacity": capacity, "name": "", "post": ""}
    answer = client(world).post(f"/requests/{number}/check/signer", data=data, follow_redirects=False)
    assert answer.status_code == 303, answer.text


@pytest.mark.parametrize(
    "door", [sign_by_actions, sign_by_api, sign_by_command, sign_by_page], ids=lambda door: door.__name__
)
def test_three_changes_of_the_signer_are_one_version_by_every_door(world, door):
    with world.installation.work(by="тест") as work:
        number = creation.create(work, kind=KIND, organisation_id=clinic(work).id, lines=lines(2)).id
    for capacity in SIGNERS:
        door(world, number, capacity)
    with world.installation.work(by="тест") as work:
        assert (lookup.get(work, number).signature["capacity"], lookup.get(work, number).version) == (SIGNERS[-1], 1)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.DRAFT])
def test_what_is_no_draft_takes_no_change(world, draft, status):
    with world.installation.work(by="тест") as work:
        found = lookup.get(work, draft)
        found.status = status
        for change in (
            lambda: drafting.replace_lines(work, found, lines(1)),
            lambda: drafting.edit_lines(work, found, added=lines(1)),
            lambda: drafting.fill_in(work, found, {}),
            lambda: drafting.plan_signer(work, found, SignatureFacts(capacity="head")),
        ):
            with pytest.raises(Conflict, match="request edit"):
                change()
