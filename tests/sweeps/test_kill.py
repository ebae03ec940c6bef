"""kill -9 of the sending worker at random moments: every letter arrives, none twice after a recorded 250."""

from __future__ import annotations

import email
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from actions.answers import delivery
from actions.log import audit
from actions.post import outbox
from actions.requests import lookup
from actions.steps import taking
from actions.steps.answer import Answer
from models.audit import Event
from models.letters import OutboxLetter, OutboxState
from models.request import Status
from tests.ports import free_port
from tests.walking import request_at
from wiring.settings import MailPart, Settings, SmtpPart
from wiring.work import Installation, system_clock

ROUNDS = int(os.environ.get("EGISZ_KILL_ROUNDS", "1"))
LETTERS, REQUESTS = 50, 6


class Relay:
    """Keeps the Message-ID of every accepted letter; takes its time, so that a kill meets it at work."""

    def __init__(self, pause: float) -> None:
        self.accepted: list[str] = []
        self.pause = pause

    async def handle_DATA(self, server, session, envelope):
        import asyncio

        await asyncio.sleep(self.pause)
        self.accepted.append(email.message_from_bytes(envelope.content)["Message-ID"])
        return "250 ok"


@pytest.fixture
def relay():
    relay = Relay(0.03)
    controller = Controller(relay, hostname="127.0.0.1", port=free_port())
    controller.start()
    relay.port = controller.port
    yield relay
    controller.stop()


def _installation(home: Path, port: int) -> Installation:
    return Installation(
        Settings(
            home=home,
            smtp=SmtpPart(host="127.0.0.1", port=port, tls="plain"),
            mail=MailPart(sender="clinic@clinic.example", lease_seconds=1),
        ),
        clock=system_clock,
    )


def _sweep_and_kill(environment: dict[str, str], after: float | None) -> None:
    """The worker as its own process; killed after so many seconds, or left to finish."""
    worker = subprocess.Popen(
        [str(Path(sys.executable).parent / "egisz-access"), "sweep", "deliver"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    if after is not None:
        time.sleep(after)
        worker.send_signal(signal.SIGKILL)
    _, complaint = worker.communicate(timeout=120)
    assert after is not None or worker.returncode == 0, complaint.decode()[-2000:]


def _settle_as_a_person_would(installation: Installation, relay: Relay) -> int:
    """Look into the server's log: it arrived, or it goes again."""
    with installation.work("человек") as work:
        unsure = [(letter.id, letter.message_id) for letter in outbox.uncertain(work)]
    for number, message_id in unsure:
        with installation.work("человек") as work:
            if message_id in relay.accepted:
                delivery.settled_as_sent(work, number, "есть в журнале сервера")
            else:
                outbox.resend(work, letter_id=number)
    return len(unsure)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("turn", range(ROUNDS))
def test_killed_worker_loses_no_letter_and_sends_none_twice(turn, tmp_path, relay):
    chance = random.Random(turn)
    home = tmp_path / "home"
    installation = _installation(home, relay.port)
    numbers = [request_at(installation, Status.SIGNED, count=1, of=number) for number in range(REQUESTS)]
    with installation.work("тест") as work:
        for number in numbers:
            taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
        for number in range(LETTERS - REQUESTS):
            outbox.promise(
                work,
                key=f"digest:{number}",
                purpose="digest",
                recipient=f"p{number}@clinic.example",
                subject=f"Письмо {number}",
                text="Текст",
            )
    environment = {
        **os.environ, "EGISZ_HOME": str(home), "EGISZ_SMTP__HOST": "127.0.0.1", "EGISZ_SMTP__PORT": str(relay.port),
        "EGISZ_SMTP__TLS": "plain", "EGISZ_MAIL__SENDER": "clinic@clinic.example", "EGISZ_MAIL__LEASE_SECONDS": "1",
    }  # fmt: skip
    for _ in range(3):
        _sweep_and_kill(environment, chance.uniform(1.2, 3.2))
        time.sleep(1.1)
    for _ in range(4):
        _sweep_and_kill(environment, None)
        if not _settle_as_a_person_would(installation, relay):
            break
        time.sleep(1.1)
    with installation.work("тест") as work:
        letters = work.session.execute(select(OutboxLetter)).scalars().all()
        assert {letter.state for letter in letters} == {OutboxState.SENT}
        assert set(relay.accepted) == {letter.message_id for letter in letters}
        assert max(Counter(relay.accepted).values()) == 1
        confirmed = Counter(
            event.subject
            for event in work.session.execute(select(Event)).scalars()
            if event.action == "request.confirm"
        )
        assert confirmed == {f"request:{number}": 1 for number in numbers}
        assert all(lookup.get(work, number).status is Status.SENT for number in numbers)
        assert audit.verify(work.session).ok
    installation.engine.dispose()
