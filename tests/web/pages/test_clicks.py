"""A click reads the facts once, and asks the database no more than it needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from models.request import Status
from tests.web.pages.test_signing import FORM
from tests.web.world import World, request_at, stored_file


@pytest.fixture
def asked(world: World) -> Iterator[list[str]]:
    """Statements that the database was asked, and every step of a transaction."""
    said: list[str] = []

    def note(*told: object) -> None:
        said.append(str(told[2]))

    event.listen(world.installation.engine, "before_cursor_execute", note)
    yield said
    event.remove(world.installation.engine, "before_cursor_execute", note)


def _facts_read(asked: list[str]) -> int:
    """How often: whose the e-mail addresses are is asked for the facts alone."""
    return sum(
        "employee.email_fold" in each.partition("FROM")[0] and "SELECT employee.id" not in each for each in asked
    )


def test_a_signing_click_reads_the_facts_once(officer: TestClient, world: World, asked: list[str]) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.VALIDATED)
        stored_file(work, request, "Скан.pdf", b"%PDF-1.7").detail = {"complete": True, "order": "shown"}
        number = request.id
    officer.get(f"/requests/{number}")
    asked.clear()
    answer = officer.post(f"/requests/{number}/scan", data={**FORM, "mark": "shown"}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert _facts_read(asked) == 1
    assert len(asked) <= 34, len(asked)


def test_an_acknowledging_click_reads_no_facts(officer: TestClient, world: World, asked: list[str]) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work, Status.SENT).id
    officer.get(f"/requests/{number}")
    asked.clear()
    form = {"revision": "0", "ticket": "QWE-111-22222"}
    answer = officer.post(f"/requests/{number}/steps/acknowledge", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert _facts_read(asked) == 0
    assert len(asked) <= 15, len(asked)
