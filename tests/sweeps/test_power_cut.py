"""After a power cut nothing that the outside was told is forgotten: no letter leaves twice, no letter taken in is lost."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.post import outbox
from models.letters import InboxLetter, OutboxLetter, OutboxState
from sweeps import run_sweep
from tests.notifications.faulty_imap import faulty_imap
from tests.notifications.faulty_smtp import HANG, faulty_smtp
from tests.sweeps.power_cut import power
from tests.walking import confirm_desk
from wiring.settings import load
from wiring.work import Installation, system_clock

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="needs a C compiler")


def _home(home: Path, *, smtp: int = 0, imap: int = 0, lease: int = 2) -> Installation:
    home.mkdir(parents=True, exist_ok=True)
    parts = ['[mail]\nsender = "clinic@clinic.example"\nlease_seconds = ' + str(lease)]
    if smtp:
        parts.append(f'[smtp]\nhost = "127.0.0.1"\nport = {smtp}\ntls = "plain"\ndata_timeout_seconds = 1')
    if imap:
        parts.append(f'[imap]\nhost = "127.0.0.1"\nport = {imap}\ntls = "plain"\nlogin = "c"\npassword = "p"')
    (home / "settings.toml").write_text("\n".join(parts) + "\n", "utf-8")
    return confirm_desk(_opened(home))


def _opened(home: Path) -> Installation:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EGISZ_HOME", str(home))
        return Installation(load(), clock=system_clock)


def _promise(installation: Installation, count: int) -> None:
    with installation.work("тест") as work:
        for number in range(count):
            outbox.promise(
                work, key=f"k{number}", purpose="digest", recipient=f"p{number}@clinic.example", subject="Т", text="Т"
            )


def _closed(installation: Installation) -> None:
    """Nothing waits in a journal: what was there before the test begins is on the disk."""
    installation.engine.dispose()
    with sqlite3.connect(installation.settings.home / "egisz-access.sqlite3") as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()


def test_what_a_server_accepted_before_a_power_cut_is_not_sent_again(tmp_path: Path) -> None:
    with faulty_smtp() as server:
        before = _home(tmp_path / "home", smtp=server.port)
        _promise(before, 5)
        _closed(before)
        with power(tmp_path / "home", tmp_path) as supply:
            supply.sweep("deliver")
            assert len(server.taken) == 5
            after = _opened(supply.cut(tmp_path / "after"))
        run_sweep("deliver", after)
        assert len(server.taken) == 5
        with after.reading("тест") as work:
            states = {letter.state for letter in work.session.execute(select(OutboxLetter)).scalars()}
        assert states == {OutboxState.SENT}


def test_a_letter_that_was_under_way_is_uncertain_after_a_power_cut(tmp_path: Path) -> None:
    with faulty_smtp(dot=[HANG]) as server:
        before = _home(tmp_path / "home", smtp=server.port)
        _promise(before, 1)
        _closed(before)
        with power(tmp_path / "home", tmp_path) as supply:
            supply.sweep("deliver")
            after = _opened(supply.cut(tmp_path / "after"))
        run_sweep("deliver", after)
        with after.reading("тест") as work:
            assert work.session.execute(select(OutboxLetter.state)).scalars().all() == [OutboxState.UNCERTAIN]
        assert server.taken == []


def test_a_letter_that_was_marked_as_seen_is_there_after_a_power_cut(tmp_path: Path) -> None:
    letters = {
        uid: f"From: a@b.ru\r\nMessage-ID: <{uid}@b.ru>\r\nSubject: {uid}\r\n\r\nТекст {uid}\r\n".encode()
        for uid in (2, 4, 6)
    }
    with faulty_imap(letters) as server:
        before = _home(tmp_path / "home", imap=server.port)
        _closed(before)
        with power(tmp_path / "home", tmp_path) as supply:
            supply.sweep("inbox")
            after = _opened(supply.cut(tmp_path / "after"))
        assert server.seen == set(letters)
        with after.reading("тест") as work:
            rows = work.session.execute(select(InboxLetter)).scalars().all()
            assert {row.uid: work.files.read(row.sha256) for row in rows} == letters


_LAX = """
real = database._prepare_sqlite
def lax(connection, record):
    real(connection, record)
    connection.execute("PRAGMA synchronous=NORMAL")
database._prepare_sqlite = lax
"""


def test_the_check_would_notice_a_database_that_does_not_sync(tmp_path: Path) -> None:
    """With the setting of earlier releases all letters leave twice."""
    with faulty_smtp() as server:
        before = _home(tmp_path / "home", smtp=server.port)
        _promise(before, 5)
        _closed(before)
        with power(tmp_path / "home", tmp_path) as supply:
            supply.sweep("deliver", first=_LAX)
            after = _opened(supply.cut(tmp_path / "after"))
        run_sweep("deliver", after)
        assert len(server.taken) == 10
