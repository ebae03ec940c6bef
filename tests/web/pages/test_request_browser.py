"""The request's page with a script: a confirmation in place, a comment without a reload, a page large."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from playwright.sync_api import Page, sync_playwright

from models.request import Status
from tests.web.browsing import CHROMIUM, FLAGS, is_error, served
from tests.web.users import log_in
from tests.web.world import World, request_at, stored_file
from views.requests import previews

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="нет /usr/bin/chromium: make test ставит его там, где есть apt-get и права root"
)


def _two_pages(data: bytes, suffix: str) -> bytes:
    made, buffer = pypdfium2.PdfDocument.new(), io.BytesIO()
    for _ in range(2):
        made.new_page(595, 842)
    made.save(buffer)
    return buffer.getvalue()


def _comment(page: Page) -> None:
    page.get_by_label("Новый комментарий").fill("Позвонила в СТП")
    page.get_by_role("button", name="Написать").click()
    page.locator(".comments .words", has_text="Позвонила в СТП").wait_for()
    assert page.get_by_label("Новый комментарий").input_value() == ""


def _look_closely(page: Page) -> None:
    page.locator("#documents").scroll_into_view_if_needed()
    page.locator(".leaf img").first.wait_for(timeout=60_000)
    assert page.locator(".gap").count() == 1  # the scan has one page of two
    page.locator("a[data-zoom]").first.click()
    dialog = page.get_by_role("dialog", name="Страница крупно")
    fitting = dialog.locator("img").evaluate("image => image.className")
    page.keyboard.press("+")
    page.keyboard.press("ArrowDown")
    assert (fitting, dialog.locator("img").evaluate("image => image.style.width")) == ("fit", "100%")
    page.keyboard.press("-")
    page.keyboard.press("ArrowRight")
    assert "страница" in dialog.locator("span").inner_text()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_an_officer_reads_comments_and_withdraws_without_leaving_the_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "as_pdf", _two_pages)
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        stored_file(work, request, "Заявка.docx", b"PK word", "application-docx")
        made = pypdfium2.PdfDocument.new()
        made.new_page(595, 842)
        buffer = io.BytesIO()
        made.save(buffer)
        stored_file(work, request, "Скан.pdf", buffer.getvalue(), "scan")
    with served(world) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="ru-RU")
        page.set_default_timeout(30_000)
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text) if is_error(message) else None)
        log_in(page, base, world)
        page.goto(f"{base}/requests/{request.id}")
        _comment(page)
        _look_closely(page)
        page.get_by_role("link", name="Отозвать заявку").click()
        asked = page.get_by_role("dialog", name="Подтверждение")
        asked.get_by_role("link", name="Не сейчас").click()
        assert not asked.is_visible() and page.url.endswith(f"/requests/{request.id}")
        page.get_by_role("link", name="Отозвать заявку").click()
        asked.get_by_role("button", name="Отозвать заявку").click()
        assert "отозвана" in page.locator(".path [aria-current]").inner_text()
        assert wrong == []
        browser.close()
