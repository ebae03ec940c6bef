"""Practice says so on every paper and letter: nobody takes one for work."""

from __future__ import annotations

import email
import email.policy
import io

import pytest
from docx import Document
from openpyxl import load_workbook

from actions.post import links, outbox
from actions.requests import lookup
from models.request import Status
from tests.walking import bring, request_at

TITLE = "УЧЕБНАЯ ЗАЯВКА: люди вымышлены, в СТП не подавать"


def _paper(installation, number, purpose):
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        file = next(file for file in lookup.files_of(work, request) if file.purpose == purpose)
        return request.number, work.files.read(file.sha256)


def test_practice_papers_say_so_on_the_first_page_and_across_every_page(practice):
    name, data = _paper(practice, request_at(practice, Status.VALIDATED), "application-docx")
    document = Document(io.BytesIO(data))
    assert name.startswith("УЧ-")
    assert TITLE in [paragraph.text for paragraph in document.paragraphs]
    assert 'string="УЧЕБНАЯ ЗАЯВКА"' in document.sections[0].header._element.xml


def test_practice_workbook_says_so_in_a_cell_and_in_the_header_of_every_page(practice):
    from actions.requests import cases, papers
    from documents.paper import excel
    from documents.paper.paper import compose

    number = request_at(practice, Status.DRAFT)
    with practice.work("тест") as work:
        request = lookup.get(work, number)
        facts = cases.facts_of(work, request)
        made = excel.render(compose(papers._layout(work, request, facts), papers.paper_facts(work, request, facts)))
    sheet = load_workbook(io.BytesIO(made)).active
    assert sheet["A1"].value == TITLE and "УЧЕБНАЯ ЗАЯВКА" in sheet.oddHeader.center.text


@pytest.mark.parametrize("purpose", ["digest", "package", links.FIRST_LOGIN])
def test_practice_letters_say_so_in_the_subject_and_first_line(practice, purpose):
    with practice.work("тест") as work:
        letter = outbox.promise(
            work, key="k", purpose=purpose, recipient="a@clinic.example", subject="Заявка", text="Текст"
        )
        raw = outbox._composed(work, letter)
    sent = email.message_from_bytes(raw, policy=email.policy.default)
    assert sent["Subject"] == "УЧЕБНОЕ ПИСЬМО. Заявка"
    assert sent.get_content().startswith("УЧЕБНОЕ ПИСЬМО: люди и заявки вымышлены")


def test_work_says_nothing_of_practice(installation):
    number = request_at(installation, Status.DRAFT)
    bring(installation, number, Status.VALIDATED)
    name, data = _paper(installation, number, "application-docx")
    document = Document(io.BytesIO(data))
    assert name.startswith("ЕД-")
    assert "УЧЕБН" not in document.element.xml + document.sections[0].header._element.xml
