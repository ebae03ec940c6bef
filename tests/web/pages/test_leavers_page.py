"""Those who left: the plan is shown before anything is drafted, and only ticked roles are drafted."""

from __future__ import annotations

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from actions.requests import lookup
from models.account import Role
from models.audit import Event
from models.grant import Grant
from models.request import AccessRequest, Status
from tests.web.pages.test_people import elsewhere, held
from tests.web.users import client
from tests.web.world import INN, World, request_at

ANNA, PETR = "112-233-445 95;Иванова Анна Петровна", "087-654-303 00;Ёлкин Пётр Сергеевич"
HEAD = "СНИЛС;ФИО"


def csv(*rows: str) -> tuple[str, bytes, str]:
    return "Список.csv", "\n".join((HEAD, *rows)).encode(), "text/csv"


@pytest.fixture
def roles(world: World) -> list[Grant]:
    """Both employees hold a role, the first one two."""
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.VERIFIED)
        return [
            held(work, 0, request=request),
            held(work, 0, ("frmr", "organisation"), request=request),
            held(work, 1, request=request),
        ]


def drafts(world: World) -> list[tuple[AccessRequest, list[list[tuple[str, str]]]]]:
    with world.installation.work(by="тест") as work:
        return [(found, [line.roles for line in lookup.lines_of(work, found)]) for found in _revocations(work)]


def _revocations(work: Work) -> list[AccessRequest]:
    kinds = [kind.code for kind in work.catalog.kinds.values() if kind.revokes]
    return list(work.session.execute(select(AccessRequest).where(col(AccessRequest.kind).in_(kinds))).scalars())


def part(text: str, title: str) -> str:
    """A section of the plan, as read."""
    [found] = [each for each in text.split("<h2>")[1:] if each.startswith(title)]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def test_the_plan_comes_first_and_drafts_come_from_what_stays_ticked(
    officer: TestClient, world: World, roles: list[Grant]
) -> None:
    plan = officer.post(
        "/leavers", data={"inn": INN, "way": "file"}, files={"left": csv(ANNA, "001-001-998 10;Новиков Пётр")}
    )
    assert "Иванова Анна Петровна" in part(plan.text, "Ушли, а роли действуют") and "Новиков" in part(
        plan.text, "Ролей здесь нет"
    )
    assert drafts(world) == []
    ticked = re.findall(r'name="grant" value="(\d+)" checked', plan.text)
    assert [int(number) for number in ticked] == [roles[0].id, roles[1].id]
    done = officer.post("/leavers/drafts", data={"inn": INN, "grant": ticked[:1]})
    [(draft, lines)] = drafts(world)
    assert lines == [[("frmo", "organisation")]] and draft.number in done.text and draft.fields["ground"] == "left"
    again = officer.post("/leavers/drafts", data={"inn": INN, "grant": ticked[:1]})
    assert again.status_code == 409 and "Составлять нечего" in again.text and len(drafts(world)) == 1
    assert officer.post("/leavers/drafts", data={"inn": INN}).status_code == 409


def test_looking_at_a_plan_is_recorded_in_numbers(officer: TestClient, world: World, roles: list[Grant]) -> None:
    officer.post("/leavers", data={"inn": INN, "way": "file"}, files={"left": csv(ANNA)})
    with world.installation.work(by="тест") as work:
        [event] = work.session.execute(select(Event).where(col(Event.action) == "leavers.compared")).scalars()
    assert (event.actor, event.subject) == ("officer", f"organisation:{roles[0].organisation_id}")
    assert '"holds":1' in event.data and "Иванова" not in event.data


@pytest.mark.parametrize(
    "pasted",
    [
        "Иванова Анна Петровна 112-233-445 95\n08765430300 Ёлкин Пётр Сергеевич",
        "1. 11223344595\tИванова Анна Петровна\n2. 08765430300\tЁлкин Пётр Сергеевич",
        "СНИЛС\tФИО\n112-233-445 95\tИванова Анна Петровна\n087-654-303 00\tЁлкин Пётр Сергеевич",
    ],
)
def test_a_pasted_list_is_read_however_it_is_written(officer: TestClient, roles: list[Grant], pasted: str) -> None:
    plan = part(
        officer.post("/leavers", data={"inn": INN, "way": "paste", "pasted": pasted}).text, "Ушли, а роли действуют"
    )
    assert "Иванова Анна Петровна" in plan and "Ёлкин Пётр Сергеевич" in plan


def test_a_name_alone_is_a_question_that_nobody_ticked_yet(officer: TestClient, roles: list[Grant]) -> None:
    plan = officer.post(
        "/leavers", data={"inn": INN, "way": "paste", "pasted": "Ёлкин Пётр Сергеевич\nНеизвестный Илья"}
    ).text
    assert "Ёлкин" in part(plan, "Решаете вы") and "Неизвестный Илья" in part(plan, "Не нашли")
    assert f'name="grant" value="{roles[2].id}">' in plan


def test_two_rosters_tell_who_is_missing_from_the_newer(officer: TestClient, roles: list[Grant]) -> None:
    plan = officer.post(
        "/leavers", data={"inn": INN, "way": "two"}, files={"old": csv(ANNA, PETR), "new": csv(PETR)}
    ).text
    assert "Иванова" in part(plan, "Ушли, а роли действуют") and "Ёлкин" not in plan


@pytest.mark.parametrize(
    ("data", "files", "told"),
    [
        ({"inn": "", "way": "paste", "pasted": ANNA}, {}, "Выберите организацию"),
        ({"inn": INN, "way": "file"}, {}, "Приложите файл со списком"),
        ({"inn": INN, "way": "two"}, {"old": csv(ANNA)}, "Нужны оба файла"),
        ({"inn": INN, "way": "file"}, {"left": ("list.pdf", b"%PDF-1.4", "application/pdf")}, "Это не таблица"),
        ({"inn": "7728168971", "way": "paste", "pasted": ANNA}, {}, "Такой организации среди ваших нет"),
    ],
)
def test_what_cannot_be_compared_is_told_and_kept(
    officer: TestClient, roles: list[Grant], data: dict[str, str], files: dict[str, tuple[str, bytes, str]], told: str
) -> None:
    answer = officer.post("/leavers", data=data, files=files or None)
    assert answer.status_code == 422 and told in answer.text and data.get("pasted", "") in answer.text


def test_an_officer_of_one_organisation_learns_nothing_of_another(world: World, roles: list[Grant]) -> None:
    with world.installation.work(by="тест") as work:
        other = elsewhere(work)
    user = client(world, "one", {Role.OFFICER}, [roles[0].organisation_id])
    assert "7728168971" not in user.get("/leavers").text
    assert user.post("/leavers", data={"inn": "7728168971", "way": "paste", "pasted": ANNA}).status_code == 422
    plan = user.post("/leavers", data={"inn": INN, "way": "paste", "pasted": "001-001-998 10"}).text
    assert "Чужой" not in plan
    assert user.post("/leavers/drafts", data={"inn": "7728168971", "grant": other.id}).status_code == 404
    assert user.post("/leavers/drafts", data={"inn": INN, "grant": other.id}).status_code == 409
    assert drafts(world) == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MANAGER, Role.ADMINISTRATOR])
def test_only_an_officer_compares(world: World, role: Role) -> None:
    browser = client(world, role.value, {role})
    assert browser.get("/leavers").status_code == 403
    assert browser.post("/leavers", data={"inn": INN}).status_code == 403
    assert '"/leavers"' not in browser.get("/people").text
