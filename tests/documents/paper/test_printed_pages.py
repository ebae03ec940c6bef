"""What leaves the printer: LibreOffice makes PDF, the pages are rendered at 150 dpi and read as a scanner would."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from catalog.layouts import layout, load_layouts
from documents.codes import PageCode, decode
from documents.looks import preview
from documents.paper import excel, word
from documents.paper.paper import Attorney, Paper, Signer, compose
from documents.russian import NBSP
from tests.documents.samples import CLINIC, LONG_NAME, SOLE_PROPRIETOR, application, facts

_LONG = replace(CLINIC, full_name=LONG_NAME, subject="Ханты-Мансийский автономный округ – Югра")
_LONG_POST = "Исполняющий обязанности директора по организационно-методической и лечебно-профилактической работе"
_ATTORNEY = Signer(
    _LONG_POST, "Константинопольский-Задунайский Александр Вениаминович", Attorney("77 АВ 1234567", dt.date(2026, 3, 1))
)
_PAPERS = {
    "one": lambda: application(1),
    "seven": lambda: application(7),
    "eight": lambda: application(8),
    "thirty": lambda: application(30),
    "no seal": lambda: application(9, SOLE_PROPRIETOR),
    "long names": lambda: application(8, _LONG, signer=_ATTORNEY, version=99, request=10_000_000),
    "nobody": lambda: application(0),
}


_FORMS = sorted(set(load_layouts()) - {"access", "trouble-report"})


def _form(code: str) -> Paper:
    answers = {"licence": "Л041-01137-77/00000000 от 1 марта 2021 г.", "contact": LONG_NAME}
    return compose(layout(code), facts(0, _LONG, answers=answers, enclosures=("заявка", "доверенность")))


@pytest.fixture(scope="module")
def printed(office: str) -> dict[tuple[str, str], bytes]:
    """Everything at once: LibreOffice takes longer to start than to print a form."""
    papers = {(name, suffix): made() for name, made in _PAPERS.items() for suffix in (".docx", ".xlsx")}
    papers |= {(code, ".docx"): _form(code) for code in _FORMS}
    rendered = [(_rendered(paper, suffix), suffix) for (_, suffix), paper in papers.items()]
    return dict(zip(papers, preview.as_pdfs(rendered, office=office, seconds=170), strict=True))


def _rendered(paper: Paper, suffix: str) -> bytes:
    return word.render(paper) if suffix == ".docx" else excel.render(paper)


def _pages(paper: Paper, suffix: str, office: str) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(preview.as_pdf(_rendered(paper, suffix), suffix, office=office))


def _codes(pdf: pypdfium2.PdfDocument) -> list[list[PageCode]]:
    return [
        [decode(found.text) for found in zxingcpp.read_barcodes(pdf[index].render(scale=150 / 72).to_pil())]
        for index in range(len(pdf))
    ]


def _texts(pdf: pypdfium2.PdfDocument) -> list[str]:
    raw = [pdf[index].get_textpage().get_text_range() for index in range(len(pdf))]
    return [" ".join(text.replace(NBSP, " ").split()) for text in raw]


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
@pytest.mark.parametrize("name", list(_PAPERS))
def test_each_printed_page_bears_its_own_code_and_the_right_total(
    name: str, suffix: str, printed: dict[tuple[str, str], bytes]
) -> None:
    paper = _PAPERS[name]()
    pdf = pypdfium2.PdfDocument(printed[name, suffix])
    expected = [[PageCode(paper.request, paper.version, page, len(pdf))] for page in range(1, len(pdf) + 1)]
    assert _codes(pdf) == expected
    for page, text in enumerate(_texts(pdf), 1):
        assert f"Страница {page} из {len(pdf)}" in text


@pytest.mark.slow
def test_five_hundred_lines_keep_codes_and_pages_together(office: str) -> None:
    paper = application(500)
    pdf = _pages(paper, ".docx", office)
    assert _codes(pdf) == [[PageCode(123, 1, page, len(pdf))] for page in range(1, len(pdf) + 1)]
    assert "anna.ivanova-500@" in _texts(pdf)[-1].replace(" ", "")


def test_headings_stand_on_every_page(printed: dict[tuple[str, str], bytes]) -> None:
    for text in _texts(pypdfium2.PdfDocument(printed["thirty", ".docx"])):
        assert "СНИЛС" in text
        assert "Подсистема" in text


def test_signature_stands_once_on_the_last_page(printed: dict[tuple[str, str], bytes]) -> None:
    texts = _texts(pypdfium2.PdfDocument(printed["thirty", ".docx"]))
    assert [text.count("(расшифровка подписи)") for text in texts] == [*[0] * (len(texts) - 1), 1]
    assert "И. И. Иванов" in texts[-1]


@pytest.mark.rule("SGN-3")
def test_no_seal_is_printed_in_its_place(office: str) -> None:
    (text,) = _texts(_pages(application(1, SOLE_PROPRIETOR), ".docx", office))
    assert "Печать не предусмотрена" in text


@pytest.mark.parametrize("code", _FORMS)
def test_other_forms_keep_to_the_pages_that_they_count(code: str, printed: dict[tuple[str, str], bytes]) -> None:
    paper = _form(code)
    pdf = pypdfium2.PdfDocument(printed[code, ".docx"])
    expected = [[PageCode(123, 1, page, len(pdf))] for page in range(1, len(pdf) + 1)]
    assert _codes(pdf) == (expected if paper.coded else [[]] * len(pdf))
    signed = layout(code).signature is not None  # a plain report or notes for another portal have no place to sign
    assert ("(расшифровка подписи)" in _texts(pdf)[-1]) is signed
