"""A backup that is made while letters leave is whole: every file that its database names is in it."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import zipfile
from pathlib import Path

from actions.post import outbox
from service.backup import back_up
from sweeps import run_sweep
from tests.notifications.faulty_smtp import faulty_smtp
from tests.walking import confirm_desk
from wiring.settings import MailPart, Settings, SmtpPart
from wiring.work import Installation, system_clock

ROUNDS = int(os.environ.get("EGISZ_BACKUP_ROUNDS", "3"))
LETTERS = 50


def _lacking(archive: Path, folder: Path) -> list[str]:
    """What the database in the archive names and the archive does not hold."""
    with zipfile.ZipFile(archive) as whole:
        assert whole.testzip() is None
        held = {name.rpartition("/")[2] for name in whole.namelist()}
        whole.extract("database.sqlite3", folder)
    with contextlib.closing(sqlite3.connect(folder / "database.sqlite3")) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        named = {row[0] for row in opened.execute("SELECT raw_sha256 FROM outbox_letter WHERE raw_sha256 IS NOT NULL")}
        for (parts,) in opened.execute("SELECT attachments FROM outbox_letter"):
            named |= {part["sha256"] for part in json.loads(parts)}
    return sorted(named - held)


def test_every_backup_made_while_letters_leave_is_whole(tmp_path: Path) -> None:
    with faulty_smtp() as server:
        installation = confirm_desk(
            Installation(
                Settings(
                    home=tmp_path / "home",
                    smtp=SmtpPart(host="127.0.0.1", port=server.port, tls="plain"),
                    mail=MailPart(sender="clinic@clinic.example"),
                ),
                clock=system_clock,
            )
        )
        for turn in range(ROUNDS):
            with installation.work("тест") as work:
                digest = work.files.put(f"вложение {turn}".encode())
                for number in range(LETTERS):
                    outbox.promise(
                        work,
                        key=f"{turn} {number}",
                        purpose="nudge"
                        if number % 2
                        else "digest",  # the bytes of a personal letter go when it has left
                        recipient=f"p{number}@clinic.example",
                        subject="Т",
                        text="Т",
                        attachments=[{"name": "a.txt", "media_type": "text/plain", "sha256": digest}],
                    )
            sending = threading.Thread(target=run_sweep, args=("deliver", installation))
            sending.start()
            made = 0
            while sending.is_alive() or not made:
                target = tmp_path / f"{turn}-{made}.zip"
                back_up(installation, target)
                assert _lacking(target, tmp_path / "look") == []
                made += 1
            sending.join()
        assert len(server.taken) == LETTERS * ROUNDS
    assert [path.name for path in (tmp_path / "home").iterdir() if path.name.startswith(".backup")] == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
