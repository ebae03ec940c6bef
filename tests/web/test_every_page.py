"""Every page of the application, found by itself: it answers, fits, reads well for everybody, and stays in the house."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from httpx2 import Response
from playwright.sync_api import Browser, Page, sync_playwright

from actions.requests import lookup
from models.account import Role
from models.request import Status
from tests.web.apps import app_for
from tests.web.browsing import CHROMIUM, FLAGS, is_error, served
from tests.web.routes import numbered, routes
from tests.web.town import built
from tests.web.users import client, log_in
from tests.web.world import World, personal_link, request_at

# The same page with other things on it.
_MORE = (
    "/?view=list", "/?view=list&overdue=1", "/?text=нет+такого", "/?state=awaiting", "/?overdue=1", "/triage/2", "/desk", "/people?as_of=2026-10-01",
    "/requests/3", "/requests/4", "/requests/5", "/requests/6", "/requests/7", "/requests/9", "/requests/10",
    "/requests/12", "/requests/13", "/requests/12/steps/withdraw", "/requests/8/steps/send", "/requests/4/steps/reject", "/organisations/2",
    "/audit?action=request.created", "/catalog?text=ВМП",
)  # fmt: skip


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with built(tmp_path_factory) as world:
        yield world


@pytest.fixture(scope="module")
def tokens(town: World) -> list[str]:
    """Personal pages of both purposes."""
    with town.installation.work(by="тест") as work:
        first = personal_link(work, request_at(work, Status.VALIDATED), "first-login")
        check = personal_link(work, lookup.get(work, 1), "login-check")
    return [f"/my/{first}", f"/my/{check}", f"/my/{check}/trouble", f"/my/{check}/report"]


def addresses(world: World) -> list[str]:
    """Every address that can be looked at, with numbers and words put in."""
    found = []
    for route in routes(app_for(world.installation)):
        apart = route.path.startswith(("/my/", "/calendar/", "/login/sso", "/admin/backups/")) or route.path.endswith(
            (".png", "{trigger}", "/problems/{code}", "/files/{place:int}")
        )
        if "GET" in (route.methods or ()) and not apart:
            found.append(numbered(route.path))
    return [*found, *_MORE]


@pytest.fixture(scope="module")
def pages(town: World) -> list[str]:
    """The addresses that are pages for people, as the one who may see all of them gets them."""
    everybody = client(town, "everybody", list(Role))
    answers = {path: everybody.get(path, follow_redirects=False) for path in addresses(town)}
    broken = {path: answer.status_code for path, answer in answers.items() if answer.status_code not in (200, 303, 308)}
    assert broken == {}
    return [path for path, answer in answers.items() if _is_page(answer)]


def _is_page(answer: Response) -> bool:
    html = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status_code == 200 and html and "<html" in answer.text


def test_every_address_answers(pages: list[str]) -> None:
    assert len(pages) > 50


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(town: World) -> Iterator[str]:
    with served(town) as base:
        yield base


def _spilling(page: Page) -> str:
    """What makes the page scroll sideways; "" when nothing does."""
    return str(
        page.evaluate(
            """() => { const wide = document.documentElement.scrollWidth - innerWidth; if (wide <= 1) return "";
            const worst = [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
            return wide + " px: " + worst.slice(0, 3).map(e => e.tagName + "." + e.className).join(", ") }"""
        )
    )


_UNREACHED = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
.filter(e => e.checkVisibility() && !e.disabled && (e.tabIndex < 0 || e.tabIndex > 0))
.map(e => e.outerHTML.slice(0, 80))"""
_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"], preload: false})).violations
.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 140) + " " + (n.any[0]?.message ?? "")).join(" | "))"""


# One load of a page, looked at as each of these in turn: width, scheme, and whether axe reads it.
_LOOKS = (
    (1280, "light", True),
    (640, "light", False),
    (1920, "light", False),
    (360, "dark", True),
)  # 640: zoom of 200 %


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_page_fits_and_reads_well_and_asks_nothing_of_strangers(
    browser: Browser, town: World, address: str, pages: list[str], tokens: list[str]
) -> None:
    """On a desk in light, at 200 % zoom, on a wide screen, on a phone in dark: axe, console, hosts, width, keyboard."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ru-RU", color_scheme="light")
    log_in(context, address, town, "everybody", list(Role))
    page = context.new_page()
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if is_error(message) or message.type == "warning" else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "request",
        lambda asked: said.append(asked.url) if not asked.url.startswith((address, "data:", "blob:")) else None,
    )
    axe = Path(AXE_FILE_PATH).read_text("utf-8")
    wrong: dict[str, list[str]] = {}
    for path in [*pages, *tokens, "/login"]:
        said.clear()
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
        page.evaluate(axe)
        faults = []
        for width, scheme, read in _LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = (
                [*page.evaluate(_AXE), *(f"не достать клавишей: {html}" for html in page.evaluate(_UNREACHED))]
                if read
                else []
            )
            spilling = _spilling(page)
            faults += [
                f"{width} {scheme}: {fault}" for fault in [*found, *([f"шире экрана: {spilling}"] if spilling else [])]
            ]
        if page.locator("h1").count() != 1:
            faults.append(f"h1: {page.locator('h1').count()}")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        if faults or said:
            wrong[path] = [*faults, *said]
    context.close()
    assert wrong == {}


def test_managers_and_auditors_are_offered_nothing_they_may_not_do(town: World, pages: list[str]) -> None:
    """Every form on every page that they can open goes to an address that takes it from them."""
    from web.shell.permissions import roles_for

    offered = []
    for role in (Role.MANAGER, Role.AUDITOR):
        onlooker = client(town, role.value, [role])
        for path in pages:
            answer = onlooker.get(path, follow_redirects=False)
            if answer.status_code == 200:
                for form in re.findall(r"<form[^>]*>", answer.text):
                    if 'method="post"' in form:
                        target = re.search(r'action="([^"?#]*)', form)
                        where = (target[1] if target else "") or path.partition("?")[0]
                        if where != "/logout" and role not in roles_for("POST", where):
                            offered.append((role.value, path, where))
    assert offered == []


def test_statuses_are_all_in_town(town: World) -> None:
    with town.installation.reading(by="тест") as work:
        assert {lookup.get(work, number).status for number in range(1, 16)} == set(Status) - {Status.SENT}
