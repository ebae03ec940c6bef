"""What is erased is gone from every place, wherever the sweep is killed, and no copy or mailbox brings it back."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest
from sqlmodel import select

from actions.answers import mailbox
from actions.keeping import erasing_again
from actions.log import audit
from actions.requests import creation, files, lookup
from actions.steps import taking
from actions.stored import owed
from models.audit import Event
from models.employee import Employee
from models.erasure import Owed
from models.letters import InboxLetter, OutboxLetter
from models.request import AccessRequest, RequestFile, Status
from service import backup, erasing, erasures
from service.restoring import restore
from sweeps import erase
from tests.dying import killed_at, place_of
from tests.homes import made_once
from tests.service.erased import BEGUN, OVER, close, letter, opened, sweep, traces
from tests.walking import KIND, clinic, others

EVERYWHERE = "EGISZ_KILL_ROUNDS" in os.environ


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """The folder of an installation whose only request is long closed."""
    return made_once(tmp_path_factory.mktemp("closed"), close)


@pytest.fixture
def home(closed, tmp_path):
    shutil.copytree(closed, tmp_path / "home")
    return tmp_path / "home"


def test_no_name_no_file_and_no_letter_is_left_in_the_folder(home):
    assert len(list(traces(home))) > 5
    sweep(home)
    assert list(traces(home)) == []


@pytest.mark.timeout(1000)
def test_killed_at_every_point_the_next_run_leaves_as_little(closed, tmp_path):
    """Between the commit and the last removal, too: what is owed is written down first."""
    home = tmp_path / "home"
    shutil.copytree(closed, home)
    ended = killed_at("tests.service.erased:sweep", home, range(0, 300, 1 if EVERYWHERE else 3))
    assert list(ended.values())[-1] == 0 and set(ended.values()) == {0, -signal.SIGKILL} and len(ended) > 8
    owing = 0
    for place in ended:
        killed = place_of(home, place)
        owing += any(killed.glob("files/*/*")) and not _is_named(killed)
        sweep(killed)
        assert list(traces(killed)) == []
        found = opened(killed)
        assert len(erasures.kept(found.settings)) == 1
        with found.work("тест") as work:
            assert audit.verify(work.session).ok
            assert len(work.session.exec(select(Event).where(Event.action == "erasure.act")).all()) == 1
            assert set(owed.count(work)) <= {Owed.MEMORY}
        found.engine.dispose()
    assert owing > 1  # some died with rows emptied and files there


def _is_named(home):
    found = opened(home)
    with found.reading("тест") as work:
        named = work.session.exec(select(AccessRequest.erased_on)).one() is None
    found.engine.dispose()
    return named


def test_file_that_another_request_names_stays_until_that_one_is_erased(home):
    found = opened(home, BEGUN)
    with found.work("тест") as work:
        old = work.session.exec(select(RequestFile).where(RequestFile.purpose == "scan")).first()
        other = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=others(1))
        files.add(
            work,
            other,
            purpose="attachment",
            name="Копия.pdf",
            data=work.files.read(old.sha256),
            media_type="application/pdf",
        )
        digest, number = old.sha256, other.id
    found.clock.now = OVER
    erase.sweep(found)
    assert found.files.has(digest) and len(list(found.settings.files_folder.glob("*/[0-9a-f]*"))) == 1
    with found.work("тест") as work:
        taking.take(work, lookup.get(work, number), "withdraw")
    found.clock.forward(days=365 * 3 + 1)
    erase.sweep(found)
    assert not found.files.has(digest)
    found.engine.dispose()


def test_file_that_the_disk_holds_on_to_is_owed_and_tried_again(home):
    found = opened(home)
    held = next(found.settings.files_folder.glob("*/[0-9a-f]*"))
    held.rename(home / "aside")
    (held / "held").mkdir(parents=True)  # nobody removes it as a file
    assert erase.sweep(found)["owed"]["file"] == 1
    assert list(traces(home, "aside")) == []
    (held / "held").rmdir()
    held.rmdir()
    (home / "aside").rename(held)
    assert "file" not in erase.sweep(found)["owed"]
    assert list(traces(home)) == []
    found.engine.dispose()


def test_copies_of_before_are_owed_until_a_person_has_removed_them(home):
    found = opened(home, BEGUN)
    backup.make(found, by="тест")
    (copy,) = backup.folder(found.settings).iterdir()
    os.utime(copy, (BEGUN.timestamp(),) * 2)
    found.clock.now = OVER
    assert erase.sweep(found)["owed"]["copies"] == 1
    assert list(traces(home, "backups")) == []
    copy.unlink()
    assert "copies" not in erasing.pay(found)
    found.engine.dispose()


@pytest.fixture
def erased(home, tmp_path):
    """A folder whose copy was made before the erasure; a second letter of the same request came between."""
    found = opened(home, BEGUN)
    backup.back_up(found, tmp_path / "copy.zip")
    with found.work("тест") as work:
        number = mailbox.store(work, _late())
        work.session.get(InboxLetter, number).request_id = work.session.exec(select(AccessRequest.id)).one()
    found.clock.now = OVER
    erase.sweep(found)
    found.engine.dispose()
    return home


def _late():
    first = letter(8)
    return type(first)(
        **{
            **{name: getattr(first, name) for name in first.__slots__},
            "raw": first.raw.replace(b"answer.1", b"answer.2"),
        }
    )


@pytest.mark.parametrize("lost", ["nothing", "database", "file of acts"])
def test_copy_of_before_put_back_brings_nothing_back(erased, tmp_path, lost):
    """Known from the database that is replaced, or from the file beside it."""
    if lost == "database":
        (erased / "egisz-access.sqlite3").write_bytes(b"broken" * 1000)
    elif lost == "file of acts":
        _owe_the_line_again(erased)
    restore(opened(erased).settings, tmp_path / "copy.zip", force=True)
    found = opened(erased)
    with found.work("тест") as work:
        request = work.session.exec(select(AccessRequest)).one()
        assert request.status is Status.VERIFIED and request.erased_on is not None
        assert {card.surname for card in work.session.exec(select(Employee))} == {""}
        assert mailbox.store(work, letter(7)) is None  # the mailbox gives them again, from the first on
        assert mailbox.store(work, _late()) is None
        assert mailbox.store(work, letter(1, validity=2, trace="mx2")) is None
        assert {each.text for each in work.session.exec(select(OutboxLetter))} == {""}
        assert audit.verify(work.session).ok
    erase.sweep(found)
    found.engine.dispose()
    assert list(traces(erased)) == []
    assert sum("erasure.repeated" in line for line in _actions(erased)) == 1


def _owe_the_line_again(home):
    """As if the sweep had been killed before the act came into the file."""
    found = opened(home)
    (act,) = erasures.kept(found.settings)
    erasures.path(found.settings).unlink()
    with found.work("тест") as work:
        owed.owe_line(work, act.as_json())
    found.engine.dispose()


def _actions(home):
    found = opened(home)
    with found.reading("тест") as work:
        actions = work.session.exec(select(Event.action).order_by(Event.seq)).all()
    found.engine.dispose()
    return actions


def test_copy_put_back_twice_brings_nothing_back_either(erased, tmp_path):
    for _ in range(2):
        restore(opened(erased).settings, tmp_path / "copy.zip", force=True)
        sweep(erased)
        assert list(traces(erased)) == []


def test_older_database_put_in_place_by_hand_is_seen_by_the_next_run(erased, tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        (erased / "egisz-access.sqlite3").write_bytes(archive.read("database.sqlite3"))
    assert list(traces(erased)) != []
    sweep(erased)
    assert list(traces(erased)) == []
    sweep(erased)
    assert _actions(erased).count("erasure.repeated") == 1


def test_acts_of_another_history_erase_nothing(erased, tmp_path):
    """The database was lost and begun anew: the same row numbers are other people."""
    for path in erased.glob("egisz-access.sqlite3*"):
        path.unlink()
    found = opened(erased)
    with found.work("тест") as work:
        creation.create(work, kind=KIND, organisation_id=clinic(work), lines=others(3))
    erase.sweep(found)
    with found.work("тест") as work:
        assert {card.surname for card in work.session.exec(select(Employee))} == {"Друговаааа"}
    found.engine.dispose()


def test_line_that_the_installations_key_does_not_seal_erases_nothing(home):
    found = opened(home, BEGUN)
    with found.reading("тест") as work:
        history = erasing_again.points(work.session)
    told = {"requests": {"1": "verified"}, "patients": [], "cards": [1, 2], "workers": [], "items": [], "letters": []}
    forged = {**told, "repeats": [], "history": history, "seq": 99, "hash": "f" * 64, "mac": "0" * 64}
    erasures.path(found.settings).write_text(json.dumps(forged) + "\n", "utf-8")
    assert erasures.kept(found.settings) == []
    erase.sweep(found)
    with found.reading("тест") as work:
        assert work.session.exec(select(AccessRequest.erased_on)).one() is None
    found.engine.dispose()


def test_what_is_noted_outside_holds_no_name(erased):
    assert list(traces(erased)) == []
    assert Path(erased, "erasures.jsonl").stat().st_mode & 0o077 == 0
