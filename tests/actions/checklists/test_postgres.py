"""The same lists on PostgreSQL, where two clicks that depend on one another come one by one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from actions.checklists import checklists, overview
from actions.checklists.checklists import NotYet
from tests.actions.checklists.opening import entered, opened, ticked, verified
from tests.postgres import migrated_database
from views import checklist_progress
from wiring.settings import Settings
from wiring.work import Installation


@pytest.fixture
def installation(server: str, tmp_path: Path, clock) -> Iterator[Installation]:
    made = Installation(
        Settings(home=tmp_path / "home", database_url=SecretStr(migrated_database(server))), clock=clock
    )
    yield made
    made.engine.dispose()


def test_lists_open_count_and_come_due(installation, clock):
    organisation = verified(installation)
    with installation.work("тест") as work:
        worker = entered(work, organisation)
        ticked(work, organisation, "card", "departments")
        ticked(work, organisation, "add", worker=worker)
    clock.forward(days=9)
    with installation.work("тест") as work:
        shown = [view.progress for view in checklist_progress.lists_of(work, organisation)]
        told = {standing.entry.code: standing.progress for standing in overview.overview(work)}
        assert [(progress.done, progress.overdue) for progress in shown] == [(2, 2), (1, 0)]
        assert told == {"sections": shown[0], "worker": shown[1]}
        ready = {(entry.item.code, entry.workers) for entry in overview.ready_items(work)}
        assert ready == {("licensing", 0), ("buildings", 0), ("staffing", 0), ("unit", 1)}


def test_what_one_click_stands_on_another_cannot_take_away_meanwhile(installation):
    organisation = opened(installation)
    with installation.work("тест") as work:
        ticked(work, organisation, "buildings")
    held, refused = threading.Event(), []

    def take_away() -> None:
        held.wait(30)
        try:
            with installation.work("второй") as work:
                checklists.untick(work, checklists.find_spot(work, organisation, "buildings"))
        except NotYet as wrong:
            refused.append(str(wrong))

    other = threading.Thread(target=take_away)
    other.start()
    with installation.work("первый") as work:
        ticked(work, organisation, "equipment")
        held.set()
        other.join(1)
        assert other.is_alive()  # it waits for us
    other.join(30)
    assert len(refused) == 1 and "«Оборудование»" in refused[0]
    with installation.work("тест") as work:
        assert checklist_progress.lists_of(work, organisation)[0].progress.done == 2
