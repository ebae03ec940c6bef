"""Letters brought by hand: kept once, matched as mail, never applied by machine, marked for ever."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from actions.answers import inbox
from actions.answers.letter_taking import NotALetter
from actions.context import Conflict
from actions.requests import lookup
from models.letters import InboxLetter, InboxState, OutboxLetter
from models.request import LineState, Status
from sandbox import Unavailable
from sandbox.zygote import zygote
from sweeps.inbox import _read_stored
from sweeps.letter_reading import take_by_hand
from tests.actions.answers.mailing import arrived
from tests.kinds.files import docx
from tests.letters.containers import compound, message
from tests.walking import request_at


@pytest.fixture
def sent(installation):
    number = request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        query = select(OutboxLetter).where(OutboxLetter.request_id == number, OutboxLetter.purpose == "package")
        return number, work.session.execute(query).scalar_one().message_id


def _answer(reference="", *, text="Доступ предоставлен.", identifier="<a-1@stp-egisz.ru>", files=()):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "egisz@stp-egisz.ru", "clinic@example.com", "Re: заявка"
    letter["Message-ID"] = identifier
    if reference:
        letter["In-Reply-To"] = reference
    letter.set_content(text)
    for name, data in files:
        letter.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return bytes(letter)


def _letter(installation, number):
    with installation.work("тест") as work:
        return inbox.get(work, number)


def _status(installation, number):
    with installation.work("тест") as work:
        return lookup.get(work, number).status


def test_a_clear_answer_brought_by_hand_is_matched_and_waits_with_its_proposal(installation, sent):
    number, reference = sent
    taken = take_by_hand(installation, _answer(reference), by="officer")
    letter = taken.letter
    assert not taken.already and letter.state is InboxState.TRIAGE and letter.brought_by == "officer"
    assert (letter.request_id, letter.matched_by, letter.uid) == (number, "references", None)
    assert letter.reading["outcome"] == "granted" and "ничего не доказывают" in letter.problem
    assert _status(installation, number) is Status.SENT
    with installation.work("officer") as work:
        inbox.settle(work, letter.id, decision="grant")
        assert [line.state for line in lookup.lines_of(work, lookup.get(work, number))] == [LineState.GRANTED] * 2


@pytest.mark.parametrize("text", ["Ваше обращение 1234567 зарегистрировано.", "Я в отпуске до 1 декабря. Автоответ."])
def test_nothing_brought_by_hand_moves_a_request_whatever_it_is(installation, sent, text):
    number, reference = sent
    letter = take_by_hand(installation, _answer(reference, text=text), by="officer").letter
    assert letter.state is InboxState.TRIAGE and _status(installation, number) is Status.SENT


def test_the_same_bytes_and_the_same_message_id_are_there_already(installation, sent):
    first = take_by_hand(installation, _answer(sent[1]), by="officer").letter
    again = take_by_hand(installation, _answer(sent[1]), by="other")
    other_bytes = take_by_hand(installation, b"X-Copy: 1\n" + _answer(sent[1]), by="other")
    assert (again.already, again.letter.id, again.letter.brought_by) == (True, first.id, "officer")
    assert (other_bytes.already, other_bytes.letter.id) == (True, first.id)
    mailed = arrived(installation, _answer(identifier="<b-1@stp-egisz.ru>", text="Новость"))
    assert (
        take_by_hand(installation, b"X-Copy: 1\n" + _answer(identifier="<b-1@stp-egisz.ru>"), by="officer").letter.id
        == mailed.id
    )


def test_the_request_that_the_person_names_counts_and_a_contradiction_is_said(installation, sent):
    number, reference = sent
    other = request_at(installation, Status.SENT, of=1)
    nowhere = take_by_hand(installation, _answer(identifier="<c-1@x>"), by="officer").letter
    assert nowhere.request_id is None and "не видно, к какой заявке" in nowhere.problem
    named = take_by_hand(
        installation, _answer(identifier="<c-2@x>", text="Доступ дан."), by="officer", request_id=number
    ).letter
    assert (named.request_id, named.matched_by) == (number, "by-hand")
    wrong = take_by_hand(installation, _answer(reference, identifier="<c-3@x>"), by="officer", request_id=other).letter
    assert wrong.request_id == other and "ссылки и номера" in wrong.problem


def test_an_outlook_file_is_a_letter_and_anything_else_is_refused_in_words(installation, sent):
    raw = compound(message(subject="Ответ", body="Доступ предоставлен.", sender=("СТП", "egisz@stp-egisz.ru")))
    letter = take_by_hand(installation, raw, by="officer", request_id=sent[0]).letter
    assert letter.sender == "egisz@stp-egisz.ru" and letter.reading["outcome"] == "granted"
    for garbage in (b"%PDF-1.7 no letter", b"", raw[:8] + b"\xff" * 2000):
        with pytest.raises(NotALetter):
            take_by_hand(installation, garbage, by="officer")
    with installation.work("тест") as work:
        assert len(work.session.execute(select(InboxLetter)).scalars().all()) == 1


def test_the_same_letter_coming_by_mail_afterwards_counts_and_is_not_decided_twice(installation, sent):
    number, reference = sent
    brought = take_by_hand(installation, b"X-Copy: 1\n" + _answer(reference), by="officer").letter
    mailed = arrived(installation, _answer(reference))
    assert mailed.state is InboxState.APPLIED and _status(installation, number) is Status.GRANTED
    closed = _letter(installation, brought.id)
    assert closed.state is InboxState.NOTED and f"№ {mailed.id}" in closed.problem


def test_the_same_letter_coming_by_mail_after_the_decision_is_noted(installation, sent):
    number, reference = sent
    brought = take_by_hand(installation, b"X-Copy: 1\n" + _answer(reference), by="officer").letter
    with installation.work("officer") as work:
        inbox.settle(work, brought.id, decision="grant")
    mailed = arrived(installation, _answer(reference))
    assert mailed.state is InboxState.NOTED and f"№ {brought.id}" in mailed.problem
    assert _status(installation, number) is Status.GRANTED


def test_a_person_of_one_organisation_brings_letters_of_his_requests_only(installation, sent):
    from actions.accounts import accounts
    from models.account import Role

    with installation.work("тест") as work:
        far = accounts.create(
            work,
            login="far",
            name="Чужой",
            roles={Role.OFFICER},
            everywhere=False,
            organisation_ids=(),
            password_by_other=False,
        )
        far_id = far.id
    with pytest.raises(Conflict, match="не видно, к какой заявке"):
        take_by_hand(installation, _answer(sent[1]), by="far", only_of=far_id)
    take_by_hand(installation, _answer(sent[1]), by="officer")
    with pytest.raises(Conflict, match="не у ваших заявок"):
        take_by_hand(installation, _answer(sent[1]), by="far", only_of=far_id)


def test_an_answer_in_a_word_file_that_comes_by_mail_waits_for_a_person(installation, sent):
    number, reference = sent
    raw = _answer(reference, text="Ответ во вложении.", files=[("Ответ.docx", docx("Доступ всем предоставлен."))])
    mailed = arrived(installation, raw)
    assert mailed.state is InboxState.TRIAGE and "«Ответ.docx»" in mailed.problem
    assert mailed.reading["outcome"] == "granted" and _status(installation, number) is Status.SENT


@pytest.mark.parametrize("calls_before", [0, 1])
def test_a_machine_without_room_for_a_reader_leaves_the_letter_for_the_next_run(
    installation, sent, monkeypatch, calls_before
):
    """Neither at the first reading nor at the one against its request is the letter laid aside."""
    number, reference = sent
    raw = _answer(reference)
    calls = iter(range(10))

    def busy():
        if next(calls) >= calls_before:
            raise Unavailable("Сейчас читается слишком много файлов. Повторите через минуту.")
        return zygote()

    with monkeypatch.context() as patch:
        patch.setattr("sandbox.running.zygote", busy)
        with pytest.raises(Unavailable):
            arrived(installation, raw)
    with installation.work("тест") as work:
        assert inbox.to_read(work, 10)
    _read_stored(installation, {"read": 0, "failed": 0})
    assert _status(installation, number) is Status.GRANTED
