"""The same code on PostgreSQL: a whole life, claims that skip locked rows, a log that refuses changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from actions.log import audit
from actions.post import outbox
from actions.requests import lookup
from actions.roles import grants
from actions.steps import taking, verification
from actions.steps.answer import Answer
from models.letters import OutboxLetter
from models.request import Status
from states.lifecycle import Refused
from tests.postgres import migrated_database
from tests.walking import confirm_desk, request_at
from wiring.settings import Settings
from wiring.work import Installation


@pytest.fixture
def installation(server: str, tmp_path: Path, clock) -> Iterator[Installation]:
    made = Installation(
        Settings(home=tmp_path / "home", database_url=SecretStr(migrated_database(server))), clock=clock
    )
    yield made
    made.engine.dispose()


def test_whole_life_ends_verified(installation):
    number = request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        verification.record_logins(work, lookup.get(work, number), snils=[], proven=True)
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.VERIFIED
        assert len(grants.holders(work)) == 4
        assert audit.verify(work.session).ok


def test_two_workers_never_claim_one_letter(installation):
    confirm_desk(installation)
    with installation.work("тест") as work:
        for number in range(40):
            outbox.promise(work, key=f"k:{number}", purpose="digest", recipient="a@b.example", subject="т", text="т")
    claimed: list[int] = []
    lock = threading.Lock()

    def claim(owner: str) -> None:
        for _ in range(10):
            with installation.work("тест") as work:
                taken = outbox.claim(work, owner=owner, limit=3)
            with lock:
                claimed.extend(taken)

    threads = [threading.Thread(target=claim, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(set(claimed))
    assert len(claimed) == 40


def test_writers_at_once_keep_one_chain(installation):
    def write() -> None:
        for number in range(10):
            with installation.work("тест") as work:
                audit.record(work, "test.happened", f"thing:{number}")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with installation.work("тест") as work:
        assert audit.verify(work.session).as_json()["events"] == 40


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = ''", "DELETE FROM event", "TRUNCATE event"])
def test_log_refuses_changes(installation, statement):
    with installation.work("тест") as work:
        audit.record(work, "test.happened", "thing:1")
    with installation.engine.connect() as connection, pytest.raises(DatabaseError, match="only grows"):
        connection.execute(text(statement))


def test_two_clicks_at_once_promise_one_letter(installation):
    number = request_at(installation, Status.SIGNED)
    outcomes = []

    def press() -> None:
        try:
            with installation.work("тест") as work:
                taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
            outcomes.append("sent")
        except (taking.StaleRequest, Refused):
            outcomes.append("refused")

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "refused", "sent"]
    with installation.work("тест") as work:
        assert len(work.session.execute(select(OutboxLetter)).scalars().all()) == 1
