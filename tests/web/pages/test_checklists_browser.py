"""The checklists and the help in a real browser: they fit a phone and a desktop, and buttons need no script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from actions.checklists import checklist_workers, checklists
from tests.web.browsing import CHROMIUM
from tests.web.test_browser import DESKTOP, PHONE, address, browser, opened, spills
from tests.web.users import log_in
from tests.web.world import World, clinic, request_at
from views import checklist_progress

__all__ = ["address", "browser"]
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="нет /usr/bin/chromium")


@pytest.fixture
def number(world: World) -> int:
    with world.installation.work(by="тест") as work:
        request_at(work)
        organisation = clinic(work).id or 0
        checklists.open_checklist(work, organisation, "worker")
        checklist_workers.add_worker(work, organisation, name="Мкртчян Артур", snils="132-109-303 00")
        return organisation


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")])
def test_pages_fit_every_screen(
    browser: Browser, world: World, address: str, number: int, size: tuple[int, int], scheme: str
) -> None:
    world.clock.now = world.clock.now.replace(month=12)  # something is late everywhere
    with opened(browser, address, size, scheme) as page:
        log_in(page, address, world)
        base = f"/organisations/{number}/checklist"
        for path in (base, f"{base}/workers/1", "/checklists", "/help/login"):
            page.goto(address + path)
            for summary in page.locator("details summary").all():
                summary.click()
            assert not spills(page), path


@pytest.mark.rule("FIL-1", "FIL-4")
def test_officer_ticks_without_a_script_and_sees_the_bar_move(
    browser: Browser, world: World, address: str, number: int
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    log_in(page, address, world)
    page.goto(f"{address}/organisations/{number}/checklist")
    assert page.get_by_role("button", name="Внесено: Оборудование").count() == 0
    page.get_by_role("button", name="Внесено: Здания").click()
    assert page.get_by_role("button", name="Внесено: Оборудование").count() == 1
    assert page.get_by_role("progressbar", name="Разделы").get_attribute("value") == "1"
    context.close()
    with world.installation.work(by="тест") as work:
        assert checklist_progress.lists_of(work, number)[0].progress.done == 1
