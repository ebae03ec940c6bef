"""A user's life on the page: made, let in, changed, given a new password, shut out."""

from __future__ import annotations

import json
import re

import pytest
from sqlmodel import col, select

from actions.accounts import accounts, passwords, sessions
from models.account import Role
from models.audit import Event
from models.organisation import Organisation
from tests.web.users import client, session_of
from tests.web.world import clinic


def shown_password(answer):
    return re.search(r'<code class="secret">([^<]+)</code>', answer.text).group(1)


def account(world, login):
    with world.installation.reading(by="тест") as work:
        found = accounts.find(work, login)
        return found, accounts.organisations_of(work, found) if found else set()


@pytest.fixture
def organisation(world):
    with world.installation.work(by="тест") as work:
        return clinic(work).id


NEW = {"login": "petrova", "name": "Петрова Ольга", "email": "petrova@clinic.ru", "roles": "officer", "seen": "all"}


def test_user_is_made_with_a_password_that_is_shown_once(officer, world, stranger):
    assert 'name="login" value=""' in officer.get("/admin/users/new").text
    answer = officer.post("/admin/users/new", data=NEW)
    password = shown_password(answer)
    made, _ = account(world, "petrova")
    assert (made.name, made.roles, made.everywhere, made.password_by_other) == (
        "Петрова Ольга",
        ["officer"],
        True,
        True,
    )
    assert passwords.fits(password, made.password_hash)
    assert password not in officer.get(f"/admin/users/{made.id}").text
    assert "petrova" in officer.get("/admin/users").text
    with world.installation.reading(by="тест") as work:
        told = work.session.execute(select(Event.data).where(col(Event.action) == "account.created")).scalars().all()
    assert not any("Петрова" in data or password in data for data in told)


def test_mistake_is_told_and_what_was_typed_stays(officer, world):
    for change, told in (
        ({"login": "Петрова"}, "Логин: латинские буквы"),
        ({"login": ""}, "Логин: латинские буквы"),
        ({"login": "officer"}, "Логин «officer» уже занят"),
        ({"name": ""}, "Впишите имя"),
        ({"email": "petrova"}, "нет знака @"),
        ({"roles": []}, "Отметьте хотя бы одну роль"),
        ({"seen": "some"}, "Отметьте хотя бы одну организацию"),
    ):
        answer = officer.post("/admin/users/new", data=NEW | change)
        assert answer.status_code == 422 and told in answer.text
        for name in ("login", "name", "email"):
            assert f'name="{name}" value="{(NEW | change)[name]}"' in answer.text
    with world.installation.reading(by="тест") as work:
        assert len(accounts.listed(work)) == 1


def test_user_is_changed_and_shut_out_at_once(officer, world, organisation):
    token = session_of(world, "petrova", {Role.OFFICER})
    made, _ = account(world, "petrova")
    form = {
        "name": "Петрова О. И.",
        "email": "",
        "roles": ["officer", "manager"],
        "seen": "some",
        "organisations": organisation,
        "active": "1",
    }
    assert "Записано" in officer.post(f"/admin/users/{made.id}", data=form).text
    changed, seen = account(world, "petrova")
    assert (changed.name, changed.roles, changed.everywhere, seen) == (
        "Петрова О. И.",
        ["officer", "manager"],
        False,
        {organisation},
    )
    with world.installation.reading(by="тест") as work:
        assert sessions.find(work, token) is not None
    officer.post(f"/admin/users/{made.id}", data={name: value for name, value in form.items() if name != "active"})
    with world.installation.reading(by="тест") as work:
        assert sessions.find(work, token) is None
    assert "отключён" in officer.get("/admin/users").text


def test_last_administrator_stays(officer, world):
    made, _ = account(world, "officer")
    answer = officer.post(
        f"/admin/users/{made.id}", data={"name": "Другое имя", "roles": "officer", "seen": "all", "active": "1"}
    )
    assert answer.status_code == 422 and "Это последний действующий администратор" in answer.text
    assert 'value="Другое имя"' in answer.text
    assert account(world, "officer")[0].roles == ["officer", "administrator"]


def test_new_password_ends_every_session(officer, world):
    token = session_of(world, "petrova", {Role.OFFICER})
    made, _ = account(world, "petrova")
    password = shown_password(officer.post(f"/admin/users/{made.id}/password"))
    changed, _ = account(world, "petrova")
    assert passwords.fits(password, changed.password_hash) and changed.password_by_other
    with world.installation.reading(by="тест") as work:
        assert sessions.find(work, token) is None


def test_sessions_are_seen_and_ended_but_not_the_one_in_use(officer, world):
    session_of(world, "petrova", {Role.OFFICER})
    made, _ = account(world, "petrova")
    assert "Chrome, Windows" in officer.get(f"/admin/users/{made.id}").text
    assert "Сеансы завершены" in officer.post(f"/admin/users/{made.id}/sessions/end").text
    session_of(world)
    me, _ = account(world, "officer")
    officer.post(f"/admin/users/{me.id}/sessions/end")
    with world.installation.reading(by="тест") as work:
        assert len(sessions.of(work, me)) == 1
    assert officer.get("/admin/users").status_code == 200
    with world.installation.reading(by="тест") as work:
        told = (
            work.session.execute(select(Event.subject).where(col(Event.action) == "account.sessions-ended"))
            .scalars()
            .all()
        )
    assert told == [f"account:{made.id}", f"account:{me.id}"]


def test_administrator_of_few_organisations_takes_no_others_from_people(world, organisation):
    with world.installation.work(by="тест") as work:
        other = Organisation(inn="5902012349", short_name="Другая", fold="другая")
        work.session.add(other)
        work.session.flush()
        number = other.id
    session_of(world, "petrova", {Role.OFFICER}, [number])
    made, _ = account(world, "petrova")
    administrator = client(world, "administrator", {Role.ADMINISTRATOR}, [organisation])
    page = administrator.get(f"/admin/users/{made.id}")
    assert re.search(rf'name="organisations" value="{number}" checked', page.text)
    administrator.post(
        f"/admin/users/{made.id}",
        data={"name": "П", "roles": "officer", "seen": "some", "organisations": number, "active": "1"},
    )
    assert account(world, "petrova")[1] == {number}


def test_event_of_a_change_holds_numbers_only(officer, world):
    session_of(world, "petrova", {Role.OFFICER})
    made, _ = account(world, "petrova")
    officer.post(
        f"/admin/users/{made.id}",
        data={"name": "Петрова", "email": "p@clinic.ru", "roles": "manager", "seen": "all", "active": "1"},
    )
    with world.installation.reading(by="тест") as work:
        data = work.session.execute(select(Event.data).where(col(Event.action) == "account.changed")).scalar_one()
    assert json.loads(data) == {"active": True, "everywhere": True, "organisations": [], "roles": ["manager"]}
