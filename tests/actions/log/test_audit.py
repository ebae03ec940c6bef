"""The chain finds an edit, a deletion, a reordering, with an anchor a cut-off tail; the database refuses to help."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from actions.log import audit
from models.audit import ChainHead, Event


def _events(installation, count=6):
    with installation.work("тест") as work:
        for number in range(count):
            audit.record(work, "test.happened", f"thing:{number}", number=number)


def _tamper(installation, *statements):
    """What somebody with the database file can do: take the triggers off first."""
    with installation.engine.connect() as connection:
        for trigger in ("event_refuses_update", "event_refuses_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()


def _verify(installation, *anchors):
    with installation.work("тест") as work:
        return audit.verify(work.session, anchors)


def test_untouched_chain_is_whole(installation):
    _events(installation)
    verdict = _verify(installation)
    assert verdict.as_json() == {"ok": True, "events": 6, "head": verdict.head, "broken_at": None}


@pytest.mark.parametrize("statement", ["UPDATE event SET data = '{}' WHERE seq = 3", "DELETE FROM event WHERE seq = 3"])
def test_database_refuses_to_change_or_delete_events(installation, statement):
    _events(installation)
    with installation.engine.connect() as connection, pytest.raises(DatabaseError, match="only grows"):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statements", "where"),
    [
        (["UPDATE event SET data = '{\"number\":99}' WHERE seq = 3"], 3),
        (["UPDATE event SET actor = 'кто-то' WHERE seq = 4"], 4),
        (["UPDATE event SET at = '2020-01-01 00:00:00' WHERE seq = 2"], 2),
        (["DELETE FROM event WHERE seq = 2"], 2),
        (
            ["UPDATE event SET seq = 99 WHERE seq = 2", "UPDATE event SET seq = 2 WHERE seq = 3",
             "UPDATE event SET seq = 3 WHERE seq = 99"], 2,
        ),
    ],
)  # fmt: skip
def test_edit_deletion_and_reordering_are_found_where_they_are(installation, statements, where):
    _events(installation)
    _tamper(installation, *statements)
    assert _verify(installation).broken_at == where


def test_cut_off_tail_is_found_by_the_head_row_and_by_a_mailed_anchor(installation):
    _events(installation)
    with installation.work("тест") as work:
        mailed = audit.anchor(work.session)
        fourth = work.session.get(Event, 4).hash
    _tamper(installation, "DELETE FROM event WHERE seq > 4")
    assert _verify(installation).broken_at == 5
    _tamper(installation, f"UPDATE chain_head SET seq = 4, hash = '{fourth}'")
    assert _verify(installation).ok
    assert _verify(installation, mailed).broken_at == 5


def test_rewritten_history_contradicts_a_mailed_anchor(installation):
    _events(installation)
    with installation.work("тест") as work:
        mailed = audit.anchor(work.session)
    _tamper(installation, "DELETE FROM event", "DELETE FROM chain_head")
    with installation.work("другой") as work:
        for number in range(7):
            audit.record(work, "test.forged", f"thing:{number}")
        assert work.session.get(ChainHead, 1).seq == 7
    assert _verify(installation).ok
    assert _verify(installation, mailed).broken_at == 6


def test_anchor_reads_back_what_letters_carry():
    known = audit.Anchor(12, "a" * 64)
    assert audit.Anchor.parse(str(known)) == known
    with pytest.raises(ValueError, match="Отметка"):
        audit.Anchor.parse("12")
