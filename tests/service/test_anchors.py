"""Who can write the database cannot rewrite the log: seals under a key outside it, anchors in a file, in letters, signed."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from actions.log import audit
from models.audit import Event
from models.letters import OutboxLetter, OutboxState
from notifications.composing import OutgoingLetter, compose
from service import anchors, signing
from service.planner import Planner
from service.state_of_health import look
from sweeps import nightly
from tests.commands import said
from wiring.settings import LogPart, SettingsError


def events(installation, count=6):
    with installation.work("тест") as work:
        for number in range(count):
            audit.record(work, "test.happened", f"thing:{number}", number=number)


def rewrite(installation, *, with_seals=None):
    """Another history by somebody with the database and the source, who computes every public hash of it."""
    with installation.reading("тест") as work:
        history = [
            (e.seq, e.at, e.actor, e.action, e.subject) for e in work.session.exec(select(Event).order_by(Event.seq))
        ]
    with installation.engine.connect() as connection:
        for trigger in ("event_refuses_update", "event_refuses_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        previous = audit.START
        for seq, at, actor, action, subject in history:
            data = '{"number":666}'
            digest = audit.event_hash(seq, at, actor, action, subject, data, previous)
            connection.exec_driver_sql(
                "UPDATE event SET data = ?, previous = ?, hash = ? WHERE seq = ?", (data, previous, digest, seq)
            )
            if with_seals is not None:
                connection.exec_driver_sql("UPDATE event SET seal = ? WHERE seq = ?", (with_seals, seq))
            previous = digest
        connection.exec_driver_sql("UPDATE chain_head SET hash = ?", (previous,))
        connection.commit()


def verdict(installation):
    with installation.work("тест") as work:
        return audit.verify(
            work.session, anchors.kept(installation.settings).anchors, anchors.seals(installation.settings)
        )


def health(installation):
    with installation.reading("тест") as work:
        return next(check for check in look(installation, work, Planner("", False)) if check.code == "log")


def test_every_event_is_sealed_and_the_key_is_not_in_the_database(installation):
    events(installation)
    key = installation.policy.log_key
    with installation.work("тест") as work:
        for event in work.session.exec(select(Event)):
            assert event.seal == audit.seal(key, event.hash) != event.hash
    assert verdict(installation).ok
    assert key.hex() not in (installation.settings.home / "egisz-access.sqlite3").read_bytes().hex()


@pytest.mark.parametrize("seals", [None, "", "f" * 64])
def test_history_computed_anew_without_the_key_is_found(installation, seals):
    """A chain without a flaw, which the public check must pass; without seals, with the old ones, with invented ones."""
    anchors.keep(installation)
    events(installation)
    rewrite(installation, with_seals=seals)
    with installation.work("тест") as work:
        assert audit.verify(work.session).ok
    assert "ключ" in verdict(installation).why
    assert health(installation).level == "bad"


def test_history_rewritten_behind_an_anchor_is_found_even_by_who_has_the_key(installation):
    events(installation)
    anchors.keep(installation)
    rewrite(installation)
    assert verdict(installation).broken_at == 6
    assert "файл" in health(installation).told


def test_cut_off_tail_is_told_by_the_file_of_anchors(installation):
    events(installation)
    anchors.keep(installation)
    with installation.engine.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS event_refuses_delete")
        connection.exec_driver_sql("DELETE FROM event WHERE seq > 4")
        connection.exec_driver_sql("UPDATE chain_head SET seq = 4, hash = (SELECT hash FROM event WHERE seq = 4)")
        connection.commit()
    assert verdict(installation).broken_at == 5
    assert health(installation).level == "bad"


def test_an_installation_of_before_is_sealed_from_its_first_anchor_on(installation):
    events(installation)
    with installation.engine.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS event_refuses_update")
        connection.exec_driver_sql("UPDATE event SET seal = ''")
        connection.commit()
    assert verdict(installation).ok
    anchors.keep(installation)
    events(installation, 2)
    assert verdict(installation).ok
    with installation.engine.connect() as connection:
        connection.exec_driver_sql("UPDATE event SET seal = ''")
        connection.commit()
    assert verdict(installation).broken_at == 7


@pytest.mark.parametrize("line", ["{}", "мусор", '{"kind":"nightly","at":"2026-11-23","seq":1,"hash":"00","mac":"00"}'])
def test_a_line_that_the_program_did_not_write_is_told(installation, line):
    events(installation)
    anchors.keep(installation)
    with anchors.anchors_path(installation.settings).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    assert anchors.kept(installation.settings).strange == (2,)
    assert "№ 2" in health(installation).told


def test_lines_under_another_key_before_a_new_beginning_are_another_history(installation):
    """As after the return of a locked copy with a key of its own."""
    events(installation)
    with anchors.anchors_path(installation.settings).open("a", encoding="utf-8") as file:
        file.write('{"kind":"begun","at":"2026-11-01","seq":1,"hash":"00","mac":"00"}\n')
    with installation.reading("тест") as work:
        anchors.append(
            anchors.anchors_path(installation.settings),
            anchors.line(installation.settings, "begun", audit.anchor(work.session), installation.clock()),
        )
    assert anchors.kept(installation.settings).strange == ()
    assert health(installation).level != "bad"


def test_the_night_keeps_an_anchor_of_a_whole_log_and_none_of_a_broken_one(installation):
    events(installation)
    assert nightly.sweep(installation)["audit"]["ok"]
    assert [line.seq for line in anchors.kept(installation.settings).lines] == [
        8
    ]  # seven events, and that the night looked for damage
    rewrite(installation, with_seals="0" * 64)
    assert not nightly.sweep(installation)["audit"]["ok"]
    assert len(anchors.kept(installation.settings).lines) == 1


def test_an_anchor_in_a_letter_that_left_contradicts_a_rewritten_log(installation):
    events(installation)
    with installation.work("тест") as work:
        told = str(audit.anchor(work.session))
        raw = compose(
            OutgoingLetter(
                sender="a@clinic.example",
                sender_name="Клиника",
                to=("b@clinic.example",),
                subject="Сводка",
                text="…",
                message_id="<1@x>",
                date=work.now,
                headers={"X-Egisz-Access-Anchor": told},
            )
        )
        work.session.add(
            OutboxLetter(
                key="a",
                purpose="digest",
                message_id="<1@x>",
                recipient="b@clinic.example",
                subject="Сводка",
                text="…",
                state=OutboxState.SENT,
                raw_sha256=work.files.put(raw),
                next_attempt_at=work.now,
                promised_at=work.now,
            )
        )
    assert health(installation).level != "bad"
    rewrite(installation)
    assert "письме № 1" in health(installation).told


def test_signed_anchors_hold_against_who_has_every_key_of_the_service(installation, tmp_path):
    events(installation)
    private, target = tmp_path / "log.key", tmp_path / "signed.jsonl"
    public = signing.make_pair(private)
    assert private.stat().st_mode & 0o077 == 0
    signing.sign_present(installation.settings, private, target, installation.clock())
    installation.settings = installation.settings.model_copy(
        update={"log": LogPart(signed_anchors=target, public_key=public)}
    )
    assert health(installation).level != "bad"
    rewrite(installation)
    assert "отдельным ключом" in health(installation).told
    with pytest.raises(signing.SigningError, match="нарушен"):
        signing.sign_present(installation.settings, private, target, installation.clock())


def test_an_anchor_signed_by_a_stranger_is_not_believed(installation, tmp_path):
    events(installation)
    own, foreign, target = tmp_path / "own", tmp_path / "foreign", tmp_path / "signed.jsonl"
    public = signing.make_pair(own)
    signing.make_pair(foreign)
    signing.sign_present(installation.settings, own, target, installation.clock())
    signing.sign(audit.Anchor(1, "0" * 64), foreign, target, installation.clock())
    with pytest.raises(SettingsError, match="Строка 2"):
        signing.read(target, public)
    with pytest.raises(signing.SigningError, match="уже есть"):
        signing.make_pair(own)


def test_commands_make_a_key_sign_and_verify(installation, tmp_path):
    def command(*words):
        return said(["audit", *words], cwd=tmp_path, env={"EGISZ_HOME": str(installation.settings.home)})

    events(installation)
    assert command("new-key", "k").code == 0
    assert "Подписано: 6:" in command("sign-anchor", "--key", "k", "--to", "signed").out
    assert json.loads((tmp_path / "signed").read_text())["anchor"].startswith("6:")
    assert command("verify").code == 0
    anchors.keep(installation)
    rewrite(installation)
    assert command("verify").code == 1
