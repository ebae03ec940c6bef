"""The organisation's card, the audit log."""

from __future__ import annotations

from fastapi.testclient import TestClient

from actions.requests import lookup
from models.request import Status
from tests.roles import granted
from tests.web.world import World, clinic, request_at


def _granted(world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        first = lookup.lines_of(work, request)[0]
        granted(
            work,
            person_id=first.person_id or 0,
            organisation_id=clinic(work).id or 0,
            subsystem="frmo",
            role="organisation",
            request_id=request.id or 0,
            line_id=first.id or 0,
        )


def test_the_audit_page_says_that_the_log_is_whole(officer: TestClient, world: World) -> None:
    _granted(world)
    assert "Роль предоставлена" in officer.get("/audit").text
    assert "Журнал цел" in officer.get("/audit/verify?after=0").text


def test_the_audit_page_cries_when_the_log_was_changed(officer: TestClient, world: World) -> None:
    _granted(world)
    with world.installation.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER event_refuses_update")
        connection.exec_driver_sql("UPDATE event SET actor = 'другой' WHERE seq = 2")
    text = officer.get("/audit/verify?after=0").text
    assert "Журнал нарушен" in text and "Запись № 2 изменена" in text
