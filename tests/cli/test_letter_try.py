"""`letter try` says what the mailbox would do with a letter, and writes nothing."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from actions.requests import lookup
from models.audit import Event
from models.letters import InboxLetter, OutboxLetter
from models.request import Status
from tests.commands import said
from tests.walking import request_at


@pytest.fixture
def request_and_reference(installation):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        query = select(OutboxLetter.message_id).where(
            OutboxLetter.request_id == number, OutboxLetter.purpose == "package"
        )
        return number, work.session.execute(query).scalar_one()


def _tried(installation, tmp_path, number, text, reference):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "egisz@stp-egisz.ru", "clinic@example.com", "Re: заявка"
    if reference:
        message["In-Reply-To"] = reference
    message.set_content(text)
    path = tmp_path / "letter.eml"
    path.write_bytes(message.as_bytes())
    env = {"EGISZ_HOME": str(installation.settings.home)}
    answer = said(["letter", "try", path, "--request", number, "--json"], cwd=tmp_path, env=env)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_plain_grant_would_be_applied_pair_by_pair(installation, tmp_path, request_and_reference):
    number, reference = request_and_reference
    told = _tried(installation, tmp_path, number, "Доступ предоставлен.", reference)
    assert (told["matched"], told["by"], told["applies"], told["doubts"]) == (True, "references", True, [])
    assert told["outcome"] == "granted" and len(told["pairs"]) == 4
    assert set(told["pairs"][0]) >= {"snils", "subsystem", "role", "outcome", "quote"}
    assert {pair["quote"] for pair in told["pairs"]} == {"Доступ предоставлен."}


def test_narrow_grant_would_wait_with_its_doubts(installation, tmp_path, request_and_reference):
    number, reference = request_and_reference
    told = _tried(installation, tmp_path, number, "Доступ одному сотруднику предоставлен.", reference)
    assert told["matched"] and not told["applies"] and told["pairs"] == []
    assert told["doubts"][0] == "В письме названо 1 из 2 работников"


def test_letter_of_nobody_is_not_matched(installation, tmp_path, request_and_reference):
    told = _tried(installation, tmp_path, request_and_reference[0], "Доступ предоставлен.", "")
    assert (told["matched"], told["by"], told["applies"]) == (False, None, False)


def test_trying_writes_nothing(installation, tmp_path, request_and_reference):
    number, reference = request_and_reference
    with installation.work("тест") as work:
        before = work.session.execute(select(func.count()).select_from(Event)).scalar_one()
    _tried(installation, tmp_path, number, "Доступ предоставлен.", reference)
    with installation.work("тест") as work:
        assert work.session.execute(select(func.count()).select_from(Event)).scalar_one() == before
        assert work.session.execute(select(func.count()).select_from(InboxLetter)).scalar_one() == 0
        assert lookup.get(work, number).status is Status.AWAITING
