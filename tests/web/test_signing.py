"""The signed paper comes back through the page."""

from __future__ import annotations

import io

import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw
from sqlmodel import col, select

from actions import requests
from documents.codes import PageCode, picture
from models.request import AccessRequest, RequestFile, Status
from tests.web.world import World, request_at

FORM = {
    "revision": "0", "capacity": "head", "name": "Соколова Мария Ильинична", "post": "Главный врач",
    "signed_on": "2026-11-23", "seal": "yes", "readable": "1",
}


def _sheet(request: AccessRequest) -> bytes:
    """An A4 page at 150 dots an inch with lines of text, a signature and the code of its request."""
    sheet = Image.new("L", (1240, 1754), 255)
    drawing = ImageDraw.Draw(sheet)
    for row in range(30):
        drawing.rectangle((120, 120 + row * 40, 900, 128 + row * 40), fill=30)
    drawing.line((200, 1400, 420, 1340, 500, 1420), fill=20, width=5)
    code = Image.open(io.BytesIO(picture(PageCode(request.id or 0, request.version, 1, 1)))).convert("L")
    sheet.paste(code, (900, 1450))
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", dpi=(150, 150))
    return buffer.getvalue()


def _validated(world: World) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return request_at(work, Status.VALIDATED)


def _kept(world: World, request: AccessRequest, purpose: str) -> list[RequestFile]:
    with world.installation.work(by="тест") as work:
        whose = col(RequestFile.request_id) == request.id
        return list(work.session.exec(select(RequestFile).where(whose, col(RequestFile.purpose) == purpose)))


def _status(world: World, request: AccessRequest) -> Status:
    with world.installation.work(by="тест") as work:
        return requests.get(work, request.id or 0).status


@pytest.mark.rule("SGN-1", "SGN-6")
def test_a_scan_of_this_version_signs_the_request(officer: TestClient, world: World) -> None:
    request = _validated(world)
    scan = {"scan": ("скан.jpg", _sheet(request), "image/jpeg")}
    answer = officer.post(f"/requests/{request.id}/steps/sign", data=FORM, files=scan, follow_redirects=False)
    assert answer.status_code == 303
    assert _status(world, request) is Status.SIGNED
    (file,) = _kept(world, request, "scan")
    page = officer.get(f"/requests/{request.id}/files/{file.id}/pages/0.png", params={"width": 800})
    assert Image.open(io.BytesIO(page.content)).width == 800
    assert f"/files/{file.id}/pages/0.png" in officer.get(f"/requests/{request.id}").text
    assert officer.get(f"/requests/{request.id}/files/{file.id}/pages/7.png").status_code == 404


@pytest.mark.rule("SGN-4")
def test_a_scan_is_looked_at_closely_before_it_counts(officer: TestClient, world: World) -> None:
    request = _validated(world)
    path = f"/requests/{request.id}/steps/sign"
    unsure = {name: value for name, value in FORM.items() if name != "readable"}
    answer = officer.post(path, data=unsure, files={"scan": ("скан.jpg", _sheet(request), "image/jpeg")})
    assert answer.status_code == 422 and _status(world, request) is Status.VALIDATED
    assert "SGN-4" in answer.text and "/pages/0.png?width=2400" in answer.text
    assert 'value="Соколова Мария Ильинична"' in answer.text
    assert officer.post(path, data=FORM, follow_redirects=False).status_code == 303
    assert _status(world, request) is Status.SIGNED


@pytest.mark.rule("SGN-6")
def test_what_is_no_scan_is_refused_with_reasons_and_kept(officer: TestClient, world: World) -> None:
    request = _validated(world)
    path = f"/requests/{request.id}/steps/sign"
    answer = officer.post(path, data=FORM, files={"scan": ("скан.pdf", b"PK not a pdf", "application/pdf")})
    assert answer.status_code == 422 and "SGN-6" in answer.text
    assert _status(world, request) is Status.VALIDATED
    assert len(_kept(world, request, "scan-original")) == 1 and not _kept(world, request, "scan")


def test_no_file_or_a_bad_date_is_said_before_anything_is_read(officer: TestClient, world: World) -> None:
    path = f"/requests/{_validated(world).id}/steps/sign"
    assert "Выберите файл скана" in officer.post(path, data=FORM).text
    assert "Не похоже на дату" in officer.post(path, data=FORM | {"signed_on": "вчера"}).text
