"""What an officer says of an employee: whose number it is, another name from a day on, another address."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

from fastapi.testclient import TestClient
from sqlmodel import select

from actions.cards import enrolling, people
from actions.requests import creation, lookup
from models.account import Role
from models.audit import Event
from models.facts import LineFacts
from models.organisation import Organisation
from models.request import Status
from tests.web.api.calling import caller
from tests.web.pages.test_people import held, table
from tests.web.users import client
from tests.web.world import PEOPLE, World, clinic, line, person, request_at

SNILS = PEOPLE[0][0]
STRANGER = LineFacts(
    snils=SNILS, surname="Зайцева", given="Зоя", patronymic="Петровна", email="z@example.com", post="Врач"
)


def draft_of(world: World, *lines: LineFacts) -> tuple[int, int]:
    """Numbers of a new draft of the clinic and of its first line."""
    with world.installation.work(by="тест") as work:
        made = creation.create(work, kind="frmo-frmr-access", organisation_id=clinic(work).id or 0, lines=lines)
        return made.id or 0, lookup.lines_of(work, made)[0].id or 0


def said(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_a_clash_with_ones_own_worker_is_settled_in_the_row(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        held(work, since=dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC))
    number, line_id = draft_of(world, STRANGER)
    at = f"/requests/{number}/people"
    page = officer.get(at).text
    assert "записан за другим работником: Иванова Анна Петровна" in said(page)
    assert (
        "Записать смену имени" in page
        and "исправить на «Зайцева Зоя Петровна»" in page
        and "проверен по документу, имя" not in page
    )
    form = {"line": line_id, "said": "renamed"}
    empty = officer.post(f"{at}/identity", data={**form, "since": ""})
    assert empty.status_code == 422 and "Укажите день смены имени" in empty.text
    late = officer.post(f"{at}/identity", data={**form, "since": "2027-05-01"})
    assert late.status_code == 422 and "ещё не наступил" in late.text
    assert officer.post(f"{at}/identity", data={"line": line_id, "said": "other"}).status_code == 422
    done = officer.post(
        f"{at}/identity", data={**form, "since": "2026-11-20", "ground": "св-во о браке"}, follow_redirects=False
    )
    assert done.headers["location"] == f"{at}#line-1"
    assert "другим работником" not in said(officer.get(at).text)
    assert "Зайцева" in table(officer.get("/people").text)
    assert "Иванова" in table(officer.get("/people", params={"as_of": "2026-11-19"}).text)
    assert "Зайцева" in table(officer.get("/people", params={"text": "иванова"}).text)  # found by what she was called
    card = said(officer.get("/people/1").text)
    assert "До 20.11.2026 Иванова Анна Петровна св-во о браке" in card and "Записана смена имени работника" in card
    with world.installation.work(by="тест") as work:
        data = [event.data for event in work.session.exec(select(Event).where(Event.subject == "employee:1"))]
        assert not any(word in each for each in data for word in ("Иванова", "Зайцева", "браке"))


def test_a_clash_with_another_organisation_is_answered_with_the_document(world: World) -> None:
    with world.installation.work(by="тест") as work:
        other = Organisation(inn="5902012349", full_name="Заречная", short_name="Заречная", fold="заречная")
        work.session.add(other)
        work.session.flush()
        theirs = creation.create(work, kind="frmo-frmr-access", organisation_id=other.id or 0, lines=[line(0)])
        theirs.status = Status.VERIFIED
        own = clinic(work).id or 0
    number, line_id = draft_of(world, STRANGER)
    user = client(world, "one", [Role.OFFICER], [own])
    page = user.get(f"/requests/{number}/people").text
    assert "в другой организации записан" in said(page) and "Иванова" not in page and "Записать смену имени" not in page
    user.post(f"/requests/{number}/people/identity", data={"line": line_id, "said": "checked"})
    assert "в другой организации записан" not in said(user.get(f"/requests/{number}/people").text)


def test_address_post_and_name_are_changed_on_the_card_and_requests_keep_theirs(
    officer: TestClient, world: World
) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        number, other = person(work.session).id, person(work.session, 1)
        other.email = other.email_fold = "busy@example.com"
        work.session.add(other)
    at = f"/people/{number}"
    wrong = officer.post(f"{at}/change", data={"email": "busy@example.com", "post": "Врач", "unit": "hr"})
    assert (
        wrong.status_code == 422
        and "записан за другим работником" in wrong.text
        and 'value="busy@example.com"' in wrong.text
    )
    assert officer.post(f"{at}/change", data={"email": "anna", "post": "", "unit": ""}).status_code == 422
    officer.post(f"{at}/change", data={"email": "new@example.com", "post": "Врач", "unit": "hr"})
    name = {"surname": "Орлова", "given": "Анна", "patronymic": "Петровна", "ground": "", "since": ""}
    assert officer.post(f"{at}/rename", data={**name, "said": "renamed"}).status_code == 422
    officer.post(f"{at}/rename", data={**name, "said": "corrected"})
    card = said(officer.get(at).text)
    assert (
        "Орлова Анна Петровна" in card
        and "new@example.com" in card
        and "Было с опечаткой Иванова Анна Петровна" in card
    )
    assert "Иванова Анна Петровна" in officer.get(f"/requests/{request.id}").text
    auditor = client(world, "auditor", [Role.AUDITOR])
    assert "Изменить имя" not in auditor.get(at).text
    assert auditor.post(f"{at}/change", data={"email": "a@example.com"}).status_code == 403
    stranger = client(world, "other", [Role.OFFICER], [])
    for way in ("change", "rename"):
        assert stranger.post(f"{at}/{way}", data={**name, "said": "corrected"}).status_code == 404


def test_a_newer_address_of_a_row_is_offered_to_the_card(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        held(work)
        known = person(work.session)
        people.set_address(known, "old@example.com", None)
        work.session.add(known)
    number, line_id = draft_of(world, line(0))
    at = f"/requests/{number}/people"
    assert "В карточке работника другая почта: old@example.com" in said(officer.get(at).text)
    officer.post(f"{at}/address", data={"line": line_id})
    assert "другая почта" not in officer.get(at).text
    with world.installation.reading(by="тест") as work:
        assert person(work.session).email == "person0@example.com"
    assert officer.post(f"{at}/address", data={"line": "999"}).status_code == 404


def test_programs_do_the_same_by_calls(world: World) -> None:
    with world.installation.work(by="тест") as work:
        held(work)
    number, line_id = draft_of(world, STRANGER)
    program = caller(world)
    way = f"/api/v1/requests/{number}/people/{line_id}/identity"
    [told] = [
        each
        for each in program.get(f"/api/v1/requests/{number}/findings").json()["findings"]
        if each["rule"] == "APP-2"
    ]
    assert "другим работником" in told["message"]
    assert program.post(way, json={"said": "checked"}).status_code == 409
    assert program.post(way, json={"said": "renamed"}).status_code == 409
    done = program.post(way, json={"said": "renamed", "since": "2026-11-20"})
    assert done.status_code == 200 and not [each for each in done.json()["findings"] if each["rule"] == "APP-2"]
    shown = program.get("/api/v1/people/1").json()
    assert shown["name"] == "Зайцева Зоя Петровна"
    assert shown["former_names"] == [{"name": "Иванова Анна Петровна", "until": "2026-11-20", "ground": ""}]
    assert program.patch("/api/v1/people/1", json={"email": "нет"}).status_code == 422
    assert program.patch("/api/v1/people/1", json={"email": "zoya@example.com"}).json()["email"] == "zoya@example.com"
    renamed = program.post(
        "/api/v1/people/1/names", json={"surname": "Белова", "given": "Зоя", "since": "2026-11-22"}
    ).json()
    assert [each["name"] for each in renamed["former_names"]] == ["Зайцева Зоя Петровна", "Иванова Анна Петровна"]
    held_then = program.get("/api/v1/holders", params={"as_of": "2026-11-23"}).json()["items"]
    assert {each["person"] for each in held_then} == {"Белова Зоя"}


def test_one_person_at_two_clinics_has_a_card_at_each(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        held(work)
        other = Organisation(inn="5902012349", full_name="Заречная", short_name="Заречная", fold="заречная")
        work.session.add(other)
        work.session.flush()
        [second] = enrolling.enrol(work, other.id or 0, [line(0)])
        assert second is not None
        people.record_first_login(work, second)
        second_id = second.id
    assert f'href="/people/{second_id}">Заречная' in officer.get("/people/1").text
    assert "не подтверждён" in said(officer.get("/people/1").text) and "выполнен" in said(
        officer.get(f"/people/{second_id}").text
    )
    listed = table(officer.get("/people", params={"everybody": "1", "text": "иванова"}).text)
    assert listed.count("Иванова Анна Петровна") == 2
