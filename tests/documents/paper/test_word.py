from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
import zxingcpp
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from PIL import Image

from catalog.layouts import layout
from documents.codes import PageCode, decode
from documents.paper import word
from documents.paper.making import make_documents
from documents.paper.paper import Attorney, Paper, Signer, compose
from documents.russian import NBSP
from models.facts import SealPolicy
from tests.documents.samples import CLINIC, SOLE_PROPRIETOR, application, facts


def _opened(paper: Paper) -> WordDocument:
    return Document(io.BytesIO(word.render(paper)))


def _text(element: BaseOxmlElement) -> str:
    return "".join(piece.text or "" for piece in element.iter(qn("w:t")))


def _all_text(document: WordDocument) -> str:
    return "\n".join(map(_text, document.element.body.iter(qn("w:p")))).replace(NBSP, " ")


@pytest.mark.rule("APP-1", "APP-12")
def test_word_file_holds_every_row_under_the_headings() -> None:
    paper = application(30)
    assert paper.table is not None
    tables = [table for table in _opened(paper).tables if len(table.columns) == 11]
    rows = []
    for table in tables:
        first, *rest = [tuple(cell.text for cell in row.cells) for row in table.rows]
        assert first == paper.table.headings
        rows += rest
    assert rows == list(paper.table.rows)


def test_heading_row_repeats_and_rows_do_not_split() -> None:
    tables = [table for table in _opened(application(30)).tables if len(table.columns) == 11]
    assert len(tables) > 1
    for table in tables:
        heading, *rest = table._tbl.tr_lst
        assert heading.find(f".//{qn('w:tblHeader')}") is not None
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in (heading, *rest))


def test_sheet_is_a_landscape_a4() -> None:
    section = _opened(application()).sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)


def test_one_font_fills_all_four_slots() -> None:
    fonts = _opened(application()).styles["Normal"].element.find(f".//{qn('w:rFonts')}")
    assert dict(fonts.attrib) == {qn(f"w:{slot}"): "Times New Roman" for slot in ("ascii", "hAnsi", "cs", "eastAsia")}


def test_dates_and_names_are_written_as_in_offices() -> None:
    raw = _text(_opened(application()).element.body)
    assert f"от 23{NBSP}ноября{NBSP}2026{NBSP}г." in raw
    assert f"№{NBSP}ЕД-2026-000123" in raw
    assert f"И.{NBSP}И.{NBSP}Иванов" in raw


def test_footer_counts_pages_by_fields() -> None:
    footer = _opened(application()).sections[0].footer._element
    assert [field.get(qn("w:instr")) for field in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    assert _text(footer).replace(NBSP, " ").startswith("№ ЕД-2026-000123, версия 1 · Страница ")


@pytest.mark.rule("SGN-3")
def test_no_seal_is_said_in_its_place() -> None:
    text = _all_text(_opened(application(1, SOLE_PROPRIETOR)))
    assert "Печать не предусмотрена" in text
    assert "М.П." not in text


@pytest.mark.rule("SGN-2")
def test_seal_has_its_place() -> None:
    assert "М.П." in _all_text(_opened(application(1)))


@pytest.mark.rule("SGN-5")
def test_attorney_is_named_with_number_and_date() -> None:
    signer = Signer("Заместитель главного врача", "Петрова Анна Сергеевна", Attorney("12/3", dt.date(2026, 3, 1)))
    text = _all_text(_opened(application(1, signer=signer)))
    assert "по доверенности от 1 марта 2026 г. № 12/3" in text
    assert "необязательно" in text


def test_seal_policy_not_yet_known_claims_nothing() -> None:
    text = _all_text(_opened(application(1, replace(CLINIC, seal=None))))
    assert "М.П. (при наличии печати)" in text
    assert SealPolicy.SEAL.value not in text


def test_every_page_has_its_own_code() -> None:
    document = _opened(application(30, version=2))
    codes = []
    for blip in document.element.body.iter(qn("a:blip")):
        image = Image.open(io.BytesIO(document.part.related_parts[blip.get(qn("r:embed"))].blob))
        codes += [decode(found.text) for found in zxingcpp.read_barcodes(image)]
    assert len(codes) > 2
    assert codes == [PageCode(123, 2, page, len(codes)) for page in range(1, len(codes) + 1)]


def test_code_carries_no_personal_data() -> None:
    assert len(decode.__annotations__) == 2  # text in, PageCode out
    assert set(PageCode.__dataclass_fields__) == {"request", "version", "page", "of"}


def test_code_is_at_least_twenty_millimetres_wide() -> None:
    extent = next(_opened(application()).element.body.iter(qn("wp:extent")))
    assert int(extent.get("cx")) / 36_000 >= 20
    assert extent.get("cx") == extent.get("cy")


def test_characters_that_xml_refuses_do_not_stop_the_paper() -> None:
    strange = replace(facts(1).rows[0], surname="Ива\x00но\x1fва", given="<Анна> & «Ко»")
    text = _all_text(_opened(application(1, rows=(strange,))))
    assert "Иванова" in text
    assert "<Анна> & «Ко»" in text


@pytest.mark.rule("SND-3", "ORG-3", "ORG-12")
@pytest.mark.parametrize(
    "code", ["add-medical", "add-branch", "add-pharmacy", "add-educational", "add-health-administration"]
)
def test_add_application_is_made_in_two_editable_formats(code: str) -> None:
    answers = {"licence": "соискатель лицензии", "contact": "Петрова А. С."}
    files = make_documents(compose(layout(code), facts(0, answers=answers)))
    assert [file.purpose for file in files] == ["add-application-docx", "add-application-xlsx"]
    text = _all_text(Document(io.BytesIO(files[0].data)))
    for expected in ("ООО «Клиника № 5»", "7707083893", "1027700132195", "Петрова А. С.", "М.П."):
        assert expected in text
    assert f"приложени{'я' if ',' in layout(code).appendix else 'е'} {layout(code).appendix}" in text


def test_cover_letter_lists_what_is_enclosed_and_bears_no_code() -> None:
    enclosures = ("заявка (скан-копия)", "доверенность от 1 марта 2026 г. № 12/3")
    (file,) = make_documents(compose(layout("cover-letter"), facts(enclosures=enclosures)))
    document = Document(io.BytesIO(file.data))
    text = _all_text(document)
    assert "1. заявка (скан-копия)" in text
    assert "2. доверенность от 1 марта 2026 г. № 12/3" in text
    assert not list(document.element.body.iter(qn("a:blip")))


@pytest.mark.rule("APP-1")
def test_file_names_are_good_russian() -> None:
    assert [file.name for file in make_documents(application(1))] == [
        "Заявка ЕД-2026-000123 вер. 1 (ФРМО и ФРМР).docx",
        "Заявка ЕД-2026-000123 вер. 1 (ФРМО и ФРМР).xlsx",
    ]


def test_file_properties_tell_nothing_of_the_machine() -> None:
    properties = _opened(application()).core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.created == properties.modified
    assert properties.created.date() == dt.date(2026, 11, 23)
