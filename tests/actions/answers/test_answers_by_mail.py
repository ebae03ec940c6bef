"""What the mailbox does with the desk's answers: by employee and role, whole or not at all."""

from __future__ import annotations

import datetime as dt
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from actions.answers import inbox, mailbox
from actions.requests import lookup, pairs
from actions.steps import taking
from models.grant import Grant
from models.letters import InboxState, OutboxLetter
from models.request import Status
from notifications.imap import FetchedLetter
from notifications.reading import read_letter_safely
from states.lifecycle import Actor
from tests.walking import lines, request_at

_UID = iter(range(1, 10_000))


def _take_in(installation, text, references="", subject="Re: заявка", sender="egisz@stp-egisz.ru"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "clinic@example.com", subject
    message["Message-ID"] = f"<answer-{next(_UID)}@stp-egisz.ru>"
    if references:
        message["In-Reply-To"] = message["References"] = references
    message.set_content(text)
    raw = message.as_bytes()
    with installation.work("почта") as work:
        number = mailbox.store(work, FetchedLetter("clinic", "INBOX", 1, next(_UID), None, raw, len(raw)))
    with installation.work("почта") as work:
        path = work.files.path(inbox.get(work, number).sha256)
        asked = inbox.asked_for(work, read_letter_safely(path))
    reading = read_letter_safely(path, asked=asked.as_dict() if asked else None)
    with installation.work("почта") as work:
        return inbox.apply(work, number, reading)


@pytest.fixture
def sent(installation):
    number = request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        query = select(OutboxLetter.message_id).where(
            OutboxLetter.request_id == number, OutboxLetter.purpose == "package"
        )
        return number, work.session.execute(query).scalar_one()


def _told(installation, number):
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        asked = pairs.of(lookup.lines_of(work, request))
        return request.status, [(pair.subsystem, pair.state.value) for pair in asked]


@pytest.mark.rule("AWT-1")
def test_role_granted_and_role_refused_are_recorded_as_they_were_said(installation, sent):
    number, reference = sent
    text = "Доступ к ФРМО предоставлен. В предоставлении доступа к ФРМР отказано: сотрудник не относится к кадровой службе."
    assert _take_in(installation, text, reference).state is InboxState.APPLIED
    status, roles = _told(installation, number)
    assert status is Status.GRANTED
    assert roles == [("frmo", "granted"), ("frmr", "moved")] * 2
    with installation.work("тест") as work:
        assert {grant.subsystem for grant in work.session.execute(select(Grant)).scalars()} == {"frmo"}
        draft = lookup.child_of(work, lookup.get(work, number), "refused-lines")
        asked = list(pairs.of(lookup.lines_of(work, draft)))
    assert [(pair.subsystem, "кадровой службе" in pair.reason) for pair in asked] == [("frmr", True)] * 2


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Доступ к ФРМО предоставлен.", "без ответа 2 из 4"),
        ("Доступ одному сотруднику предоставлен.", "названо 1 из 2 работников"),
        ("Доступ предоставлен Смирнову П.П.", "которого в заявке нет: Смирнову П.П."),
        ("Роли к РЭМД назначены.", "рэмд"),
        ("Доступ предоставлен согласно списку во вложении.", "списку вложении"),
        ("Доступ по обращению № 999999 предоставлен.", "обращения 999999"),
    ],
)
def test_narrow_or_foreign_answer_waits_with_its_doubt(installation, sent, text, doubt):
    number, reference = sent
    letter = _take_in(installation, text, reference)
    assert letter.state is InboxState.TRIAGE and doubt in letter.problem
    assert _told(installation, number)[0] is Status.SENT


def test_ticket_of_a_stranger_never_replaces_ours(installation, sent):
    number, reference = sent
    _take_in(installation, "Ваше обращение № 1234567 зарегистрировано.", reference)
    later = _take_in(installation, "Ваше обращение № 7654321 зарегистрировано.", reference)
    assert later.state is InboxState.TRIAGE and "7654321" in later.problem
    with installation.work("тест") as work:
        assert lookup.get(work, number).ticket == "1234567"


def test_merged_ticket_is_followed_and_a_named_day_moves_the_term(installation, sent):
    number, reference = sent
    _take_in(installation, "Ваше обращение № 1234567 зарегистрировано.", reference)
    text = (
        "Обращение № 1234567 объединено с обращением № 1234560. Дальнейшая работа ведётся в рамках обращения № 1234560."
    )
    assert _take_in(installation, text, reference).state is InboxState.APPLIED
    assert (
        _take_in(installation, "Срок рассмотрения заявки продлён до 02.12.2026.", reference).state is InboxState.APPLIED
    )
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        due = request.due_at
    assert request.ticket == "1234560"
    assert due == dt.datetime(2026, 12, 2, 15, 0, tzinfo=dt.UTC)


def test_closing_and_survey_are_filed_after_a_known_outcome_only(installation, sent):
    number, reference = sent
    _take_in(installation, "Ваше обращение № 1234567 зарегистрировано.", reference)
    closed = {"text": "Здравствуйте!\nВаше обращение №1234567 закрыто.", "subject": "[#1234567] Обращение закрыто"}
    assert _take_in(installation, **closed).state is InboxState.TRIAGE
    _take_in(installation, "Доступ предоставлен.", reference)
    assert _told(installation, number)[0] is Status.GRANTED
    text = "Здравствуйте!\nВаше обращение №1234567 закрыто. Если вопрос не решен, ответьте на это письмо в течение 3 рабочих дней."
    filed = _take_in(installation, text, subject="[#1234567] Обращение закрыто")
    assert (filed.state, filed.request_id) == (InboxState.NOTED, number)
    survey = "Оцените, пожалуйста, работу специалиста по обращению № 1234567. Перейдите по ссылке."
    assert _take_in(installation, survey, subject="Оценка качества по обращению 1234567").state is InboxState.NOTED


@pytest.mark.parametrize(
    "text",
    [
        "Обращение переведено в статус «Ожидает заявителя».",
        "К обращению добавлен комментарий.",
        "Статус изменён на «Решено».",
    ],
)
def test_notice_of_the_desk_that_nobody_understands_waits(installation, sent, text):
    assert _take_in(installation, text, sent[1]).state is InboxState.TRIAGE


def test_grant_of_a_withdrawn_request_waits(installation, sent):
    number, reference = sent
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "withdraw", actor=Actor.OFFICER)
    letter = _take_in(installation, "Доступ предоставлен.", reference)
    assert letter.state is InboxState.TRIAGE and "не отправлена" in letter.problem


def test_each_role_keeps_only_its_own_sentence(installation, sent):
    number, reference = sent
    first, second = lines(2)
    text = (
        f"1. {first.name}, СНИЛС 112-233-445 95 – доступ предоставлен.\n"
        f"2. {second.name}, СНИЛС 087-654-303 00 – отказано: учётная запись не подтверждена."
    )
    _take_in(installation, text, reference)
    with installation.work("тест") as work:
        asked = list(pairs.of(lookup.lines_of(work, lookup.get(work, number))))
    assert all("087" not in pair.quote for pair in asked[:2]) and all("112" not in pair.quote for pair in asked[2:])
    assert all(pair.letter_id for pair in asked)
