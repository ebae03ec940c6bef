"""Letters in: exactly once, matched three ways, applied only when clear and proven; the rest waits for a person."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from actions.answers import delivery, inbox, mailbox
from actions.context import Conflict
from actions.log import audit
from actions.post import outbox
from actions.requests import lookup, pairs
from actions.steps import taking
from actions.steps.answer import Answer
from models.letters import InboxState, OutboxLetter, OutboxState
from models.request import LineState, Status
from notifications.imap import FetchedLetter
from notifications.reading import read_letter_safely
from tests.walking import GROUND, lines, request_at

_UID = iter(range(1, 10_000))


def _package(work, number):
    return work.session.execute(
        select(OutboxLetter).where(OutboxLetter.request_id == number, OutboxLetter.purpose == "package")
    ).scalar_one()


def _letter(text, *, subject="Re: заявка", references="", sender="egisz@stp-egisz.ru", html=None):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"СТП ЕГИСЗ <{sender}>", "clinic@example.com", subject
    message["Message-ID"] = f"<answer-{next(_UID)}@stp-egisz.ru>"
    if references:
        message["In-Reply-To"] = message["References"] = references
    message.set_content(text)
    return message.as_bytes()


def _take_in(installation, raw, uid=None):
    """Store, read and apply one letter as the sweep does."""
    fetched = FetchedLetter("clinic", "INBOX", 1, uid or next(_UID), None, raw, len(raw))
    with installation.work("почта") as work:
        number = mailbox.store(work, fetched)
    if number is None:
        return None
    with installation.work("почта") as work:
        path = work.files.path(inbox.get(work, number).sha256)
    reading = read_letter_safely(path)
    with installation.work("почта") as work:
        asked = inbox.asked_for(work, reading)
    if asked:
        reading = read_letter_safely(path, asked=asked.as_dict())
    with installation.work("почта") as work:
        inbox.apply(work, number, reading)
    return number


def _request(installation, number):
    with installation.work("тест") as work:
        return lookup.get(work, number)


def _inbox(installation, number):
    with installation.work("тест") as work:
        return inbox.get(work, number)


@pytest.fixture
def sent(installation):
    number = request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        return number, _package(work, number).message_id


def test_one_letter_is_stored_once_by_uid_and_by_content(installation):
    raw = _letter("Просто письмо")
    first = _take_in(installation, raw, uid=5)
    assert first is not None
    assert _take_in(installation, raw, uid=5) is None
    assert _take_in(installation, raw, uid=6) is None
    with installation.work("тест") as work:
        assert mailbox.position(work, "clinic", "INBOX") == (1, 6)


@pytest.mark.rule("SND-6")
def test_acknowledgement_teaches_the_ticket_and_starts_the_waiting(installation, sent):
    number, message_id = sent
    text = "Здравствуйте! Ваше обращение зарегистрировано. Номер [#ABC-123-45678]. Срок 16 рабочих часов."
    letter = _take_in(installation, _letter(text, subject="[#ABC-123-45678] Заявка", references=message_id))
    request = _request(installation, number)
    assert (request.status, request.ticket) == (Status.AWAITING, "ABC-123-45678")
    assert _inbox(installation, letter).state is InboxState.APPLIED
    assert _inbox(installation, letter).matched_by == "references"


@pytest.mark.rule("AWT-1")
def test_clear_grant_of_the_desk_is_applied_with_its_quote(installation, sent):
    number, message_id = sent
    _take_in(installation, _letter("Ваша заявка выполнена, доступ к ФРМО и ФРМР предоставлен.", references=message_id))
    request = _request(installation, number)
    assert request.status is Status.GRANTED
    with installation.work("тест") as work:
        lines = lookup.lines_of(work, request)
        said = [(pair.state, pair.quote, pair.letter_id) for pair in pairs.of(lines)]
    assert len(said) == 4 and {line.state for line in lines} == {LineState.GRANTED}
    assert all(state is LineState.GRANTED and "предоставлен" in quote and from_ for state, quote, from_ in said)


@pytest.mark.rule("AWT-1")
def test_answer_that_differs_per_line_is_applied_per_line(installation, sent):
    number, message_id = sent
    first, second = lines(2)
    text = (
        "Результат рассмотрения:\n"
        f"1. {first.name}, СНИЛС 112-233-445 95 – доступ предоставлен.\n"
        f"2. {second.name}, СНИЛС 087-654-303 00 – в доступе отказано: учётная запись не подтверждена.\n"
    )
    _take_in(installation, _letter(text, references=message_id))
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert request.status is Status.GRANTED
        assert [line.state for line in lookup.lines_of(work, request)] == [LineState.GRANTED, LineState.MOVED]
        draft = lookup.child_of(work, request, "refused-lines")
        assert all("не подтверждена" in pair.reason for pair in pairs.of(lookup.lines_of(work, draft)))


def test_answer_that_names_one_of_two_people_waits_for_a_person(installation, sent):
    number, message_id = sent
    _take_in(installation, _letter("Пользователю 112-233-445 95 доступ предоставлен.", references=message_id))
    assert _request(installation, number).status is Status.SENT
    with installation.work("тест") as work:
        assert len(inbox.triage(work)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Доступ не предоставлен.",
        "Доступ будет предоставлен после подтверждения учётной записи.",
        "Для предоставления доступа необходимо приложить доверенность.",
    ],
)
def test_no_condition_or_negation_ever_grants(installation, sent, text):
    number, message_id = sent
    _take_in(installation, _letter(text, references=message_id))
    assert _request(installation, number).status is not Status.GRANTED


def test_grant_from_a_stranger_waits_for_a_person(installation, sent):
    number, message_id = sent
    raw = _letter("Доступ предоставлен.", references=message_id, sender="egisz@stp-egisz.ru.evil.example")
    letter = _take_in(installation, raw)
    assert _request(installation, number).status is Status.SENT
    assert _inbox(installation, letter).state is InboxState.TRIAGE


def test_setting_never_leaves_even_clear_answers_to_people(installation, sent):
    import dataclasses

    number, message_id = sent
    installation.__dict__["policy"] = dataclasses.replace(installation.policy, answers_apply="never")
    _take_in(installation, _letter("Заявка выполнена, доступ предоставлен.", references=message_id))
    assert _request(installation, number).status is Status.SENT


def test_question_is_shown_and_answered(installation, sent):
    number, message_id = sent
    _take_in(
        installation, _letter("Просим уточнить адрес электронной почты второго сотрудника.", references=message_id)
    )
    request = _request(installation, number)
    assert request.status is Status.AWAITING
    assert "уточнить" in request.question
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "reply", Answer(reply="Адрес верный."))
    with installation.work("тест") as work:
        reply = work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "reply")).scalar_one()
        assert "Адрес верный." in reply.text
        assert reply.in_reply_to == message_id
        assert lookup.get(work, number).question is None


def test_matched_by_ticket_and_by_our_number_without_references(installation, sent):
    import dataclasses

    number, _message_id = sent
    installation.__dict__["policy"] = dataclasses.replace(installation.policy, authserv_ids=("mx.clinic.example",))
    ours = _request(installation, number).in_letters
    proof = b"Authentication-Results: mx.clinic.example; dkim=pass header.d=stp-egisz.ru\n"
    _take_in(
        installation,
        proof + _letter("Ваше обращение зарегистрировано под номером [#QWE-111-22222].", subject=f"Re: Заявка {ours}"),
    )
    assert _request(installation, number).ticket == "QWE-111-22222"
    letter = _take_in(installation, proof + _letter("Доступ предоставлен.", subject="[#QWE-111-22222] ответ"))
    assert _inbox(installation, letter).matched_by == "ticket"
    assert _request(installation, number).status is Status.GRANTED


def _bounce(message_id, *, action="failed", status="5.1.1"):
    return (
        "From: MAILER-DAEMON@relay.example\r\nTo: clinic@example.com\r\nSubject: Undelivered Mail Returned\r\n"
        f"Message-ID: <b{next(_UID)}@relay.example>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n"
        f"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n"
        f"Final-Recipient: rfc822; egisz@stp-egisz.ru\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: x\r\n\r\n--B--\r\n"
    ).encode()


def test_bounce_brings_the_request_back_with_its_reason(installation, sent):
    number, message_id = sent
    _take_in(installation, _bounce(message_id))
    request = _request(installation, number)
    assert request.status is Status.SIGNED
    assert "no such user" in request.note
    with installation.work("тест") as work:
        assert _package(work, number).state is OutboxState.FAILED


def test_notice_of_a_delay_brings_nothing_back(installation, sent):
    number, message_id = sent
    _take_in(installation, _bounce(message_id, action="delayed", status="4.4.1"))
    assert _request(installation, number).status is Status.SENT


def test_acknowledgement_settles_an_uncertain_sending(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
        letter_id = _package(work, number).id
    with installation.work("тест") as work:
        outbox.claim(work, owner="a", limit=5)
        outbox.begin(work, letter_id=letter_id, owner="a")
        delivery.uncertain(work, letter_id, "обрыв")
        message_id = _package(work, number).message_id
    _take_in(installation, _letter("Обращение зарегистрировано, номер [#ABC-123-45678].", references=message_id))
    with installation.work("тест") as work:
        assert _package(work, number).state is OutboxState.SENT
        assert lookup.get(work, number).status is Status.AWAITING


def test_answer_to_an_old_version_waits_for_a_person(installation, sent):
    number, message_id = sent
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "reject", Answer(reason="x", ground=GROUND))
        taking.take(work, request, "revise")
    letter = _take_in(installation, _letter("Доступ предоставлен.", references=message_id))
    assert _inbox(installation, letter).state is InboxState.TRIAGE
    assert "версию 1" in _inbox(installation, letter).problem


def test_person_settles_a_letter_once(installation, sent):
    number, message_id = sent
    letter = _take_in(installation, _letter("Доступ предоставлен.", references=message_id, sender="a@other.example"))
    with installation.work("офицер") as work:
        inbox.settle(work, letter, decision="grant", ticket="ABC-1", text="по телефону подтвердили")
    assert _request(installation, number).status is Status.GRANTED
    with installation.work("офицер") as work, pytest.raises(Conflict):
        inbox.settle(work, letter, decision="note")


def test_every_letter_leaves_an_event_and_the_chain_holds(installation, sent):
    _take_in(installation, _letter("Доступ предоставлен.", references=sent[1]))
    _take_in(installation, _letter("Что-то другое", sender="news@shop.example"))
    with installation.work("тест") as work:
        assert audit.verify(work.session).ok


def test_hundred_letters_of_one_poll_keep_their_order(installation):
    for uid in range(100, 110):
        raw = _letter(f"Письмо {uid} от {dt.date(2026, 1, 1)}")
        fetched = FetchedLetter("clinic", "INBOX", 1, uid, None, raw, len(raw))
        with installation.work("почта") as work:
            mailbox.store(work, fetched)
    with installation.work("тест") as work:
        assert inbox.to_read(work, 100) == sorted(inbox.to_read(work, 100))
        assert len(inbox.to_read(work, 100)) == 10
