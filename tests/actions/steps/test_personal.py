"""Personal links: looking changes nothing, pressing acts, a stranger's token opens nothing."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document
from PIL import Image
from sqlalchemy import select

from actions.cards import people
from actions.context import NotFound
from actions.letters import correspondence
from actions.post import links
from actions.requests import creation, lookup
from actions.steps import personal, taking
from actions.steps.answer import Answer
from models.audit import Event
from models.letters import OutboxLetter
from models.link import PersonalLink
from models.request import LineState, Status
from tests.walking import KIND, bring, clinic, deliver, lines, request_at

_ADDRESS = re.compile(r"/my/(\S+)")


def _picture():
    buffer = io.BytesIO()
    Image.new("RGB", (800, 500), "white").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def invited(installation):
    """A draft with one invited employee and the secret of his link."""
    with installation.work("тест") as work:
        request = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines(1, logged_in=False))
        taking.take(work, request, "invite")
        link = work.session.execute(select(PersonalLink)).scalar_one()
        return request.id, links.token(work, link)


def _secret_of(installation, purpose):
    with installation.work("тест") as work:
        link = work.session.execute(select(PersonalLink).where(PersonalLink.purpose == purpose)).scalars().first()
        return links.token(work, link)


@pytest.mark.rule("USR-1", "USR-3", "USR-4")
def test_invitation_tells_the_steps_and_that_no_access_is_expected(installation, invited):
    with installation.work("тест") as work:
        letter = work.session.execute(select(OutboxLetter)).scalar_one()
        text = links.written(work, letter).text
    assert "https://portalmr.egisz.rosminzdrav.ru/" in text
    assert "https://www.gosuslugi.ru/" in text
    assert "«Нет прав доступа к системе». Так и должно быть" in text
    assert _ADDRESS.search(text).group(1) == invited[1]
    assert letter.recipient == lines(1)[0].email


def test_database_never_holds_the_secret(installation, invited):
    with installation.work("тест") as work:
        rows = [
            *work.session.execute(select(OutboxLetter)).scalars(),
            *work.session.execute(select(PersonalLink)).scalars(),
        ]
        assert not [row for row in rows if invited[1] in str(row.model_dump())]


def test_looking_changes_nothing(installation, invited):
    with installation.work("тест") as work:
        before = work.session.execute(select(Event.seq)).scalars().all()
        for _ in range(3):
            assert personal.visit(work, invited[1])
        assert work.session.execute(select(Event.seq)).scalars().all() == before


@pytest.mark.rule("USR-2", "USR-3")
def test_pressing_done_records_account_and_first_login_once(installation, invited, clock):
    number, secret = invited
    with installation.work("тест") as work:
        personal.confirm_first_login(work, secret)
    first = clock.now
    clock.forward(hours=5)
    with installation.work("тест") as work:
        with pytest.raises(personal.LinkSpent) as spent:
            personal.confirm_first_login(work, secret)
        assert spent.value.used == "first-login"
        person = people.find(work, 1, lines(1)[0].snils)
        assert (person.esia_confirmed_on, person.first_login_on) == (first, first)
    bring(installation, number, Status.VALIDATED)


def test_foreign_and_forged_tokens_open_nothing(installation, invited):
    secret = invited[1]
    with installation.work("тест") as work:
        for forged in ("", "1-AAAA", secret[:-1] + ("A" if secret[-1] != "A" else "B"), f"2{secret[1:]}"):
            with pytest.raises(NotFound):
                personal.visit(work, forged)


def test_expired_link_says_what_to_do(installation, invited, clock):
    clock.forward(days=15)
    with installation.work("тест") as work, pytest.raises(personal.LinkSpent, match="прислать новую"):
        personal.visit(work, invited[1])


@pytest.mark.rule("VER-1", "VER-5")
def test_grant_sends_each_employee_steps_and_links(installation):
    request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        letters = (
            work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "login-check")).scalars().all()
        )
    assert [letter.recipient for letter in letters] == [line.email for line in lines(2)]
    for needed in (
        "https://portalmr.egisz.rosminzdrav.ru/",
        "https://nr.egisz.rosminzdrav.ru/",
        "ФРМО, ФРМР",
        "«Выход»",
    ):
        assert needed in letters[0].text


@pytest.mark.rule("VER-1")
def test_login_is_proven_only_when_every_subsystem_is_seen(installation):
    number = request_at(installation, Status.GRANTED, count=1)
    secret = _secret_of(installation, "login-check")
    with installation.work("тест") as work:
        with pytest.raises(personal.NotAllSeen, match="ФРМР"):
            personal.confirm_login(work, secret, listed=["ФРМО"])
        assert lookup.get(work, number).status is Status.GRANTED
    with installation.work("тест") as work:
        personal.confirm_login(work, secret, listed=["ФРМО", "ФРМР"])
        assert lookup.get(work, number).status is Status.VERIFIED


@pytest.mark.rule("VER-3", "VER-4", "ISS-1")
def test_it_does_not_work_becomes_a_report_with_the_picture_in_word_and_goes_to_the_desk(installation):
    number = request_at(installation, Status.GRANTED, count=1)
    secret = _secret_of(installation, "login-check")
    with installation.work("тест") as work:
        report = personal.report_trouble(
            work,
            secret,
            description="Нажал «Войти» и вижу пустую страницу.",
            screenshots=[("Снимок.png", _picture(), "image/png")],
        )
        assert lookup.lines_of(work, lookup.get(work, number))[0].state is LineState.TROUBLE
        document = next(f for f in lookup.files_of(work, report) if f.purpose == "trouble-report-docx")
        word = Document(io.BytesIO(work.files.read(document.sha256)))
        words = [paragraph.text for paragraph in word.paragraphs]
        picture = next(i for i, p in enumerate(word.paragraphs) if p._p.xpath(".//pic:pic"))
        assert any("пустую страницу" in text for text in words[picture + 1 :])
        taking.take(work, report, "validate")
        taking.take(work, report, "send", Answer(confirm_address=True))
        names = [file.name for file in correspondence.package_files(work, report)]
        assert any(name.endswith(".docx") for name in names)
    assert report.in_letters in [letter.subject.split()[1] for letter in deliver(installation)]
    with installation.work("тест") as work:
        assert lookup.get(work, report.id).status is Status.SENT


def test_trouble_is_over_when_the_login_works_after_all(installation):
    number = request_at(installation, Status.GRANTED, count=1)
    secret = _secret_of(installation, "login-check")
    with installation.work("тест") as work:
        personal.report_trouble(
            work, secret, description="Не вижу списка.", screenshots=[("a.png", _picture(), "image/png")]
        )
        personal.confirm_login(work, secret, listed=["ФРМО", "ФРМР"])
        assert lookup.get(work, number).status is Status.VERIFIED
