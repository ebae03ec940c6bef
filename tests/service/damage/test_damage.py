"""Damage is found within a night where it matters and within the term elsewhere, told with what helps, and mended."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sqlite3

import pytest
from sqlalchemy import delete, update
from sqlmodel import col, select

from actions.cards import organisations
from actions.keeping import damages, reminders
from actions.log import audit
from actions.requests import lookup
from actions.roles import grants
from actions.steps import comments, verification
from models.audit import Event
from models.comment import Comment
from models.damage import DamageKind, FileLook
from models.employee import Employee
from models.erasure import Owed
from models.grant import Grant
from models.letters import InboxLetter, OutboxLetter
from models.request import AccessRequest, RequestFile, RequestLine, Status
from service import backup, erasing
from service.damage import files, looking, rows
from service.damage.mending import mend
from service.planner import Planner
from service.state_of_health import look as health
from sweeps import erase, nightly
from tests.service.damage.spoiling import closed_database, flip, flip_word, spoil_page
from tests.walking import bring, confirm_desk, lines, request_at
from wiring.row_marks import tables
from wiring.settings import RemindersPart


def night(installation):
    """The next one; what it found."""
    installation.clock.forward(days=1)
    nightly.sweep(installation)
    with installation.reading("тест") as work:
        return {(each.kind, each.what): each.told for each in damages.present(work)}


def kinds(damage):
    return {kind for kind, _ in damage}


def shown(installation):
    with installation.reading("тест") as work:
        return {check.code: check for check in health(installation, work, Planner("", False))}


def stored(installation, status, purpose="scan"):
    """The path of a file of the request that stands there."""
    with installation.reading("тест") as work:
        query = (
            select(RequestFile.sha256)
            .join(AccessRequest, col(AccessRequest.id) == col(RequestFile.request_id))
            .where(AccessRequest.status == status, RequestFile.purpose == purpose)
        )
        return installation.files.path(work.session.exec(query).first())


def test_sound_data_are_told_to_be_sound(found):
    assert night(found) == {}
    told = shown(found)
    assert told["soundness"].level == told["files"].level == "good"
    assert "02.12" not in told["soundness"].told and "25.11.2026" in told["soundness"].told


def test_before_the_first_look_and_when_it_does_not_come_the_page_says_so(installation):
    assert shown(installation)["soundness"].level == "note"
    nightly.sweep(installation)
    assert shown(installation)["files"].level == "good"
    installation.clock.forward(days=3)
    assert shown(installation)["files"].level == shown(installation)["soundness"].level == "warning"


@pytest.mark.parametrize("word", [lines(1)[0].post, lines(1)[0].given, lines(1)[0].email.partition("@")[0], "officer"])
def test_bit_that_flips_in_a_text_of_the_database_is_found_the_next_night(found, word):
    flip_word(closed_database(found), word.encode())
    damage = night(found)
    assert damage and kinds(damage) <= {DamageKind.ROW, DamageKind.DATABASE}
    assert shown(found)["soundness"].level == "bad" and "egisz-access" in shown(found)["soundness"].mend


def test_any_bit_of_any_marked_row_is_found(found):
    """Each table, each column that holds anything: the value is changed past every statement of the program."""
    path = closed_database(found)
    missed, tried = [], 0
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA recursive_triggers=OFF")
        for table in tables():
            for (name,) in raw.execute(
                "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name=?", (table,)
            ).fetchall():
                raw.execute(f'DROP TRIGGER "{name}"')
            row = raw.execute(f'SELECT * FROM "{table}" LIMIT 1')
            names, values = [column[0] for column in row.description], row.fetchone()
            for name, value in zip(names, values or (), strict=False):
                if name == "id" or not isinstance(value, str) or value in ("", "{}", "[]"):
                    continue
                tried += 1
                raw.execute("BEGIN")
                with contextlib.suppress(sqlite3.IntegrityError):
                    raw.execute(
                        f'UPDATE "{table}" SET "{name}" = ? WHERE id = ?',
                        (value[:-1] + chr(ord(value[-1]) ^ 1), values[names.index("id")]),
                    )
                    raw.execute("COMMIT")
                    seen = rows._seen(raw, set())
                    missed += [f"{table}.{name}"] if (table, values[names.index("id")]) not in seen.wrong else []
                    raw.text_factory = str
                    raw.execute("COMMIT")
                    raw.execute(f'UPDATE "{table}" SET "{name}" = ? WHERE id = ?', (value, values[names.index("id")]))
                    continue
                raw.execute("ROLLBACK")
    assert tried > 60 and missed == []


def test_damaged_pages_are_found_and_told_even_where_the_database_takes_nothing_in(found):
    path = closed_database(found)
    whole, seen = path.read_bytes(), []
    pages = len(whole) // 4096
    for number in range(2, pages, 7 if "EGISZ_KILL_ROUNDS" not in os.environ else 1):
        path.write_bytes(whole)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        spoil_page(path, number)
        looking.note_path(found.settings).unlink(missing_ok=True)
        try:
            damage = night(found)
            seen.append(bool(kinds(damage) & {DamageKind.DATABASE, DamageKind.ROW}))
        except looking.Damaged as error:
            assert "egisz-access restore" in str(error)
            seen.append(bool(looking.noted(found.settings)))
        found.engine.dispose()
    assert all(seen) and len(seen) > 15


def test_damage_beside_the_database_is_told_on_the_page_until_a_look_finds_it_whole(found):
    looking.note_path(found.settings).write_text('{"database": ["База повреждена: страница 7."]}', "utf-8")
    assert shown(found)["soundness"].told == "База повреждена: страница 7."
    night(found)
    assert shown(found)["soundness"].level == "good"


def test_row_that_is_told_stays_told_until_a_person_accepts_it(found):
    flip_word(closed_database(found), lines(1)[0].post.encode())
    damage = night(found)
    with found.work("тест") as work:
        for card in work.session.exec(select(Employee)):
            card.unit = "other"  # somebody writes into it
        for line in work.session.exec(select(RequestLine)):
            line.position += 7
    assert {what for kind, what in night(found) if kind is DamageKind.ROW} == {
        what for kind, what in damage if kind is DamageKind.ROW
    }
    assert rows.accept(found, "админ") == len([1 for kind, _ in damage if kind is DamageKind.ROW])
    assert night(found) == {}


def test_row_that_vanishes_is_found_and_one_that_was_deleted_is_not(found):
    with found.work("тест") as work:
        number = work.session.exec(select(AccessRequest.id)).first()
        for text in ("первое", "второе"):
            comments.add(work, lookup.get(work, number), text)
    assert night(found) == {}
    with found.work("тест") as work:
        work.session.execute(delete(Comment).where(col(Comment.text) == "первое"))
    assert night(found) == {}
    path = closed_database(found)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TRIGGER comment_notes_delete")
        raw.execute("DELETE FROM comment")
        raw.commit()
    assert kinds(night(found)) == {DamageKind.ROW}


def test_work_of_a_week_is_no_damage(found):
    """Steps, bulk statements, corrections of cards, an erasure: all that the program itself writes."""
    confirm_desk(found)
    with found.reading("тест") as work:
        number = work.session.exec(select(AccessRequest.id).where(AccessRequest.status == Status.AWAITING)).one()
    bring(found, number, Status.GRANTED)
    assert night(found) == {}
    with found.work("тест") as work:
        verification.record_logins(work, lookup.get(work, number), snils=[], proven=True)
        for grant in work.session.exec(select(Grant)).all():
            grants.end(work, grant_id=grant.id or 0, reason="уволен")
        card = organisations.get(work, lookup.get(work, number).organisation_id)
        organisations.change(work, card, {"short_name": "Поликлиника"})
        work.session.execute(update(OutboxLetter).values(error="после"))
    assert night(found) == {}
    request_at(found, Status.SENT, of=3)
    assert night(found) == {}
    found.clock.forward(days=365 * 3 + 10)
    erase.sweep(found)
    assert night(found) == {}


def test_erased_row_leaves_no_digest_of_what_it_held(found):
    with found.work("тест") as work:
        work.session.exec(select(Employee)).first().surname = ""
        before = work.session.connection().exec_driver_sql("SELECT count(*) FROM row_sum").scalar()
        erasing.erasure_owes = None
    from actions.stored import owed

    with found.work("тест") as work:
        owed.owe(work, Owed.PAGES)
    erasing.pay(found)
    with found.work("тест") as work:
        assert work.session.connection().exec_driver_sql("SELECT count(*) FROM row_sum").scalar() < before
    assert night(found) == {}


@pytest.mark.parametrize("spoil", ["flip", "delete"])
@pytest.mark.parametrize("what", ["scan", "letter"])
def test_file_of_an_open_request_is_missed_or_found_damaged_the_next_night(found, spoil, what):
    path = stored(found, Status.AWAITING)
    if what == "letter":
        with found.reading("тест") as work:
            path = found.files.path(
                work.session.exec(
                    select(OutboxLetter.raw_sha256).where(col(OutboxLetter.raw_sha256).is_not(None))
                ).first()
            )
    backup.make(found, by="тест")
    flip(path, path.stat().st_size // 2) if spoil == "flip" else path.unlink()
    damage = night(found)
    ((kind, digest),) = damage
    assert kind is (DamageKind.FILE if spoil == "flip" else DamageKind.MISSING) and digest == path.name
    told = damage[kind, digest]
    assert re.search(r"заявка ЕД-\d+-\d+, подписанный скан" if what == "scan" else r"отправленное письмо № \d+", told)
    assert re.search(r"есть в копии egisz-access-\S+\.zip", told)
    check = shown(found)["files"]
    assert check.level == "bad" and told in check.more and "soundness mend" in check.mend
    (copy,) = backup.folder(found.settings).iterdir()
    assert mend(found, copy) == (1, 0)
    assert night(found) == {}
    with found.reading("тест") as work:
        said = [
            event.action
            for event in work.session.exec(select(Event).order_by(col(Event.seq)))
            if "damage" in event.action
        ]
    assert said == ["damage.found", "damage.mended"]


def test_every_other_file_is_read_within_the_term_a_share_a_night(found):
    with found.work("тест") as work:
        for number in range(70):
            digest = work.files.put(f"бумага {number}".encode())
            closed = work.session.exec(select(AccessRequest.id).where(AccessRequest.status == Status.WITHDRAWN)).one()
            work.session.add(RequestFile(request_id=closed, purpose="attachment", sha256=digest, added_at=work.now))
    for path in found.settings.files_folder.glob("*/[0-9a-f]*"):
        if path.read_bytes().startswith("бумага".encode()):
            flip(path, 3)
    counts = [len(night(found)) for _ in range(7)]
    assert counts[-1] == 70 and counts == sorted(counts)
    assert all(later - earlier <= 15 for earlier, later in zip([0, *counts], counts, strict=False))


def test_nights_that_were_missed_are_made_up_for(found):
    with found.reading("тест") as work:
        closed = found.files.path(work.session.exec(select(InboxLetter.sha256)).one())
    flip(closed, 5)
    found.clock.forward(days=8)
    assert kinds(night(found)) == {DamageKind.FILE}


def test_a_night_that_is_too_short_goes_on_the_next_one_and_the_page_says_so(found):
    with found.reading("тест") as work:
        known = len(work.session.exec(select(FileLook)).all())
    found.clock.forward(days=12)
    files.look(found, longest=-1)
    with found.reading("тест") as work:
        assert len(work.session.exec(select(FileLook)).all()) == known
        assert len(work.session.exec(select(FileLook).where(FileLook.looked_at < work.now)).all()) == known - 1
    with found.work("тест") as work:
        audit.record(work, "data.checked", "data", ok=True, orphans=0)
    assert shown(found)["files"].level == "warning"


def test_files_that_nobody_names_are_counted_and_erased_by_a_person_only(found):
    stray = found.files.path(found.files.put("загрузка, из которой ничего не вышло".encode()))
    os.utime(stray, ((found.clock() - dt.timedelta(days=3)).timestamp(),) * 2)
    fresh = found.files.path(found.files.put("только что".encode()))
    os.utime(fresh, (found.clock().timestamp(),) * 2)
    assert files.orphans(found) == [stray]
    night(found)
    check = shown(found)["files"]
    assert check.level == "note" and "Лишних" in check.told and "soundness orphans" in check.mend
    os.utime(fresh, ((found.clock() + dt.timedelta(days=1)).timestamp(),) * 2)
    assert files.erase_orphans(found, "админ") == 1
    erasing.pay(found)
    assert not stray.exists() and fresh.exists()


def test_newest_backup_is_put_back_on_trial_and_one_that_cannot_be_is_told(found):
    backup.make(found, by="тест")
    assert night(found) == {}
    assert shown(found)["trial"].level == "good"
    (copy,) = backup.folder(found.settings).iterdir()
    spoiled = bytearray(copy.read_bytes())
    middle = len(spoiled) // 2
    spoiled[middle : middle + 64] = os.urandom(64)
    copy.write_bytes(bytes(spoiled))
    found.clock.forward(days=7)  # it spoilt where it lay
    assert kinds(night(found)) == {DamageKind.BACKUP}
    assert shown(found)["trial"].level == "bad"
    assert [path.name for path in found.settings.home.iterdir() if path.name.startswith(".trial-")] == []


def test_trial_of_an_older_backup_changes_nothing_here(found):
    backup.make(found, by="тест")
    with found.reading("тест") as work:
        before = len(work.session.exec(select(Event)).all())
    night(found)
    with found.reading("тест") as work:
        actions = [event.action for event in work.session.exec(select(Event).order_by(col(Event.seq))).all()[before:]]
    assert set(actions) == {"backup.tried", "data.checked", "audit.checked"}


def test_officers_hear_of_damage_in_the_digest_until_it_is_mended(found):
    settings = found.settings.model_copy(update={"reminders": RemindersPart(officers=("boss@clinic.example",))})
    found.take_up(settings)
    confirm_desk(found)
    path = stored(found, Status.AWAITING)
    whole = path.read_bytes()
    path.unlink()
    night(found)
    assert "Данные программы повреждены" in _digest(found)
    path.write_bytes(whole)
    night(found)
    assert "Данные программы повреждены" not in _digest(found)


def _digest(installation):
    """What is said to him today."""
    with installation.work("напоминания") as work:
        reminders.send_due(work)
        today = (OutboxLetter.purpose == "digest", OutboxLetter.promised_at == work.now)
        return "\n".join(work.session.exec(select(OutboxLetter.text).where(*today)))
