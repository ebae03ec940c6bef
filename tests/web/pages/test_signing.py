"""The signed paper comes back through the page: files one by one or together, pages told one by one, then signed."""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from PIL import Image, ImageDraw
from playwright.sync_api import expect, sync_playwright
from sqlmodel import col, select

from actions.requests import lookup, papers
from actions.steps import scan_drafts
from documents.codes import PageCode, picture
from documents.scans import FileFailure, ScanPage, ScanReading
from models.account import Role
from models.audit import Event
from models.request import AccessRequest, RequestFile, Status
from sandbox import Unavailable
from sandbox.zygote import Zygote
from tests.web.browsing import CHROMIUM, FLAGS, is_error, served
from tests.web.users import client, log_in
from tests.web.world import World, clinic, request_at

FORM = {
    "revision": "0",
    "capacity": "head",
    "name": "Соколова Мария Ильинична",
    "post": "Главный врач",
    "signed_on": "2026-11-23",
    "seal": "yes",
    "readable": "1",
}
OTHER = PageCode(request=999, version=1, page=1, of=1)


def _sheet(code: PageCode | None, *, written: bool = True, turned: int = 0) -> bytes:
    """An A4 page at 150 dots an inch with lines of text, a signature and the code of its request."""
    sheet = Image.new("L", (1240, 1754), 255)
    drawing = ImageDraw.Draw(sheet)
    for row in range(30 if written else 0):
        drawing.rectangle((120, 120 + row * 40, 900, 128 + row * 40), fill=30)
    if written:
        drawing.line((200, 1400, 420, 1340, 500, 1420), fill=20, width=5)
    if code is not None:
        sheet.paste(Image.open(io.BytesIO(picture(code))).convert("L"), (900, 1450))
    buffer = io.BytesIO()
    sheet.rotate(turned, expand=True).save(buffer, "JPEG", dpi=(150, 150))
    return buffer.getvalue()


def _told(code: PageCode | None, problem: str | None = None, rotation: int = 0) -> bytes:
    """An upload for the reader of the fixture `told`."""
    return json.dumps(
        {"code": dataclasses.asdict(code) if code else None, "problem": problem, "rotation": rotation}
    ).encode()


CODELESS, BLANK = _told(None, "no-code"), _told(None, "blank")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads say themselves what reading them gives: a child of the sandbox takes a second. Others are read for real."""

    def read(paths: Sequence[Path]) -> ScanReading:
        pages, failures = [], []
        for index, path in enumerate(paths):
            try:
                sheet = json.loads(path.read_bytes())
            except ValueError:
                failures.append(FileFailure(index, "wrong-type", "Это не PDF и не JPG."))
                continue
            code = PageCode(**sheet["code"]) if sheet["code"] else None
            pages.append(ScanPage(index, 0, sheet["rotation"], 200, 0.03, 9.0, code, sheet["problem"]))
        return ScanReading(len(paths), tuple(pages), tuple(failures))

    monkeypatch.setattr("web.pages.scans.read_scan", read)
    monkeypatch.setattr(scan_drafts.Plan, "put_together", lambda plan: b"%PDF-1.7 of " + plan.mark.encode())


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """An application of two pages, so that one of them can be missing."""
    monkeypatch.setattr(papers, "page_count", lambda work, request: 2)


def _validated(world: World) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return request_at(work, Status.VALIDATED)


def _code(request: AccessRequest, number: int = 1, of: int = 1) -> PageCode:
    return PageCode(request.id or 0, request.version, number, of)


def _upload(browser: TestClient, request: AccessRequest, *sheets: bytes) -> Response:
    files = [("scan", (f"снимок {n}.jpg", data, "image/jpeg")) for n, data in enumerate(sheets, 1)]
    answer: Response = browser.post(f"/requests/{request.id}/scan/files", files=files)
    return answer


def _press(browser: TestClient, request: AccessRequest, what: str, data: dict[str, str] | None = None) -> Response:
    answer: Response = browser.post(f"/requests/{request.id}/scan/{what}", data=data or {})
    return answer


def _kept(world: World, request: AccessRequest, purpose: str) -> list[RequestFile]:
    with world.installation.work(by="тест") as work:
        whose = (col(RequestFile.request_id) == request.id, col(RequestFile.purpose) == purpose)
        return list(work.session.exec(select(RequestFile).where(*whose, col(RequestFile.replaced_at).is_(None))))


def _events(world: World, request: AccessRequest, action: str) -> list[dict[str, object]]:
    with world.installation.work(by="тест") as work:
        query = select(Event).where(col(Event.subject) == f"request:{request.id}", col(Event.action) == action)
        return [json.loads(event.data) for event in work.session.exec(query)]


def _status(world: World, request: AccessRequest) -> Status:
    with world.installation.work(by="тест") as work:
        return lookup.get(work, request.id or 0).status


def _verdict(answer: Response) -> str:
    found = re.search(r'id="result-title">.*?</svg>(.*?)</span>', answer.text, re.S)
    assert found is not None
    return found.group(1)


@pytest.mark.rule("SGN-1", "SGN-6")
def test_a_scan_of_this_version_signs_the_request(officer: TestClient, world: World) -> None:
    request = _validated(world)
    assert "Скана пока нет" in officer.get(f"/requests/{request.id}/scan").text
    assert _verdict(_upload(officer, request, _sheet(_code(request)))) == "Скан полный: 1 из 1 стр."
    answer = officer.post(f"/requests/{request.id}/scan", data=FORM, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{request.id}")
    assert _status(world, request) is Status.SIGNED
    assert len(_kept(world, request, "scan")) == 1
    (file,) = _kept(world, request, "scan-original")
    sheet = officer.get(f"/requests/{request.id}/scan/files/{file.id}/sheets/0.png", params={"width": 500, "turn": 90})
    assert Image.open(io.BytesIO(sheet.content)).size == (1000, 707)
    after = officer.get(f"/requests/{request.id}/scan").text
    assert "Сейчас скан не меняется" in after and "Подписано</button>" not in after
    assert _upload(officer, request, _sheet(None)).status_code == 409


def test_the_old_address_of_the_step_leads_to_the_page_and_takes_one_form(
    officer: TestClient, world: World, told: None
) -> None:
    request = _validated(world)
    old = f"/requests/{request.id}/steps/sign"
    assert officer.get(old, follow_redirects=False).headers["location"] == f"/requests/{request.id}/scan"
    files = {"scan": ("скан.jpg", _told(_code(request)), "image/jpeg")}
    assert officer.post(old, data=FORM, files=files, follow_redirects=False).status_code == 303
    assert _status(world, request) is Status.SIGNED


@pytest.mark.rule("SND-1")
def test_photos_come_one_by_one_in_any_order_and_the_missing_page_is_named(
    officer: TestClient, world: World, told: None, pages: None
) -> None:
    request = _validated(world)
    assert _verdict(_upload(officer, request, _told(_code(request, 2, 2)))) == "Не хватает стр. 1"
    assert not _kept(world, request, "scan")
    refused = officer.post(f"/requests/{request.id}/scan", data=FORM)
    assert refused.status_code == 422 and _status(world, request) is Status.VALIDATED
    assert 'value="Соколова Мария Ильинична"' in refused.text and "Нет скана всех страниц" in refused.text
    whole = _upload(officer, request, _told(_code(request, 1, 2), rotation=180))
    assert _verdict(whole) == "Скан полный: 2 из 2 стр."
    assert "sheets/0.png?turn=180" in whole.text
    (scan,) = _kept(world, request, "scan")
    assert scan.detail["pages"] == 2 and scan.detail["by_hand"] is False


def test_every_sheet_is_told_what_it_is_and_what_to_do_with_it(
    officer: TestClient, world: World, told: None, pages: None
) -> None:
    request = _validated(world)
    old = dataclasses.replace(_code(request, 1, 2), version=request.version + 1)
    answer = _upload(
        officer,
        request,
        _told(_code(request, 1, 2)),
        _told(_code(request, 1, 2)),
        _told(OTHER),
        _told(old),
        CODELESS,
        BLANK,
        b"PK no scan",
    )
    told = (
        "Ещё одна копия страницы 1", "Лист другой заявки, стр. 1", f"Лист из версии {old.version}, а нужна {request.version}",
        "Код страницы не читается", "Пустой лист", "Это не PDF и не JPG", "Не хватает стр. 2",
    )  # fmt: skip
    assert [text for text in told if text not in answer.text] == []
    with world.installation.work(by="тест") as work:
        draft = scan_drafts.of(work, lookup.get(work, request.id or 0))
    assert [sheet.role.value for sheet in draft.sheets] == [
        "page",
        "spare",
        "foreign",
        "other-version",
        "codeless",
        "blank",
    ]


def test_another_request_is_named_only_to_those_who_see_it(officer: TestClient, world: World, told: None) -> None:
    request, other = _validated(world), _validated(world)
    assert f"Лист другой заявки {other.number}" in _upload(officer, request, _told(_code(other))).text


@pytest.mark.rule("SGN-6")
def test_a_sheet_whose_code_cannot_be_read_is_placed_by_hand_and_that_is_on_record(
    officer: TestClient, world: World, told: None, pages: None
) -> None:
    request = _validated(world)
    _upload(officer, request, _told(_code(request, 1, 2)), CODELESS)
    file = _kept(world, request, "scan-original")[1]
    sheet = f"files/{file.id}/sheets/0"
    assert _press(officer, request, f"{sheet}/number", {"number": "3"}).status_code == 409
    placed = _press(officer, request, f"{sheet}/number", {"number": "2"})
    assert _verdict(placed) == "Скан полный: 2 из 2 стр." and "Указано вручную" in placed.text
    assert _kept(world, request, "scan")[0].detail["by_hand"] is True
    assert {"what": "placed", "value": 2, "file": file.id, "sheet": 0} in _events(world, request, "scan.arranged")
    assert "turn=90" in _press(officer, request, f"{sheet}/turn").text
    assert _verdict(_press(officer, request, f"{sheet}/number", {"number": ""})) == "Не хватает стр. 2"
    assert not _kept(world, request, "scan")


def test_a_readable_code_is_not_overruled_by_hand(officer: TestClient, world: World, told: None) -> None:
    request = _validated(world)
    _upload(officer, request, _told(OTHER))
    (file,) = _kept(world, request, "scan-original")
    answer = _press(officer, request, f"files/{file.id}/sheets/0/number", {"number": "1"})
    assert answer.status_code == 409 and "Код на этом листе читается" in answer.text


def test_sheets_without_codes_are_laid_in_order_at_once(
    officer: TestClient, world: World, told: None, pages: None
) -> None:
    request = _validated(world)
    assert "разложить по недостающим" in _upload(officer, request, CODELESS, _told(None, "bad-code")).text
    assert _verdict(_press(officer, request, "in-order")) == "Скан полный: 2 из 2 стр."


def test_a_wrong_file_or_sheet_is_taken_out_and_a_sheet_comes_back(
    officer: TestClient, world: World, told: None
) -> None:
    request = _validated(world)
    mixed = _upload(officer, request, _told(_code(request)), _told(OTHER))
    assert _verdict(mixed) == "Все страницы есть, но с некоторыми листами нужно решить"
    good, wrong = _kept(world, request, "scan-original")
    assert _verdict(_press(officer, request, f"files/{wrong.id}/remove")) == "Скан полный: 1 из 1 стр."
    assert _verdict(_press(officer, request, f"files/{good.id}/sheets/0/drop")) == "Не хватает стр. 1"
    assert not _kept(world, request, "scan")
    assert _verdict(_press(officer, request, f"files/{good.id}/sheets/0/take")) == "Скан полный: 1 из 1 стр."
    assert _press(officer, request, f"files/{wrong.id}/remove").status_code == 404


@pytest.mark.rule("SGN-4")
def test_a_scan_is_looked_at_closely_before_it_counts(officer: TestClient, world: World, told: None) -> None:
    request = _validated(world)
    _upload(officer, request, _told(_code(request)))
    unsure = {name: value for name, value in FORM.items() if name != "readable"}
    answer = officer.post(f"/requests/{request.id}/scan", data=unsure)
    assert answer.status_code == 422 and _status(world, request) is Status.VALIDATED
    assert "SGN-4" in answer.text and "sheets/0.png?turn=0&amp;width=2400" in answer.text
    assert officer.post(f"/requests/{request.id}/scan", data=FORM, follow_redirects=False).status_code == 303


def test_what_the_rules_miss_is_said_while_the_form_is_filled_in_and_nothing_is_written(
    officer: TestClient, world: World, told: None
) -> None:
    request = _validated(world)
    _upload(officer, request, _told(_code(request)))
    path = f"/requests/{request.id}/scan/check"
    assert "а на скане она не отмечена" in officer.post(path, data=FORM | {"seal": "no"}).text
    assert "можно подписывать" in officer.post(path, data=FORM).text
    assert _status(world, request) is Status.VALIDATED


def test_signing_what_somebody_changed_meanwhile_is_refused(officer: TestClient, world: World, told: None) -> None:
    request = _validated(world)
    seen = re.search(r'name="mark" value="(\w+)"', _upload(officer, request, _told(_code(request))).text)
    assert seen is not None
    _upload(officer, request, _told(_code(request)))
    (first, second) = _kept(world, request, "scan-original")
    _press(officer, request, f"files/{first.id}/remove")
    _upload(officer, request, _told(_code(request), rotation=180))
    _press(officer, request, f"files/{second.id}/remove")
    answer = officer.post(f"/requests/{request.id}/scan", data=FORM | {"mark": seen.group(1)})
    assert answer.status_code == 422 and "Скан тем временем изменили" in answer.text
    assert officer.post(f"/requests/{request.id}/scan", data=FORM | {"revision": "7"}).status_code == 409


def test_no_file_and_a_bad_date_are_said_and_nothing_is_lost(officer: TestClient, world: World, told: None) -> None:
    request = _validated(world)
    empty = _press(officer, request, "files")
    assert empty.status_code == 422 and "Файл не выбран" in empty.text
    bad = officer.post(f"/requests/{request.id}/scan", data=FORM | {"signed_on": "вчера"})
    assert bad.status_code == 422 and "Не похоже на дату" in bad.text and 'value="Главный врач"' in bad.text


def test_who_only_looks_sees_the_pages_and_no_buttons_and_the_look_is_on_record(
    officer: TestClient, world: World, told: None
) -> None:
    request = _validated(world)
    _upload(officer, request, _told(_code(request)))
    with world.installation.work(by="тест") as work:
        own = clinic(work).id or 0
    looks = client(world, "auditor", {Role.AUDITOR}, [own])
    before = len(_events(world, request, "scan.viewed"))
    text = looks.get(f"/requests/{request.id}/scan").text
    assert "Скан полный" in text and "<button" not in text.partition("<main")[2]
    assert len(_events(world, request, "scan.viewed")) == before + 1
    assert _upload(looks, request, CODELESS).status_code == 403
    foreign = client(world, "far", {Role.OFFICER}, [])
    assert foreign.get(f"/requests/{request.id}/scan").status_code == 404


@pytest.mark.skipif(
    not CHROMIUM.exists(), reason="нет /usr/bin/chromium: make test ставит его там, где есть apt-get и права root"
)
def test_two_photos_from_a_phone_show_their_pages(world: World, pages: None, tmp_path: Path) -> None:
    request = _validated(world)
    for number in (1, 2):
        (tmp_path / f"{number}.jpg").write_bytes(_sheet(_code(request, number, 2)))
    (tmp_path / "список.docx").write_bytes(b"PK no scan")
    with served(world) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
        page, wrong = context.new_page(), []
        expect.set_options(timeout=20_000)
        page.on("console", lambda message: wrong.append(message.text) if is_error(message) else None)
        log_in(page, address, world)
        page.goto(f"{address}/requests/{request.id}/scan")
        page.get_by_role("textbox", name="Кто подписал").fill("Соколова М. И.")
        camera = page.get_by_label("Снять телефоном")
        camera.set_input_files([tmp_path / "2.jpg", tmp_path / "1.jpg"])
        expect(page.locator("#result-title")).to_contain_text("Скан полный: 2 из 2 стр.")
        assert page.locator(".sheet img").count() == 2
        assert page.get_by_role("textbox", name="Кто подписал").input_value() == "Соколова М. И."
        page.get_by_label("Выбрать файлы").set_input_files(tmp_path / "список.docx")
        expect(page.locator("#uploads .wrong")).to_contain_text("Это не PDF и не снимок")
        page.get_by_role("button", name="Убрать лист").first.click()
        expect(page.locator("#result-title")).to_contain_text("Не хватает стр. 1")
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert wrong == []
        browser.close()


def test_looks_at_a_sheet_start_one_child(officer: TestClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request = _validated(world)
    _upload(officer, request, _sheet(_code(request)))
    (file,) = _kept(world, request, "scan-original")
    started: list[str] = []
    call = Zygote.call
    monkeypatch.setattr(
        Zygote,
        "call",
        lambda self, module, *args, **named: started.append(module) or call(self, module, *args, **named),
    )
    looks = [
        officer.get(f"/requests/{request.id}/scan/files/{file.id}/sheets/0.png", params={"width": width})
        for width in [350, 360, 480] * 8
    ]
    assert {look.status_code for look in looks} == {200} and len({look.content for look in looks}) == 1
    assert len(started) == 1


def test_a_machine_without_room_for_a_reader_is_said_and_is_no_fault_of_the_file(
    officer: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _validated(world)
    _upload(officer, request, _sheet(_code(request)))
    (file,) = _kept(world, request, "scan-original")

    def busy() -> None:
        raise Unavailable("Сейчас читается слишком много файлов. Повторите через минуту.")

    monkeypatch.setattr("sandbox.running.zygote", busy)
    answer = officer.get(f"/requests/{request.id}/scan/files/{file.id}/sheets/0.png", params={"width": 2400})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert "слишком много файлов" in answer.text and "Сейчас занято" in answer.text
