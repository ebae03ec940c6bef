"""A backup holds no secret that is not locked in, and comes back whole or not at all, killed wherever it may be."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import zipfile

import pytest
from sqlmodel import select

from actions.log import audit
from models.audit import Event
from models.webhook import Webhook
from service import anchors, backup, locks
from service.backup import BackupError
from service.locks import Identity, Passphrase, Recipient, WrongLock
from service.restoring import restore
from wiring.holding import held
from wiring.moving_in import READY
from wiring.settings import Settings
from wiring.work import Installation

WORDS = "семь сорок девять ёлок"
SETTINGS = """
[smtp]
host = "mail.clinic.example"
login = "post"
password = "smtp-s3cret"
# password = "former-s3cret"

[oidc]
client_secret = "oidc-s3cret"  # от администратора
"""


@pytest.fixture
def used(installation):
    """Data, a file, a subscription, settings with passwords."""
    with installation.work("тест") as work:
        audit.record(work, "test.happened", "thing:1")
        work.files.put("содержание".encode())
        account = webhook_owner(work)
        work.session.add(
            Webhook(account_id=account, url="https://a.example", secret="whsec_hook-s3cret", created_at=work.now)
        )
    (installation.settings.home / "settings.toml").write_text(SETTINGS, "utf-8")
    return installation


def webhook_owner(work):
    from actions.accounts import accounts
    from models.account import Role

    return accounts.create(work, login="boss", name="Админ", roles=[Role.ADMINISTRATOR]).id


def all_bytes(path, tmp_path):
    """Everything in the archive, unpacked."""
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_an_open_backup_holds_no_secret_of_any_kind(used, tmp_path):
    backup.back_up(used, tmp_path / "copy.zip")
    held_bytes = all_bytes(tmp_path / "copy.zip", tmp_path)
    key = (used.settings.home / "secret.key").read_bytes()
    assert "secret.key" not in zipfile.ZipFile(tmp_path / "copy.zip").namelist()
    assert key not in held_bytes and b"s3cret" not in held_bytes
    assert "mail.clinic.example" in held_bytes.decode("utf-8", "replace")


@pytest.mark.parametrize("by_key", [False, True])
def test_a_locked_backup_holds_everything_and_opens_by_its_own_lock_only(used, tmp_path, by_key):
    key = tmp_path / "copies.key"
    lock = Recipient(locks.make_key(key).text) if by_key else Passphrase(WORDS)
    copy = tmp_path / "copy.zip.age"
    backup.back_up(used, copy, lock=lock)
    assert locks.is_locked(copy) and b"s3cret" not in copy.read_bytes()
    home = tmp_path / "elsewhere"
    stranger = tmp_path / "other.key"
    locks.make_key(stranger)
    for wrong in (None, Passphrase("не та фраза вовсе"), Identity(stranger)):
        with pytest.raises(WrongLock):
            restore(Settings(home=home), copy, force=False, opener=wrong)
    assert not (home / "egisz-access.sqlite3").exists()
    restore(Settings(home=home), copy, force=False, opener=Identity(key) if by_key else Passphrase(WORDS))
    assert (home / "secret.key").read_bytes() == (used.settings.home / "secret.key").read_bytes()
    assert (home / "settings.toml").read_text("utf-8") == SETTINGS
    made = Installation(Settings(home=home), used.clock)
    with made.work("тест") as work:
        assert work.session.exec(select(Webhook)).one().secret == "whsec_hook-s3cret"
    made.engine.dispose()


def test_passwords_of_this_folder_stay_where_the_copy_has_none_and_the_rest_is_asked_for(used, tmp_path):
    backup.back_up(used, tmp_path / "copy.zip")
    used.engine.dispose()
    assert restore(used.settings, tmp_path / "copy.zip", force=True).lacking == ()
    assert 'password = "smtp-s3cret"' in (used.settings.home / "settings.toml").read_text("utf-8")
    elsewhere = restore(Settings(home=tmp_path / "new"), tmp_path / "copy.zip", force=False)
    assert set(elsewhere.lacking) == {"smtp.password", "oidc.client_secret"}


def test_a_password_goes_to_no_other_server(used, tmp_path):
    backup.back_up(used, tmp_path / "copy.zip")
    home = tmp_path / "new"
    home.mkdir()
    (home / "settings.toml").write_text('[smtp]\nhost = "other.example"\nlogin = "post"\npassword = "own"\n', "utf-8")
    assert "smtp.password" in restore(Settings(home=home), tmp_path / "copy.zip", force=False).lacking


def test_the_log_goes_on_from_the_copy_and_the_anchors_of_the_replaced_one_are_no_contradiction(used, tmp_path):
    anchors.keep(used)
    backup.back_up(used, tmp_path / "copy.zip")
    with used.work("тест") as work:
        for number in range(5):
            audit.record(work, "test.happened", f"thing:{number}")
    anchors.keep(used)
    used.engine.dispose()
    restore(used.settings, tmp_path / "copy.zip", force=True)
    with used.reading("тест") as work:
        assert anchors.contradiction(used, work.session) == ""
        assert audit.verify(work.session, anchors.kept(used.settings).anchors, anchors.seals(used.settings)).ok


def rewritten(path, target, change):
    """The archive with its parts changed by `change`."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as out:
        parts = {name: archive.read(name) for name in archive.namelist()}
        for name, data in change(parts):
            out.writestr(name, data)


def _broken_database(parts):
    parts["database.sqlite3"] = parts["database.sqlite3"][:8192] + os.urandom(4096) + parts["database.sqlite3"][12288:]
    return parts.items()


def _changed_file(parts):
    return [(name, b"other" if name.startswith("files/") else data) for name, data in parts.items()]


def _climbing(parts):
    return [*parts.items(), ("files/../../evil", b"x")]


def _long_name(parts):
    return [*parts.items(), ("files/aa/" + "a" * 300, b"x")]


def _twice(parts):
    return [*parts.items(), next((name, b"x") for name in parts if name.startswith("files/"))]


def _opened(data):
    """In memory, where there is no room for a journal: the header is to say so."""
    raw = sqlite3.connect(":memory:")
    raw.deserialize(data[:18] + b"\x01\x01" + data[20:])
    return raw


def _rewritten_log(parts):
    raw = _opened(parts["database.sqlite3"])
    raw.execute("DROP TRIGGER event_refuses_update")
    raw.execute("UPDATE event SET actor = 'другой' WHERE seq = 1")
    raw.commit()
    parts["database.sqlite3"] = raw.serialize()
    return parts.items()


def _newer(parts):
    raw = _opened(parts["database.sqlite3"])
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    parts["database.sqlite3"] = raw.serialize()
    return parts.items()


def _no_database(parts):
    parts["database.sqlite3"] = b"garbage" * 1000
    return parts.items()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "change",
    [_broken_database, _changed_file, _climbing, _long_name, _twice, _rewritten_log, _newer, _no_database],
    ids=lambda f: f.__name__,
)
def test_an_archive_that_was_changed_replaces_nothing(used, tmp_path, change):
    backup.back_up(used, tmp_path / "copy.zip")
    rewritten(tmp_path / "copy.zip", tmp_path / "bad.zip", change)
    used.engine.dispose()
    before = {
        path: path.read_bytes() for path in used.settings.home.rglob("*") if path.is_file() and path.suffix != ".lock"
    }
    with pytest.raises(BackupError):
        restore(used.settings, tmp_path / "bad.zip", force=True)
    assert {
        path: path.read_bytes() for path in used.settings.home.rglob("*") if path.is_file() and path.suffix != ".lock"
    } == before
    new = tmp_path / "new"
    with pytest.raises(BackupError):
        restore(Settings(home=new), tmp_path / "bad.zip", force=False)
    assert [path.name for path in new.iterdir()] == ["service.lock"]


def test_nothing_is_put_back_under_a_running_service(used, tmp_path):
    backup.back_up(used, tmp_path / "copy.zip")
    with held(used.settings.home), pytest.raises(BackupError, match="Остановите"):
        restore(used.settings, tmp_path / "copy.zip", force=True)


_KILLED = """
import os, sys
from pathlib import Path
from service import restoring
from service.restoring import restore
from wiring import moving_in
from wiring.settings import load
left = int(sys.argv[2])
def counted(real):
    def call(*arguments, **options):
        global left
        left -= 1
        if left < 0: os.kill(os.getpid(), 9)
        return real(*arguments, **options)
    return call
Path.replace, Path.unlink = counted(Path.replace), counted(Path.unlink)
moving_in.sync = restoring.sync = counted(moving_in.sync)
moving_in.append = counted(moving_in.append)
restore(load(), Path(sys.argv[1]), force=True)
"""


_PLACES = range(100) if "EGISZ_KILL_ROUNDS" in os.environ else (3, 9, 12, 14, 16, 100)


def test_killed_anywhere_it_ends_old_or_new_and_whole(used, tmp_path):
    """Every rename, removal, sync and write of the moving is a place to die at."""
    with used.work("тест") as work:
        audit.record(work, "test.new", "thing:2")
    backup.back_up(used, tmp_path / "copy.zip")
    used.engine.dispose()
    outcomes = set()
    for at in _PLACES:
        home = tmp_path / f"home{at}"
        elder = Installation(Settings(home=home), used.clock)
        with elder.work("тест") as work:
            audit.record(work, "test.old", "thing:1")
        elder.engine.dispose()
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, str(tmp_path / "copy.zip"), str(at)], env={**os.environ, "EGISZ_HOME": str(home)},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        found = Installation(Settings(home=home), used.clock)
        with found.work("тест") as work:
            actions = set(work.session.exec(select(Event.action)))
            assert audit.verify(work.session, anchors.kept(found.settings).anchors, anchors.seals(found.settings)).ok
            assert anchors.contradiction(found, work.session) == ""
        found.engine.dispose()
        assert ("test.old" in actions) != ("test.new" in actions)
        assert ("test.new" in actions) == bool(list(found.settings.files_folder.glob("*/*")))
        assert not (home / READY).exists()
        outcomes.add("test.new" in actions)
        if done.returncode == 0:
            break
    assert outcomes == {True, False}
    assert done.returncode == 0
