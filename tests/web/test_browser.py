"""The pages in a real browser, on a desktop and on a phone: nothing spills over, nothing foreign is fetched."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright
from sqlmodel import col, select

from actions.requests import lookup, pairs
from models.letters import OutboxState
from models.request import AccessRequest, LineState, Status
from tests.web.browsing import CHROMIUM, FLAGS, is_error, served
from tests.web.users import log_in
from tests.web.world import NOON, World, package_letter, personal_link, received, request_at

DESKTOP, WIDE, PHONE = (1280, 900), (1920, 1080), (360, 740)
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="нет /usr/bin/chromium: make test ставит его там, где есть apt-get и права root"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world) as base:
        yield base


@contextmanager
def opened(browser: Browser, base: str, size: tuple[int, int], scheme: str = "light") -> Iterator[Page]:
    """A page that fails the test on a console error or a request to another host."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="ru-RU",
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=size == PHONE,
    )
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text) if is_error(message) else None)
    page.on("request", lambda asked: None if asked.url.startswith(base) else wrong.append(asked.url))
    yield page
    context.close()
    assert wrong == []


def spills(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def populate(world: World) -> int:
    """A board with something in every state; gives the number of the granted request."""
    with world.installation.work(by="тест") as work:
        for status in (Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.REJECTED, Status.VERIFIED):
            request_at(work, status, status_since=NOON - dt.timedelta(days=1))
        late, soon = NOON - dt.timedelta(days=5), NOON + dt.timedelta(hours=5)
        request_at(work, Status.AWAITING, sent_at=late, due_at=late, ticket="ABC-101-20456")
        waiting = request_at(work, Status.AWAITING, sent_at=NOON, due_at=soon, ticket="ABC-101-20733")
        received(work, waiting, {"kind": "answer", "outcome": "unclear", "evidence": ["Для доступа необходимо…"]})
        package_letter(work, request_at(work, Status.SIGNED), OutboxState.UNCERTAIN)
        granted = request_at(work, Status.GRANTED, ticket="ABC-101-19981")
        pairs.put(lookup.lines_of(work, granted)[0], LineState.VERIFIED)
        return granted.id or 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, WIDE, PHONE])
def test_managers_pages_fit_every_screen(
    browser: Browser, world: World, address: str, size: tuple[int, int], scheme: str
) -> None:
    number = populate(world)
    with opened(browser, address, size, scheme) as page:
        log_in(page, address, world)
        shown = f"/requests/{number}"
        for path in ("/", shown, "/requests/2/steps/sign", "/triage", "/triage/1", "/holders", "/audit"):
            page.goto(address + path)
            assert page.locator("h1").count() == 1
            assert not spills(page), path


def test_an_officer_finds_a_request_and_withdraws_it(browser: Browser, world: World, address: str) -> None:
    populate(world)
    with opened(browser, address, DESKTOP) as page:
        log_in(page, address, world)
        page.goto(address)
        page.get_by_label("Состояние").select_option("draft")
        page.get_by_role("button", name="Найти").click()
        page.locator(".board-rows tbody a").first.click()
        page.get_by_role("link", name="Отозвать заявку").click()
        page.get_by_role("button", name="Отозвать заявку").click()
        assert "отозвана" in page.locator(".path [aria-current]").inner_text()


@pytest.mark.rule("USR-3", "VER-1")
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_an_employee_walks_both_logins(browser: Browser, world: World, address: str, size: tuple[int, int]) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
        first = personal_link(work, request, "first-login")
    with opened(browser, address, size) as page:
        page.goto(f"{address}/my/{first}")
        assert not spills(page)
        for box in page.get_by_role("checkbox").all():
            box.check()
        page.get_by_role("button", name="Готово").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Спасибо, первый вход отмечен"
        with world.installation.work(by="тест") as work:
            granted = request_at(work, Status.GRANTED)
            check = personal_link(work, granted, "login-check")
        page.goto(f"{address}/my/{check}")
        for name in ("ФРМО", "ФРМР"):
            page.get_by_label(name).check()
        page.get_by_role("button", name="Всё есть").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Спасибо, вход подтверждён"
        assert not spills(page)


@pytest.mark.rule("VER-2", "VER-3")
def test_a_picture_chosen_before_the_script_has_come_is_not_lost(browser: Browser, world: World, address: str) -> None:
    with world.installation.work(by="тест") as work:
        token = personal_link(work, request_at(work, Status.GRANTED), "login-check")
    picture = io.BytesIO()
    Image.new("RGB", (360, 740), "white").save(picture, "PNG")
    with opened(browser, address, PHONE) as page:
        waiting: list[Route] = []
        page.route("**/report.js*", lambda route: waiting.append(route))
        page.goto(f"{address}/my/{token}/report", wait_until="commit")
        page.get_by_label("Снимок экрана").set_input_files(
            {"name": "экран.png", "mimeType": "image/png", "buffer": picture.getvalue()}  # type: ignore[arg-type]
        )
        waiting[0].continue_()
        page.get_by_role("button", name="Убрать экран.png").wait_for()


def test_an_employee_reports_trouble_from_a_phone(browser: Browser, world: World, address: str, tmp_path: Path) -> None:
    with world.installation.work(by="тест") as work:
        token = personal_link(work, request_at(work, Status.GRANTED), "login-check")
    picture = io.BytesIO()
    Image.new("RGB", (360, 740), "white").save(picture, "PNG")
    with opened(browser, address, PHONE) as page:
        page.goto(f"{address}/my/{token}")
        page.get_by_role("link", name="Не получается").click()
        assert "своё имя справа вверху" in page.inner_text("main")
        page.get_by_role("link", name="Всё равно не получается").click()
        page.get_by_label("Что вы делали").fill("Вышел, вошёл снова, «Нет прав доступа к системе»")
        upload = {"name": "экран.png", "mimeType": "image/png", "buffer": picture.getvalue()}
        page.get_by_label("Снимок экрана").set_input_files(upload)  # type: ignore[arg-type]
        page.get_by_role("button", name="Убрать экран.png").click()
        page.get_by_label("Снимок экрана").set_input_files(upload)  # type: ignore[arg-type]
        page.locator("#chosen canvas").wait_for()
        page.get_by_role("button", name="Отправить").click()
        page.wait_for_url(f"{address}/my/{token}")
        assert "Вы сообщили о неполадке" in page.inner_text("main")
        assert not spills(page)
    with world.installation.work(by="тест") as work:
        reports = work.session.exec(select(AccessRequest).where(col(AccessRequest.relation) == "trouble")).all()
        assert len(reports) == 1
