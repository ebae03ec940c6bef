"""The board in a real browser: it answers while one types, explains a deadline in place, and renews itself unnoticed."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import expect, sync_playwright

from models.request import Status
from tests.web.browsing import CHROMIUM, FLAGS, served
from tests.web.users import log_in
from tests.web.world import NOON, World, request_at

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="нет /usr/bin/chromium")


def test_the_board_lives_without_losing_what_one_does(world: World) -> None:
    with world.installation.work(by="тест") as work:
        late = request_at(work, Status.AWAITING, sent_at=NOON - dt.timedelta(4), due_at=NOON - dt.timedelta(2))
        for status in Status:
            draft = request_at(work, status)
    with served(world) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": 1100, "height": 900}, locale="ru-RU")
        wrong: list[str] = []
        page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
        log_in(page, base, world)
        page.clock.install()
        page.goto(base)
        page.evaluate("document.querySelector('.lanes').scrollLeft = 300")
        page.locator(f"#r{draft.id}").focus()
        left = page.evaluate("document.querySelector('.lanes').scrollLeft")
        with world.installation.work(by="тест") as work:
            newest = request_at(work)
        page.clock.run_for(61_000)
        expect(page.get_by_role("link", name=newest.number)).to_have_count(1)
        assert page.evaluate("document.querySelector('.lanes').scrollLeft") == left > 0
        assert page.evaluate("document.activeElement.id") == f"r{draft.id}"

        page.locator(".reckoned summary").first.click()
        expect(page.locator(".reckoned #term").first).to_contain_text("Ответ ждём до")

        page.get_by_label("Поиск").press_sequentially(late.number)
        page.clock.run_for(1_000)
        expect(page.locator(".request-card")).to_have_count(1)
        expect(page.get_by_label("Поиск")).to_be_focused()
        assert page.url.startswith(f"{base}/?text=")
        browser.close()
    assert wrong == []
