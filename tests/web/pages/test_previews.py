"""Pages of documents and scans in the page: made once, side by side, gone with the file."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import col, select

from actions.requests import papers
from documents.looks import preview
from models.account import Role
from models.audit import Event
from models.request import AccessRequest, RequestFile, Status
from tests.web.users import client
from tests.web.world import World, request_at, stored_file
from views.requests import previews


def _pdf(pages: int) -> bytes:
    made = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        made.new_page(595, 842)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What LibreOffice was asked for; it prints two empty pages."""
    asked: list[str] = []

    def as_pdf(data: bytes, suffix: str) -> bytes:
        asked.append(suffix)
        return _pdf(2)

    monkeypatch.setattr(previews, "as_pdf", as_pdf)
    return asked


def _with_papers(world: World, scanned: int) -> tuple[AccessRequest, RequestFile, RequestFile]:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        word = stored_file(work, request, "Заявка.docx", b"PK word %d" % scanned, "application-docx")
        return request, word, stored_file(work, request, "Скан.pdf", _pdf(scanned), "scan")


def _looks(world: World) -> list[str]:
    with world.installation.work(by="тест") as work:
        return [event.data for event in work.session.exec(select(Event).where(col(Event.action) == "file.viewed"))]


def test_the_page_of_the_request_waits_for_no_preview(officer: TestClient, world: World, printed: list[str]) -> None:
    request, word, _ = _with_papers(world, 2)
    text = officer.get(f"/requests/{request.id}").text
    assert f'hx-get="/requests/{request.id}/files/{word.id}/pages"' in text and 'hx-trigger="revealed once"' in text
    assert f'<a href="/requests/{request.id}/files/{word.id}/pages">' in text  # without a script
    assert printed == []


@pytest.mark.rule("SGN-6")
def test_scan_pages_stand_beside_the_papers_pages_and_a_missing_one_is_a_gap(
    officer: TestClient, world: World, printed: list[str]
) -> None:
    request, word, scan = _with_papers(world, 1)
    own = f"/requests/{request.id}/files"
    text = officer.get(f"{own}/{word.id}/pages").text
    places = [
        text.index(f"{own}/{word.id}/pages/0.png"),
        text.index(f"{own}/{scan.id}/pages/0.png"),
        text.index(f"{own}/{word.id}/pages/1.png"),
        text.index("Скан: страницы 2 нет"),
    ]
    assert places == sorted(places)
    assert _looks(world) == [f'{{"beside":{scan.id},"file":{word.id}}}']


def test_a_document_is_printed_once_and_a_page_drawn_once_for_each_size(
    officer: TestClient, world: World, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    request, word, _ = _with_papers(world, 2)
    drawn: list[tuple[int, ...]] = []
    real = previews.draw_sheets

    def draw(path: Path, places: range, *, width: int) -> list[bytes | None]:
        drawn.append((width, *places))
        return real(path, places, width=width)

    monkeypatch.setattr(previews, "draw_sheets", draw)
    own = f"/requests/{request.id}/files/{word.id}/pages"
    for place in (0, 1, 0):
        answer = officer.get(f"{own}/{place}.png?width=300", headers={"Sec-Fetch-Dest": "image"})
        assert Image.open(io.BytesIO(answer.content)).width == previews.SMALL
    assert officer.get(f"{own}/2.png").status_code == 404
    assert (printed, drawn) == ([".docx"], [(previews.SMALL, 0, 1)])
    assert len(_looks(world)) == 1  # by whatever header it came; the next pictures belong to that look


def test_a_picture_opened_by_itself_is_on_record(officer: TestClient, world: World, printed: list[str]) -> None:
    request, _, scan = _with_papers(world, 1)
    officer.get(f"/requests/{request.id}/files/{scan.id}/pages/0.png?width=480")
    assert _looks(world) == [f'{{"file":{scan.id},"page":1}}']


def test_what_was_made_goes_with_the_file_and_cannot_outlive_it(
    officer: TestClient, world: World, printed: list[str]
) -> None:
    request, word, _ = _with_papers(world, 1)
    officer.get(f"/requests/{request.id}/files/{word.id}/pages")
    files = world.installation.files
    assert files.derived(word.sha256, "pdf").exists()
    files.delete(word.sha256)
    assert not list(files.folder.rglob(f"*{word.sha256}*"))
    answer = officer.get(f"/requests/{request.id}/files/{word.id}/pages")
    assert "Показать страницы не удалось" in answer.text
    assert not list(files.folder.rglob(f"*{word.sha256}*"))


def test_without_libreoffice_the_page_says_so_and_offers_the_file(
    officer: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview.shutil, "which", lambda name: None)
    request, word, scan = _with_papers(world, 1)
    own = f"/requests/{request.id}/files"
    text = officer.get(f"{own}/{word.id}/pages").text
    assert "LibreOffice на сервере не установлен" in text and f'<a href="{own}/{word.id}">Скачать файл</a>' in text
    assert f"{own}/{scan.id}/pages/0.png" in text  # the scan is seen all the same
    assert officer.get(f"{own}/{word.id}/as.pdf").status_code == 404


def test_a_file_from_outside_is_never_given_to_libreoffice(
    officer: TestClient, world: World, printed: list[str]
) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        foreign = stored_file(work, request, "Письмо.docx", b"PK", "screenshot")
        foreign.media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answer = officer.get(f"/requests/{request.id}/files/{foreign.id}/pages")
    assert "можно только скачать" in answer.text
    assert printed == []


def test_real_documents_can_be_looked_at(officer: TestClient, world: World) -> None:
    """From the draft through the step that makes them to a page drawn by LibreOffice."""
    if preview.shutil.which("soffice") is None:
        pytest.skip("нет LibreOffice")
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        word = next(file for file in papers.make(work, request) if file.name.endswith(".docx"))
    answer = officer.get(f"/requests/{request.id}/files/{word.id}/pages/0.png?width=480")
    picture = Image.open(io.BytesIO(answer.content)).convert("L")
    assert picture.width == 480 and picture.getextrema()[0] < 100
    pdf = officer.get(f"/requests/{request.id}/files/{word.id}/as.pdf")
    assert pdf.content.startswith(b"%PDF") and pdf.headers["content-type"] == "application/pdf"


def test_pages_of_a_request_are_closed_to_strangers_of_its_organisation(world: World, printed: list[str]) -> None:
    request, word, _ = _with_papers(world, 1)
    other = client(world, "manager", {Role.MANAGER}, organisations=())
    for rest in ("", "/pages", "/pages/0.png", "/as.pdf"):
        assert other.get(f"/requests/{request.id}/files/{word.id}{rest}").status_code == 404
    assert printed == []
