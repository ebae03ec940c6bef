"""An absent organisation: its add-application drafts itself, is signed for itself, and travels in the same letter."""

from __future__ import annotations

import io
import zipfile

import pytest
from sqlalchemy import select

from actions.answers import answers
from actions.cards import organisations
from actions.requests import creation, lookup
from actions.steps import packages, scans, taking
from actions.steps.answer import Answer
from models.letters import OutboxLetter
from models.request import Status
from states.lifecycle import Actor, Refused
from tests.walking import GROUND, KIND, SIGNED, clinic, deliver, lines, load_refbook, request_at, scan_of

ABSENT_INN = "7728168971"


@pytest.fixture
def absent(installation, tmp_path):
    """A request of a clinic that the loaded refbook does not know."""
    load_refbook(installation, tmp_path)
    with installation.work("тест") as work:
        card = organisations.card(work, ABSENT_INN)
        values = {
            "full_name": "ООО «Новая клиника»",
            "subject": "77",
            "head_name": "Ким Ольга",
            "head_post": "Директор",
            "seal": "seal",
            "licence": "held",
        }
        organisations.change(work, card, values)
        return creation.create(work, kind=KIND, organisation_id=card.id, lines=lines(1)).id


def _sign(work, request):
    taking.take(work, request, "validate")
    scans.sign(work, request, [("Скан.pdf", scan_of(request))], signature=SIGNED)


@pytest.mark.rule("ORG-3", "ORG-12")
def test_absent_organisations_add_application_is_drafted_by_itself(installation, absent):
    with installation.work("тест") as work:
        companion = lookup.companion_of(work, lookup.get(work, absent))
        assert (companion.kind, companion.status) == ("frmo-add-organisation", Status.DRAFT)
        taking.take(work, companion, "validate")
        names = [file.name for file in lookup.files_of(work, companion)]
    assert any(name.startswith("Заявка на добавление") and name.endswith(".docx") for name in names)


@pytest.mark.rule("ORG-1")
def test_organisation_of_the_refbook_gets_no_add_application(installation, tmp_path):
    load_refbook(installation, tmp_path)
    number = request_at(installation, Status.DRAFT)
    with installation.work("тест") as work:
        assert lookup.companion_of(work, lookup.get(work, number)) is None


@pytest.mark.rule("SND-3", "ORG-3")
def test_both_leave_in_one_letter_in_two_copies_each_and_share_ticket_and_answer(installation, absent):
    with installation.work("тест") as work:
        request = lookup.get(work, absent)
        companion = lookup.companion_of(work, request)
        _sign(work, request)
        with pytest.raises(Refused) as refusal:
            taking.take(work, request, "send", Answer(confirm_address=True))
        assert {finding.rule for finding in refusal.value.findings} == {"SND-3"}
        _sign(work, companion)
        taking.take(work, request, "send", Answer(confirm_address=True))
        letter = work.session.execute(select(OutboxLetter)).scalar_one()
        kinds = sorted(part["name"].rpartition(".")[2] for part in letter.attachments)
        assert kinds == ["docx", "docx", "pdf", "pdf"]
        numbers = request.number, companion.number
    assert all(number in letter.text for number in numbers)
    deliver(installation)
    with installation.work("тест") as work:
        request = lookup.get(work, absent)
        companion = lookup.companion_of(work, request)
        assert (request.status, companion.status) == (Status.SENT, Status.SENT)
        said = answers.the_same(work, request, "granted")
        answers.give_answer(work, request, Answer(pairs=said, ground=GROUND, ticket="A-1"), actor=Actor.DESK)
        assert (request.status, companion.status, companion.ticket) == (Status.GRANTED, Status.GRANTED, "A-1")


@pytest.mark.rule("SND-4", "SND-6")
def test_web_channel_gets_a_package_to_upload_and_its_ticket_is_recorded(installation):
    number = request_at(installation, Status.VALIDATED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        with pytest.raises(Refused):
            packages.zipped(work, request)
        scans.sign(work, request, [("Скан.pdf", scan_of(request))], signature=SIGNED)
        archive = zipfile.ZipFile(io.BytesIO(packages.zipped(work, request)))
        assert sorted(name.rpartition(".")[2] for name in archive.namelist()) == ["docx", "pdf", "txt"]
        note = archive.read("Как подать.txt").decode("utf-8-sig")
        assert "система «ФРМО»" in note
        assert work.catalog.desk.web_link in note
        with pytest.raises(Refused):
            taking.take(work, request, "hand_over")
        taking.take(work, request, "hand_over", Answer(ticket="WEB-5", channel="web"))
        assert (request.status, request.ticket, request.channel) == (Status.AWAITING, "WEB-5", "web")
        assert request.due_at is not None


@pytest.mark.rule("SND-4")
def test_web_system_is_that_of_workers_when_only_it_is_asked_for(installation):
    with installation.work("тест") as work:
        assert work.catalog.kind("frmr-access").web_system == "ФРМР"
        assert work.catalog.kind("frmo-access").web_system == "ФРМО"
        clinic(work)
