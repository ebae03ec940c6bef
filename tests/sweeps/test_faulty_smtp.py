"""Whatever a mail server does, a letter leaves at most once after a 250, and what it said can be read."""

from __future__ import annotations

import errno

import pytest
from sqlalchemy import select

from actions.answers import delivery
from actions.context import Conflict
from actions.post import outbox
from documents.store import FileStore
from models.letters import OutboxLetter, OutboxState
from sweeps import run_sweep
from tests.notifications.faulty_smtp import CUT, HANG, TAKEN_AND_CUT, faulty_smtp
from tests.walking import confirm_desk
from wiring.settings import MailPart, Settings, SmtpPart
from wiring.work import Installation

RUSSIAN = "Нет такого ящика"
CYRILLIC = {name: f"550 {RUSSIAN}".encode(name) for name in ("windows-1251", "koi8-r", "utf-8", "cp866")}


def _installation(home, clock, server, **smtp):
    smtp = {
        "host": "127.0.0.1",
        "port": server.port,
        "tls": "plain",
        "timeout_seconds": 1,
        "data_timeout_seconds": 1,
    } | smtp
    made = Installation(
        Settings(home=home, smtp=SmtpPart(**smtp), mail=MailPart(sender="clinic@clinic.example")), clock=clock
    )
    return confirm_desk(made)


def _promise(installation, count=1, recipient="p{}@clinic.example"):
    with installation.work("тест") as work:
        return [
            outbox.promise(
                work, key=f"k{number}", purpose="digest", recipient=recipient.format(number), subject="Т", text="Текст"
            ).id
            for number in range(count)
        ]


def _letters(installation):
    with installation.reading("тест") as work:
        return list(work.session.execute(select(OutboxLetter).order_by(OutboxLetter.id)).scalars())


def _states(installation):
    return [letter.state.value for letter in _letters(installation)]


@pytest.mark.parametrize("charset", CYRILLIC)
@pytest.mark.parametrize("word", ["mail", "rcpt", "data", "dot", "auth", "greeting", "ehlo"])
def test_a_refusal_in_any_charset_is_kept_and_told_and_stops_no_sweep(home, clock, word, charset):
    with faulty_smtp(**{word: CYRILLIC[charset]}) as server:
        installation = _installation(home, clock, server, **({"login": "a", "password": "b"} if word == "auth" else {}))
        _promise(installation)
        run_sweep("deliver", installation)
        letter = _letters(installation)[0]
        assert letter.state in (OutboxState.FAILED, OutboxState.PROMISED) and server.taken == []
        if word != "ehlo":  # there the older HELO is tried
            assert RUSSIAN in letter.error


@pytest.mark.parametrize(
    "bad",
    [
        b"550 \xff\xfe\x00\x01",
        b"550 " + b"x" * 5000,
        b"abc",
        b"550-a\r\n551 b",
        b"550",
        b"\xd0\xd1",
        b"250",
        b"999 what",
    ],
)
@pytest.mark.parametrize("word", ["greeting", "ehlo", "mail", "rcpt", "data", "dot"])
def test_nonsense_at_any_word_neither_crashes_nor_sends_twice(home, clock, word, bad):
    with faulty_smtp(**{word: [bad]}) as server:
        installation = _installation(home, clock, server)
        _promise(installation, 2)
        for _ in range(3):
            run_sweep("deliver", installation)
            clock.forward(minutes=10)
        states = _states(installation)
        assert len(server.taken) == len(set(server.taken)) <= 2
        assert all(state in ("sent", "failed", "promised", "uncertain") for state in states)
        assert len(server.taken) <= states.count("sent") + states.count("uncertain")
        assert states.count("sent") >= 1  # the other letter is held up by nothing


@pytest.mark.parametrize("how", [CUT, HANG], ids=["cut", "hang"])
@pytest.mark.parametrize("word", ["greeting", "ehlo", "mail", "rcpt", "data", "dot", "quit"])
def test_a_line_that_breaks_or_hangs_loses_and_doubles_nothing(home, clock, word, how):
    with faulty_smtp(**{word: [how]}) as server:
        installation = _installation(home, clock, server)
        _promise(installation, 2)
        for _ in range(3):
            run_sweep("deliver", installation)
            clock.forward(minutes=10)
        expected = ["uncertain", "sent"] if word == "dot" else ["sent", "sent"]
        assert sorted(_states(installation)) == sorted(expected)
        assert len(server.taken) == _states(installation).count("sent")


def test_after_two_hangs_the_rest_of_the_batch_waits(home, clock):
    with faulty_smtp(dot=[HANG, HANG]) as server:
        installation = _installation(home, clock, server)
        _promise(installation, 4)
        run_sweep("deliver", installation)
        assert _states(installation) == ["uncertain", "uncertain", "promised", "promised"]
        assert "двух писем" in _letters(installation)[2].error
        run_sweep("deliver", installation)  # it rests
        assert _states(installation)[2:] == ["promised", "promised"]
        clock.forward(minutes=6)
        run_sweep("deliver", installation)
        assert _states(installation)[2:] == ["sent", "sent"] and len(server.taken) == 2


def test_a_cyrillic_domain_travels_by_its_ascii_name(home, clock):
    with faulty_smtp() as server:
        installation = _installation(home, clock, server)
        _promise(installation, recipient="p{}@клиника.рф")
        run_sweep("deliver", installation)
        assert _states(installation) == ["sent"]
        assert any(
            b"p0@xn--80apfmbd.xn--p1ai" in said or b"xn--" in said for said in server.heard if said.startswith(b"RCPT")
        )


@pytest.mark.parametrize("recipient", ["почта@клиника.рф", "почта@clinic.example", "p@..рф", "p@" + "а" * 80 + ".рф"])
def test_an_address_that_cannot_travel_is_refused_before_anything_is_begun(home, clock, recipient):
    with faulty_smtp() as server:
        installation = _installation(home, clock, server)
        _promise(installation, recipient=recipient)
        with installation.work("тест") as work:
            outbox.promise(work, key="z", purpose="digest", recipient="p@clinic.example", subject="Т", text="Т")
        run_sweep("deliver", installation)
        broken, other = _letters(installation)
        assert (broken.state, other.state) == (OutboxState.FAILED, OutboxState.SENT)
        assert "адрес" in broken.error.lower() and "BadLetter" not in broken.error
        assert len(server.taken) == 1


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("what", ["put", "read"])
def test_a_folder_that_cannot_be_written_postpones_and_fails_nothing(home, clock, monkeypatch, code, what):
    with faulty_smtp() as server:
        installation = _installation(home, clock, server)
        with installation.work("тест") as work:
            digest = work.files.put(b"%PDF-")
            for number in range(3):
                outbox.promise(
                    work, key=f"k{number}", purpose="digest", recipient="p@clinic.example", subject="Т", text="Т",
                    attachments=[{"name": "a.pdf", "media_type": "application/pdf", "sha256": digest}],
                )  # fmt: skip

        def broken(*_):
            raise OSError(code, "disk")

        with monkeypatch.context() as full:
            full.setattr(FileStore, what, broken)
            run_sweep("deliver", installation)
        assert _states(installation) == ["promised"] * 3
        assert "диск" in _letters(installation)[0].error
        clock.forward(minutes=6)
        run_sweep("deliver", installation)
        assert _states(installation) == ["sent"] * 3 and len(server.taken) == 3


def test_a_stale_worker_sends_nothing_after_somebody_else_has_the_letter(home, clock):
    with faulty_smtp() as server:
        installation = _installation(home, clock, server)
        [number] = _promise(installation)
        with installation.work("тест") as work:
            outbox.claim(work, owner="stale", limit=1)
        with installation.work("тест") as work:
            outbox.begin(work, letter_id=number, owner="stale")
        clock.forward(hours=1)
        with installation.work("тест") as work:
            outbox.release_expired(work)
        with installation.work("тест") as work:
            outbox.resend(work, letter_id=number)
        run_sweep("deliver", installation)
        assert len(server.taken) == 1
        with installation.reading("тест") as work:
            assert not outbox.is_held(work, letter_id=number, owner="stale")
        for write in (
            lambda work: delivery.failed(work, number, "451 later", permanent=False, owner="stale"),
            lambda work: delivery.confirmed(work, number, "250", owner="stale"),
            lambda work: delivery.uncertain(work, number, "?", owner="stale"),
        ):
            with installation.work("тест") as work, pytest.raises(Conflict):
                write(work)
        assert _states(installation) == ["sent"]


def test_a_letter_that_is_taken_over_while_it_is_transmitted_does_not_leave(home, clock, monkeypatch):
    with faulty_smtp() as server:
        installation = _installation(home, clock, server)
        _promise(installation)
        asked = outbox.is_held

        def late(work, **which):
            clock.forward(hours=1)  # the transmission took longer than the lease
            return asked(installation._work(work.session, "тест", None), **which)

        monkeypatch.setattr(outbox, "is_held", late)
        run_sweep("deliver", installation)
        assert server.taken == [] and _states(installation) != ["sent"]


def test_a_clock_that_ran_ahead_holds_up_no_letter(home, clock):
    with faulty_smtp() as server:
        installation = _installation(home, clock, server)
        clock.forward(days=60)
        _promise(installation, 2)
        with installation.work("тест") as work:
            outbox.claim(work, owner="ahead", limit=1)
        clock.forward(days=-60)
        run_sweep("deliver", installation)
        assert _states(installation) == ["sent", "sent"] and len(server.taken) == 2


def test_taken_and_cut_is_uncertain_and_never_sent_again(home, clock):
    with faulty_smtp(dot=[TAKEN_AND_CUT]) as server:
        installation = _installation(home, clock, server)
        _promise(installation)
        for _ in range(4):
            run_sweep("deliver", installation)
            clock.forward(hours=2)
        assert _states(installation) == ["uncertain"] and len(server.taken) == 1
