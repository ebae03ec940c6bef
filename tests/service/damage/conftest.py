"""A folder with an open request and a closed one, looked at for the first time."""

from __future__ import annotations

import shutil

import pytest

from actions.answers import mailbox
from actions.requests import lookup
from actions.steps import taking
from models.letters import InboxLetter
from models.request import Status
from sweeps import nightly
from tests.homes import made_once
from tests.service.erased import BEGUN, letter, opened
from tests.walking import request_at


def _lived_in(installation):
    request_at(installation, Status.AWAITING)
    closed = request_at(installation, Status.SIGNED, of=2)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, closed), "withdraw")
        number = mailbox.store(work, letter(7))
        work.session.get(InboxLetter, number).request_id = closed
        work.session.get(InboxLetter, number).state = "settled"
    nightly.sweep(installation)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory):
    return made_once(tmp_path_factory.mktemp("lived"), _lived_in)


@pytest.fixture
def found(lived_in, tmp_path):
    """The installation the next morning."""
    shutil.copytree(lived_in, tmp_path / "home")
    made = opened(tmp_path / "home", BEGUN)
    made.clock.forward(days=1)
    yield made
    made.engine.dispose()
