"""Passkeys in a real browser whose device is played by Chromium: added, used after the password by keyboard, removed, refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect, sync_playwright

from tests.web.browsing import CHROMIUM, FLAGS, is_error, served
from tests.web.pages.test_second_step import PASSWORD, made
from tests.web.world import World
from wiring.settings import PagePart

_DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world) as base:
        named = base.replace("127.0.0.1", "localhost")
        world.installation.take_up(world.installation.settings.model_copy(update={"page": PagePart(public_url=named)}))
        made(world)
        yield named


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


@contextmanager
def opened(browser: Browser) -> Iterator[tuple[Page, CDPSession, str, list[str]]]:
    """(page, the way to its device, the device's number, what went wrong in the console)"""
    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if is_error(message) else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    way = context.new_cdp_session(page)
    way.send("WebAuthn.enable")
    number = way.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})["authenticatorId"]
    yield page, way, number, said
    context.close()


def log_in(page: Page, address: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("Логин").fill("anna")
    page.get_by_label("Пароль").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def prove(page: Page, address: str) -> None:
    page.goto(f"{address}/account/second-step")
    page.get_by_label("Нынешний пароль").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def add(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/account/second-step")
    page.get_by_label("Название").fill(name)
    page.keyboard.press("Enter")


def test_a_key_is_added_used_and_removed_by_keyboard(browser: Browser, address: str) -> None:
    with opened(browser) as (page, way, number, said):
        log_in(page, address)
        prove(page, address)
        add(page, address, "Телефон")
        expect(page.get_by_label("Запасные коды").locator("li")).to_have_count(10)
        assert len(way.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]) == 1
        add(page, address, "Второй")  # the same device is known already
        expect(page.get_by_role("alert")).to_contain_text("Этот ключ уже добавлен")

        page.context.clear_cookies()
        log_in(page, address)
        button = page.get_by_role("button", name="Войти с ключом доступа")
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/")

        page.goto(f"{address}/account/second-step")
        page.get_by_role("button", name="Подтвердить ключом доступа").click()
        page.get_by_role("button", name="Удалить ключ Телефон").click()
        expect(page.get_by_text("Тогда узнавший ваш пароль всё равно не войдёт")).to_be_visible()
        assert said == []


def test_what_the_browser_or_the_device_refuses_is_told_in_words(browser: Browser, address: str) -> None:
    with opened(browser) as (page, way, number, _):
        log_in(page, address)
        prove(page, address)
        add(page, address, "Телефон")
        expect(page.get_by_label("Запасные коды")).to_be_visible()
        page.context.clear_cookies()
        log_in(page, address)
        way.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
        button = page.get_by_role("button", name="Войти с ключом доступа")
        button.click()
        expect(page.get_by_role("alert")).to_contain_text("Ключ не подтверждён")
        expect(button).to_be_focused()
        way.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": True})
        button.click()
        page.wait_for_url(f"{address}/")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("delete window.PublicKeyCredential", "Этот браузер не умеет ключи доступа"),
        ("", "работают только по адресу http://localhost"),
    ],
    ids=["old browser", "other address"],
)
def test_where_no_key_can_be_asked_the_page_says_why(
    browser: Browser, world: World, address: str, script: str, told: str
) -> None:
    with opened(browser) as (page, _, _, _):
        page.add_init_script(script)
        there = address if script else address.replace("localhost", "127.0.0.1")
        log_in(page, there)
        prove(page, there)
        expect(page.get_by_text(told)).to_be_visible()
        expect(page.get_by_role("button", name="Добавить ключ")).to_be_disabled()


def test_without_scripts_the_page_says_what_is_missing(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, address)
    prove(page, address)
    expect(page.get_by_text("должен быть включён JavaScript")).to_be_visible()
    context.close()
