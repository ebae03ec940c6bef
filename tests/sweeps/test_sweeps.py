"""The sweeps against the practice mailbox: refusals, broken lines, letters that come twice."""

from __future__ import annotations

import email.message

import pytest
from sqlalchemy import select

from actions.answers import inbox
from actions.post import outbox
from actions.requests import lookup
from actions.steps import taking
from models.letters import InboxLetter, OutboxLetter, OutboxState
from models.request import Status
from sweeps import run_sweep
from tests.sweeps.mailbox import made
from tests.walking import request_at


def _sent_request(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "send")
    return number


def _package(installation):
    with installation.work("тест") as work:
        return work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "package")).scalar_one()


def _status(installation, number):
    with installation.work("тест") as work:
        return lookup.get(work, number).status


@pytest.mark.rule("SND-5")
def test_letter_leaves_from_the_mailbox_that_is_read(installation, post):
    number = _sent_request(installation)
    assert run_sweep("deliver", installation)["sent"] == 1
    assert _status(installation, number) is Status.SENT
    letter = email.message_from_bytes(post.letters("desk")[-1].read_bytes())
    assert "clinic@clinic.example" in letter["From"]


def test_temporary_refusal_is_tried_again_later(installation, post, clock):
    number = _sent_request(installation)
    post.faults.temporary = 1
    run_sweep("deliver", installation)
    assert _status(installation, number) is Status.SIGNED
    assert _package(installation).state is OutboxState.PROMISED
    clock.forward(minutes=2)
    run_sweep("deliver", installation)
    assert _status(installation, number) is Status.SENT


def test_refused_recipient_stops_visibly_and_may_be_sent_again(installation, post):
    number = _sent_request(installation)
    post.faults.refused_recipients = frozenset({"egisz@stp-egisz.ru"})
    run_sweep("deliver", installation)
    letter = _package(installation)
    assert letter.state is OutboxState.FAILED
    assert letter.error
    post.faults.refused_recipients = frozenset()
    with installation.work("тест") as work:
        outbox.resend(work, letter_id=letter.id)
    run_sweep("deliver", installation)
    assert _status(installation, number) is Status.SENT


def test_wrong_password_delays_letters_and_stops_none(home, clock, post):
    installation = made(home, clock, post, password="wrong")
    number = _sent_request(installation)
    run_sweep("deliver", installation)
    letter = _package(installation)
    assert letter.state is OutboxState.PROMISED
    assert "парол" in letter.error.casefold()
    assert _status(installation, number) is Status.SIGNED
    installation.engine.dispose()


def test_line_dropped_after_the_data_is_uncertain_and_never_sent_by_machine(installation, post, clock):
    number = _sent_request(installation)
    before = len(post.letters("desk"))
    post.faults.drop_after_data = 1
    run_sweep("deliver", installation)
    assert _package(installation).state is OutboxState.UNCERTAIN
    clock.forward(days=1)
    run_sweep("deliver", installation)
    assert len(post.letters("desk")) == before + 1
    assert _status(installation, number) is Status.SIGNED


def test_letters_are_taken_in_once_flagged_and_one_that_breaks_blocks_nobody(installation, post, monkeypatch):
    for number in range(3):
        letter = email.message.EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = (
            "news@shop.example",
            "clinic@clinic.example",
            f"Новость {number}",
        )
        letter["Message-ID"] = f"<news-{number}-{id(installation)}@shop.example>"
        letter.set_content(f"Текст {number}")
        post.deliver(["clinic@clinic.example"], letter.as_bytes(), "news@shop.example")
    honest, calls = inbox.apply, []

    def breaking(work, letter_id, reading):
        calls.append(letter_id)
        if len(calls) == 2:
            raise RuntimeError("a letter that nobody foresaw")
        return honest(work, letter_id, reading)

    monkeypatch.setattr(inbox, "apply", breaking)
    first = run_sweep("inbox", installation)
    assert first["failed"] == 1
    assert first["read"] == first["stored"] - 1
    assert run_sweep("inbox", installation) == {"stored": 0, "read": 0, "failed": 0}
    with installation.work("тест") as work:
        states = [entry.state.value for entry in work.session.execute(select(InboxLetter)).scalars()]
    assert states.count("failed") == 1


def test_second_run_at_the_same_time_does_nothing(installation):
    from actions.keeping import leases

    with installation.work("тест") as work:
        assert leases.take(work, "inbox", "somebody", seconds=60)
    assert run_sweep("inbox", installation) == {"stored": 0, "read": 0, "failed": 0}


def test_nightly_check_tells_the_day_and_finds_a_broken_chain(installation):
    request_at(installation, Status.VALIDATED)
    found = run_sweep("nightly", installation)
    assert found["audit"]["ok"] is True
    assert {"Показатель": "Заявки: проверена", "Сколько": 1} in found["day"]
    with installation.engine.connect() as connection:
        connection.exec_driver_sql("DROP TRIGGER event_refuses_update")
        connection.exec_driver_sql("UPDATE event SET actor = 'x' WHERE seq = 2")
        connection.commit()
    assert run_sweep("nightly", installation)["audit"]["broken_at"] == 2
