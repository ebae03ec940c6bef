"""What must not stop the post: a mail server that is away, one letter or folder that is broken, a lost lease."""

from __future__ import annotations

import datetime as dt
import email.message
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from actions.answers import delivery
from actions.post import outbox
from demo.smtp_server import SmtpServer
from models.audit import Event
from models.letters import InboxLetter, InboxState, MailboxPosition, OutboxLetter, OutboxState
from notifications.errors import MailboxError
from sweeps import deliver, run_sweep
from tests.sweeps.mailbox import made
from wiring.gateways import imap_gateway


def _promise(installation, count, key="", **more):
    with installation.work("тест") as work:
        return [
            outbox.promise(
                work,
                key=f"{key}{more}{number}",
                purpose="digest",
                recipient=f"p{number}@clinic.example",
                subject=f"Письмо {number}",
                text="Текст",
                **more,
            ).id
            for number in range(count)
        ]


def _letters(installation):
    with installation.work("тест") as work:
        return work.session.execute(select(OutboxLetter).order_by(OutboxLetter.id)).scalars().all()


def _looks(installation):
    with installation.work("тест") as work:
        rows = work.session.execute(select(MailboxPosition)).scalars()
        return {row.folder: (row.looked_at, row.failed_at, row.problem) for row in rows}


def test_wrong_password_is_tried_once_a_sweep_and_delays_every_letter(home, clock, post, monkeypatch):
    asked = []
    honest = SmtpServer._authenticate
    monkeypatch.setattr(SmtpServer, "_authenticate", lambda *all: asked.append(1) or honest(*all))
    installation = made(home, clock, post, password="wrong")
    _promise(installation, 40)
    for _ in range(8):  # an evening of a wrong password stops nothing
        asked.clear()
        run_sweep("deliver", installation)
        clock.forward(minutes=1)
        _promise(installation, 1, key=str(clock.now))
        run_sweep("deliver", installation)
        assert len(asked) == 1
        clock.forward(hours=1)
    assert {letter.state for letter in _letters(installation)} == {OutboxState.PROMISED}
    assert "парол" in _letters(installation)[0].error.casefold()
    with installation.work("тест") as work:
        delays = select(Event).where(Event.action == "letter.delayed")
        assert len(work.session.execute(delays).scalars().all()) == 40 + 7, "one event a letter; the last was not tried"
    installation.engine.dispose()
    healed = made(home, clock, post)
    assert run_sweep("deliver", healed)["sent"] == 40 + 8
    healed.engine.dispose()


def test_letter_that_cannot_be_composed_stops_visibly_and_holds_up_none(installation):
    broken = _promise(
        installation, 1, attachments=[{"name": "a.pdf", "media_type": "application/pdf", "sha256": "0" * 64}]
    )
    whole = _promise(installation, 2)
    assert run_sweep("deliver", installation)["sent"] == 2
    states = {letter.id: letter.state for letter in _letters(installation)}
    assert states == {broken[0]: OutboxState.FAILED} | dict.fromkeys(whole, OutboxState.SENT)


def test_letter_whose_record_fails_after_the_250_is_uncertain_and_holds_up_none(installation, post, monkeypatch):
    _promise(installation, 3)
    honest = delivery.confirmed

    def breaking(work, letter_id, response, **more):
        if letter_id == 1 and response.startswith("250"):
            raise RuntimeError("nobody foresaw it")
        return honest(work, letter_id, response, **more)

    monkeypatch.setattr(delivery, "confirmed", breaking)
    run_sweep("deliver", installation)
    assert [letter.state.value for letter in _letters(installation)] == ["uncertain", "sent", "sent"]


def test_worker_whose_lease_ran_out_neither_sends_nor_fails_what_another_sent(home, clock, post):
    slow = made(home, clock, post)
    numbers = _promise(slow, 2)
    with slow.work("тест") as work:
        assert outbox.claim(work, owner="slow", limit=9) == numbers
    clock.forward(minutes=10)
    assert run_sweep("deliver", slow)["sent"] == 2
    post.faults.refuse_auth = True
    assert not deliver.send_claimed(slow, numbers, "slow", deliver.Told())
    assert {letter.state for letter in _letters(slow)} == {OutboxState.SENT}
    slow.engine.dispose()


def test_copy_among_the_sent_letters_settles_an_uncertain_one(home, clock, post):
    installation = made(home, clock, post, imap_more={"sent_folder": "Отправленные"})
    _promise(installation, 1)
    post.faults.drop_after_data = 1
    run_sweep("deliver", installation)
    (letter,) = _letters(installation)
    assert letter.state is OutboxState.UNCERTAIN
    with imap_gateway(installation.settings) as mailbox:
        mailbox.append_sent(installation.files.read(letter.raw_sha256), clock.now)
    run_sweep("deliver", installation)
    assert _letters(installation)[0].state is OutboxState.SENT
    installation.engine.dispose()


def test_folder_that_is_not_there_keeps_no_letter_of_another_unread(home, clock, post):
    installation = made(home, clock, post, imap_more={"folders": ("Нет такой", "INBOX")})
    letter = email.message.EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "news@shop.example", "clinic@clinic.example", "Новость"
    letter["Message-ID"] = "<one@shop.example>"
    letter.set_content("Текст")
    post.deliver(["clinic@clinic.example"], letter.as_bytes(), "news@shop.example")
    with pytest.raises(MailboxError):
        run_sweep("inbox", installation)
    with installation.work("тест") as work:
        entries = work.session.execute(select(InboxLetter)).scalars().all()
        assert entries
        assert InboxState.STORED not in {entry.state for entry in entries}
    assert _looks(installation) == {"Нет такой": (None, clock.now, "folder"), "INBOX": (clock.now, None, None)}
    installation.engine.dispose()


def test_wrong_mailbox_password_is_not_tried_at_every_sweep(home, clock, post):
    installation = made(home, clock, post, imap_more={"password": "wrong", "folders": ("INBOX", "Отправленные")})
    good = clock.now - dt.timedelta(hours=1)
    with installation.work("тест") as work:
        work.session.add(MailboxPosition(account="clinic@clinic.example", folder="INBOX", looked_at=good))
    with pytest.raises(MailboxError):
        run_sweep("inbox", installation)
    refused = clock.now
    clock.forward(minutes=2)
    assert run_sweep("inbox", installation)["stored"] == 0, "knocked again at once"
    assert _looks(installation) == {"INBOX": (good, refused, "auth"), "Отправленные": (None, refused, "auth")}
    clock.forward(minutes=4)
    with pytest.raises(MailboxError):
        run_sweep("inbox", installation)
    installation.engine.dispose()


def test_copies_are_kept_among_the_sent_letters_when_the_settings_ask(home, clock, post):
    installation = made(home, clock, post, imap_more={"sent_folder": "Отправленные", "copy_sent": True})
    _promise(installation, 1)
    assert run_sweep("deliver", installation)["sent"] == 1
    with imap_gateway(installation.settings) as mailbox:
        assert mailbox.find_in_sent(_letters(installation)[0].message_id)
    installation.engine.dispose()


def test_flow_whose_sweep_hangs_ends_in_time():
    program = (
        "import asyncio, time, sweeps, flows.carrying as c\n"
        "sweeps.run_sweep = lambda *_: time.sleep(600)\n"
        "asyncio.run(asyncio.wait_for(c.carried('deliver'), 0.5))\n"
    )
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert "TimeoutError" in done.stderr
    assert time.monotonic() - began < 20
