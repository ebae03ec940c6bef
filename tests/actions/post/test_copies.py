"""Two installations of one origin: a restored or copied one sends nothing that the other may have sent, and says why it stands."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.context import Conflict
from actions.post import copies, outbox
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from notifications.message_ids import drawn, drawn_at, is_unguessable
from service.backup import back_up
from service.restoring import restore
from service.second_copy import second_copy
from sweeps import run_sweep
from tests.conftest import Clock
from tests.notifications.faulty_imap import faulty_imap
from tests.notifications.faulty_smtp import faulty_smtp
from tests.walking import confirm_desk
from wiring.settings import ImapPart, MailPart, Settings, SmtpPart
from wiring.work import Installation

KEY = b"k" * 32


def _installation(home: Path, clock: Clock, smtp: int = 0, imap: int = 0) -> Installation:
    server = {"host": "127.0.0.1", "tls": "plain"}
    return Installation(
        Settings(
            home=home,
            smtp=SmtpPart(port=smtp, **server) if smtp else SmtpPart(),
            imap=ImapPart(port=imap, login="c", password="p", **server) if imap else ImapPart(),
            mail=MailPart(sender="clinic@clinic.example"),
        ),
        clock=clock,
    )


def _promise(installation: Installation, count: int = 3) -> None:
    with installation.work("тест") as work:
        for number in range(count):
            outbox.promise(
                work, key=f"k{number}", purpose="digest", recipient=f"p{number}@clinic.example", subject="Т", text="Т"
            )


def _states(installation: Installation) -> list[OutboxState]:
    with installation.reading("тест") as work:
        return list(work.session.execute(select(OutboxLetter.state).order_by(OutboxLetter.id)).scalars())


def _stands(installation: Installation) -> str:
    with installation.reading("тест") as work:
        return copies.why_it_stands(work)


def test_a_message_id_is_told_from_any_other_by_who_has_the_key() -> None:
    at = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
    ours = drawn("clinic.example", at, KEY)
    assert drawn_at(ours, KEY) == at and is_unguessable(ours)
    assert drawn_at(ours, b"x" * 32) is None
    assert drawn_at(ours.replace("<r.", "<r.0", 1), KEY) is None
    forged = ours.replace(ours[11:15], "0000", 1)
    assert forged == ours or drawn_at(forged, KEY) is None
    assert drawn_at("<r.abc@clinic.example>", KEY) is None and drawn_at("<1@example.ru>", KEY) is None


def test_a_restored_installation_sends_nothing_that_the_original_may_have_sent(tmp_path: Path, clock: Clock) -> None:
    with faulty_smtp() as server:
        original = confirm_desk(_installation(tmp_path / "first", clock, server.port))
        _promise(original)
        run_sweep("deliver", _installation(tmp_path / "first", clock))
        back_up(original, tmp_path / "copy.zip")
        run_sweep("deliver", original)
        assert len(server.taken) == 3
        elsewhere = _installation(tmp_path / "second", clock, server.port)
        restore(elsewhere.settings, tmp_path / "copy.zip", force=False)
        for _ in range(3):
            run_sweep("deliver", elsewhere)
            clock.forward(hours=2)
        assert len(server.taken) == 3
        assert _states(elsewhere) == [OutboxState.UNCERTAIN] * 3
        assert _stands(elsewhere) == ""  # whoever puts a backup back has said what it is
        with elsewhere.reading("тест") as work:
            assert len(outbox.uncertain(work)) == 3 and "копия данных" in (outbox.uncertain(work)[0].error or "")
        with elsewhere.work("тест") as work:
            outbox.promise(work, key="new", purpose="digest", recipient="p@clinic.example", subject="Т", text="Т")
        run_sweep("deliver", elsewhere)
        assert len(server.taken) == 4  # what is promised here is nobody else's


@pytest.mark.parametrize("answer", ["move", "copy"])
def test_a_copied_folder_stands_until_a_person_says_what_it_is(tmp_path: Path, clock: Clock, answer: str) -> None:
    with faulty_smtp() as server:
        original = confirm_desk(_installation(tmp_path / "first", clock, server.port))
        run_sweep("deliver", original)
        _promise(original)
        original.engine.dispose()
        shutil.copytree(tmp_path / "first", tmp_path / "second")
        copied = _installation(tmp_path / "second", clock, server.port)
        assert run_sweep("deliver", copied)["sent"] == 0 and server.taken == []
        assert "скопирована или перенесена" in _stands(copied)
        with copied.reading("тест") as work:
            told = second_copy(copied, work, None)  # type: ignore[arg-type]
        assert told.level == "bad" and copies.COMMAND in told.mend
        with copied.work("тест") as work:
            assert {"move": copies.say_moved, "copy": copies.say_copied}[answer](work) in (None, 3)
        assert _stands(copied) == ""
        run_sweep("deliver", copied)
        assert len(server.taken) == (3 if answer == "move" else 0)
        assert set(_states(copied)) == {OutboxState.SENT if answer == "move" else OutboxState.UNCERTAIN}
        with copied.work("тест") as work, pytest.raises(Conflict):
            copies.say_moved(work)


def _answer(message_id: str) -> bytes:
    return (
        f"From: egisz@stp-egisz.ru\r\nTo: clinic@clinic.example\r\nSubject: Re: T\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
        f"Message-ID: <a@stp-egisz.ru>\r\nIn-Reply-To: {message_id}\r\nReferences: {message_id}\r\n\r\nПринято\r\n"
    ).encode()


def test_two_copies_on_one_mailbox_notice_each_other_and_stand(tmp_path: Path, clock: Clock) -> None:
    """The copy has the same number on its disk and the same machine: only its letters give it away."""
    with faulty_smtp() as smtp, faulty_imap({}) as imap:
        here = confirm_desk(_installation(tmp_path / "first", clock, smtp.port, imap.port))
        run_sweep("deliver", here)
        with here.reading("тест") as work:
            theirs = drawn("clinic.example", work.now, work.policy.link_secret)
        imap.letters[1] = _answer(theirs)
        run_sweep("inbox", here)
        assert "ещё одна копия" in _stands(here)
        with here.reading("тест") as work:
            [letter] = work.session.execute(select(InboxLetter)).scalars()
            assert letter.state is InboxState.TRIAGE and "не помнит" in (letter.problem or "")
        _promise(here)
        imap.letters[2] = _answer("<other@example.ru>").replace(b"<a@", b"<b@")
        assert run_sweep("deliver", here)["sent"] == 0 and run_sweep("inbox", here)["stored"] == 0
        with here.work("тест") as work:
            copies.say_alone(work)
        clock.forward(minutes=1)
        assert run_sweep("deliver", here)["sent"] == 3 and run_sweep("inbox", here)["stored"] == 1
        with here.work("тест") as work, pytest.raises(Conflict):
            copies.say_alone(work)


def test_a_stranger_cannot_make_the_post_stand(tmp_path: Path, clock: Clock) -> None:
    """Who has a letter of ours can write an identity that looks like ours, but not one that was drawn with the key."""
    with faulty_smtp() as smtp, faulty_imap({}) as imap:
        here = confirm_desk(_installation(tmp_path / "first", clock, smtp.port, imap.port))
        run_sweep("deliver", here)
        imap.letters[1] = _answer(drawn("clinic.example", clock(), b"another key"))
        imap.letters[2] = _answer("<r.00000000" + "0" * 40 + "@clinic.example>").replace(b"<a@", b"<b@")
        run_sweep("inbox", here)
        assert _stands(here) == ""


def test_answers_to_what_left_before_the_restore_are_expected(tmp_path: Path, clock: Clock) -> None:
    with faulty_smtp() as smtp, faulty_imap({}) as imap:
        first = confirm_desk(_installation(tmp_path / "first", clock, smtp.port, imap.port))
        back_up(first, tmp_path / "copy.zip")
        clock.forward(hours=1)
        _promise(first, 1)
        run_sweep("deliver", first)
        with first.reading("тест") as work:
            lost = work.session.execute(select(OutboxLetter.message_id)).scalar_one()
        clock.forward(hours=1)
        first.engine.dispose()
        restore(first.settings, tmp_path / "copy.zip", force=True)
        again = _installation(tmp_path / "first", clock, smtp.port, imap.port)
        with again.reading("тест") as work:
            key = work.policy.link_secret
        assert drawn_at(lost, key) is not None
        imap.letters[1] = _answer(lost)
        run_sweep("inbox", again)
        assert _stands(again) == ""
        with again.reading("тест") as work:
            [letter] = work.session.execute(select(InboxLetter)).scalars()
            assert letter.state is InboxState.TRIAGE and "до возврата из резервной копии" in (letter.problem or "")
