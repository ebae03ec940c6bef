"""Who holds what, the organisation's card, the audit log."""

from __future__ import annotations

import io

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from actions import grants, requests
from models.request import Status
from tests.web.world import World, clinic, request_at


def _granted(world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        first = requests.lines_of(work, request)[0]
        grants.grant(
            work, person_id=first.person_id or 0, organisation_id=clinic(work).id or 0, subsystem="frmo",
            role="organisation", request_id=request.id or 0, line_id=first.id or 0,
        )


def test_holders_are_shown_as_of_a_day(officer: TestClient, world: World) -> None:
    _granted(world)
    assert "Иванова Анна Петровна" in officer.get("/holders").text
    assert "112-233-445 95" in officer.get("/holders", params={"as_of": "2026-11-23"}).text
    before = officer.get("/holders", params={"as_of": "2026-11-22"}).text
    assert "ролей ни у кого нет" in before
    assert "ролей ни у кого нет" in officer.get("/holders", params={"inn": "7830002293"}).text


def test_a_day_that_is_none_is_refused(officer: TestClient) -> None:
    answer = officer.get("/holders", params={"as_of": "вчера"})
    assert answer.status_code == 422 and "Дату пишут так" in answer.text


def test_holders_come_as_a_workbook_and_the_export_is_recorded(officer: TestClient, world: World) -> None:
    _granted(world)
    answer = officer.get("/holders.xlsx", params={"as_of": "2026-11-23"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:4] == ["Работник", "СНИЛС", "Подсистема", "Роль"]
    assert [cell.value for cell in sheet[2]][:3] == ["Иванова Анна Петровна", "112-233-445 95", "ФРМО"]
    assert "Выгружен список ролей" in officer.get("/audit").text


def test_the_audit_page_says_that_the_log_is_whole(officer: TestClient, world: World) -> None:
    _granted(world)
    text = officer.get("/audit").text
    assert "Журнал цел" in text and "Роль предоставлена" in text


def test_the_audit_page_cries_when_the_log_was_changed(officer: TestClient, world: World) -> None:
    _granted(world)
    with world.installation.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER event_refuses_update")
        connection.exec_driver_sql("UPDATE event SET actor = 'другой' WHERE seq = 2")
    text = officer.get("/audit").text
    assert "Журнал нарушен" in text and "Запись № 2 изменена" in text


@pytest.mark.rule("ORG-13")
def test_the_organisations_card_lists_its_requests(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
    text = officer.get(f"/organisations/{request.organisation_id}").text
    assert request.number in text and "Главный врач, Соколова Мария Ильинична" in text
    assert officer.get("/organisations/99").status_code == 404
