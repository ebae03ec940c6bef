"""Everything in a file is read and searched, or the file is not called read: never is it validated without a word."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from documents.attachments.searching import marks_in
from documents.inside.attached import look
from documents.media import sniff
from models.attachments import READER, AttachmentFacts
from tests.documents.attachments import hiding
from tests.documents.attachments.papers import _with

pytestmark = pytest.mark.rule("TUB-2", "NOZ-2")
KEPT = Path(__file__).parent / "kept"


def seen(tmp_path: Path, data: bytes) -> tuple[set[str], list[str]]:
    """Kinds of what was found, and what was not read; without a child, for speed."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    told = look(str(path), sniff(data), True)
    return {mark.kind for mark in marks_in(told["pieces"])}, told["unread"]


def named(cases) -> list:
    return [pytest.param(*case[1:], id=case[0]) for case in cases]


def parts(cases) -> list:
    return [pytest.param(part, xml, id=part) for part, xml in cases]


@pytest.mark.parametrize(("name", "found", "unread"), [
    ("01_strict.docx", {"name", "snils", "policy"}, []),
    ("12_pivotcache.xlsx", {"name", "snils", "policy"}, []),
    ("18_picture.docx", set(), ["картинка"]),
    ("20_header.xls", {"name", "snils", "policy"}, []),
    ("31_scan_camscanner.pdf", set(), ["стр. 1: картинка"]),
])  # fmt: skip
def test_files_that_once_passed_do_not(tmp_path: Path, name: str, found: set[str], unread: list[str]) -> None:
    assert seen(tmp_path, (KEPT / name).read_bytes()) == (found, unread)


@pytest.mark.parametrize(
    "data",
    [
        hiding.clean_word(),
        hiding.clean_excel(),
        hiding.strict(hiding.clean_word()),
        hiding.strict(hiding.clean_excel()),
        hiding.pdf_with(),
        hiding.word_with_media(hiding.blank()),
    ],
)
def test_plain_documents_are_read_whole(tmp_path: Path, data: bytes) -> None:
    assert seen(tmp_path, data) == (set(), [])


@pytest.mark.parametrize(("part", "xml"), parts(hiding.word_parts()))
def test_every_part_of_word_is_searched(tmp_path: Path, part: str, xml: str) -> None:
    assert "name" in seen(tmp_path, hiding.word_with(part, xml))[0]


@pytest.mark.parametrize("xml", named(hiding.body_parts()))
def test_every_corner_of_a_paragraph_is_searched(tmp_path: Path, xml: str) -> None:
    data = hiding.word_with_body(xml)
    assert "name" in seen(tmp_path, data)[0]
    assert "name" in seen(tmp_path, hiding.strict(data))[0]


@pytest.mark.parametrize(("part", "xml"), parts(hiding.excel_parts()))
def test_every_part_of_excel_is_searched(tmp_path: Path, part: str, xml: str) -> None:
    assert seen(tmp_path, hiding.excel_with(part, xml))[0] & {"name", "snils"}


@pytest.mark.parametrize("xml", named(hiding.sheet_parts()))
def test_every_corner_of_a_sheet_is_searched(tmp_path: Path, xml: str) -> None:
    data = hiding.excel_with_sheet(xml)
    assert "name" in seen(tmp_path, data)[0]
    assert "name" in seen(tmp_path, hiding.strict(data))[0]


@pytest.mark.parametrize(("data", "what"), named([*hiding.unreadable(), *hiding.unread_in_pdf()]))
def test_what_nobody_can_read_is_named(tmp_path: Path, data: bytes, what: str) -> None:
    assert what in "; ".join(seen(tmp_path, data)[1])


@pytest.mark.parametrize("data", named([*hiding.in_pdf(), *hiding.other_texts()]))
def test_behind_pages_and_texts_is_searched(tmp_path: Path, data: bytes) -> None:
    assert "name" in seen(tmp_path, data)[0]


def test_who_made_the_file_is_no_patient(tmp_path: Path) -> None:
    core = "<coreProperties><creator>Орлова Мария Сергеевна</creator><lastModifiedBy>Орлова М.С.</lastModifiedBy></coreProperties>"
    assert seen(tmp_path, hiding.word_with("docProps/core.xml", core)) == (set(), [])


def test_an_inner_copy_of_what_is_on_a_page_is_not_told_twice(tmp_path: Path) -> None:
    body = f"<w:r><w:t>{hiding.PATIENT}</w:t></w:r>"
    data = _with(hiding.word_with_body(body), {"customXml/item1.xml": f"<x>({hiding.PATIENT})</x>".encode()})
    path = tmp_path / "upload"
    path.write_bytes(data)
    assert [mark.place for mark in marks_in(look(str(path), sniff(data), True)["pieces"])] == ["абзац 1", "абзац 1"]


def test_a_locked_open_document_is_refused_with_the_reason(tmp_path: Path) -> None:
    from sandbox import Refused

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", bytes(range(200)))
        archive.writestr("META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>")
    with pytest.raises(Refused) as refused:
        seen(tmp_path, buffer.getvalue())
    assert refused.value.code == "encrypted" and "паролем" in refused.value.detail


def test_what_an_earlier_reader_took_for_read_waits_for_a_person() -> None:
    facts = AttachmentFacts(code="details", name="a.docx", media_type="x", size=1)
    assert facts.to_look and AttachmentFacts.from_detail({**facts.as_detail(), "text_read": True}).to_look
    assert not AttachmentFacts.from_detail({**facts.as_detail(), "reader": READER}).to_look
    assert not AttachmentFacts.from_detail({**facts.as_detail(), "looked_by": "Орлова"}).to_look
