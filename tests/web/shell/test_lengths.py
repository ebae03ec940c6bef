"""A text longer than its field is refused at the field: whole, in words, with everything else that was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, expect, sync_playwright
from sqlmodel import select

from models.account import ApiToken, Role
from models.comment import Comment
from models.lengths import TooLong, within
from tests.attack.forms import forms_of
from tests.commands import said
from tests.web.api.calling import caller
from tests.web.browsing import CHROMIUM, FLAGS, served
from tests.web.users import client, log_in
from tests.web.world import World, person, request_at
from web.shell.rendering import HERE

LONG = "Щука" * 30  # 120 letters, of which the field for the name of a key holds 100
KEY = {"use": "api", "name": LONG, "days": "30", "may": "read", "organisation": ""}


def tokens(world: World) -> list[str]:
    with world.installation.reading(by="тест") as work:
        return [token.name for token in work.session.exec(select(ApiToken).where(ApiToken.use == "api"))]


def test_the_form_comes_back_with_everything_and_goes_through_once_it_is_shortened(
    officer: TestClient, world: World
) -> None:
    answer = officer.post("/account/tokens", data=KEY)
    assert answer.status_code == 422 and tokens(world) == []
    assert "знаков 120, а помещается 100. Уберите лишние 20" in answer.text
    field = BeautifulSoup(answer.text, "html.parser").find("textarea")
    assert field is not None and field["aria-invalid"] == "true" and field.get_text() == LONG
    [form] = [form for form in forms_of("/account/tokens", answer.text) if form.action != "/logout"]
    assert form.action == "/account/tokens" and {**form.fields, "name": LONG} == KEY
    assert officer.post(form.action, data={**form.fields, "name": LONG[:100]}).status_code == 200
    assert tokens(world) == [LONG[:100]]


def test_passwords_are_asked_for_once_more_and_stand_in_no_page(stranger: TestClient, world: World) -> None:
    client(world)
    answer = stranger.post("/login", data={"login": LONG, "password": "тайное слово", "next": "/people"})
    assert answer.status_code == 422 and "тайное слово" not in answer.text
    [form] = forms_of("/login", answer.text)
    assert form.fields == {"next": "/people", "login": "", "password": ""}


def test_with_files_the_way_is_back_for_no_browser_sends_them_again(officer: TestClient, world: World) -> None:
    answer = officer.post("/holders/import", data={"told_by": LONG * 3}, files={"roster": ("a.csv", b"x")})
    assert answer.status_code == 422 and "Вернитесь назад" in answer.text and "<textarea" not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/people", "/catalog", "/catalog/rules", "/organisations", "/requests/new", "/audit", "/triage/1"]
)
def test_what_is_looked_for_is_not_cut_either(officer: TestClient, world: World, path: str) -> None:
    for name in ("text", "about"):
        assert officer.post("/find", data={"to": path, name: "щ" * 201}).status_code == 422
        answer = officer.get(path, params={name: "щ" * 201})
        assert answer.status_code in (404, 422) or name not in officer.get(path).text
    assert officer.post("/find", data={"to": "/", "text": "щ" * 200}).status_code == 200


def test_a_field_that_nobody_can_take_apart_is_told_in_words(officer: TestClient) -> None:
    answer = officer.post("/account/tokens", data={"name": "щ" * 1_000_000})
    assert answer.status_code == 413 and "Слишком длинный текст" in answer.text


def test_a_call_says_how_much_too_long_it_is_and_writes_nothing(world: World) -> None:
    with world.installation.work(by="тест") as work:
        number, card = request_at(work).id, person(work.session).id
    api = caller(world)
    comment = api.post(f"/api/v1/requests/{number}/comments", json={"text": "щ" * 25_000})
    assert comment.status_code == 422
    body = {"surname": "Щ" * 101, "given": "Анна", "ground": "Паспорт"}
    renamed = api.post(f"/api/v1/people/{card}/names", json=body)
    assert renamed.status_code == 422 and "Фамилия: знаков 101, а помещается 100" in renamed.text
    with world.installation.reading(by="тест") as work:
        assert work.session.exec(select(Comment)).all() == [] and person(work.session).surname == "Иванова"


def test_every_text_of_a_call_says_how_long_it_may_be(world: World) -> None:
    """Or which texts there are at all: dates, numbers, codes, enumerations."""
    described = caller(world).get("/api/v1/openapi.json").json()
    sent = {
        ref
        for path in described["paths"].values()
        for call in path.values()
        for ref in _refs(call.get("requestBody", {}))
    }
    grown = set()
    while grown != sent:
        grown, sent = sent, sent | {ref for name in sent for ref in _refs(described["components"]["schemas"][name])}
    endless = [
        f"{name}.{where}" for name in sorted(sent) for where in _endless(described["components"]["schemas"][name])
    ]
    assert len(sent) > 20 and endless == []


def _refs(schema: object) -> set[str]:
    return {ref.rpartition("/")[2] for ref in re.findall(r"'\$ref': '([^']+)'", str(schema))}


def _endless(schema: dict[str, Any], where: str = "") -> Iterator[str]:
    bounds = ("maxLength", "enum", "const", "format", "pattern")
    if schema.get("type") == "string" and not any(bound in schema for bound in bounds):
        yield where
    for name, part in schema.get("properties", {}).items():
        yield from _endless(part, name)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _endless(schema[key], f"{where}.{key}")
    for part in schema.get("anyOf", []):
        yield from _endless(part, where)


def test_a_command_says_so_too(world: World) -> None:
    words = ["user", "add", "anna", "--role", "officer", "--name", "Щ" * 201]
    answer = said(words, cwd=world.installation.settings.home, env={})
    assert answer.code != 0 and "знаков 201, а помещается 200" in answer.err


@pytest.mark.parametrize("length", [0, 5, 6])
def test_what_fits_stays_as_it_is(length: int) -> None:
    if length <= 5:
        assert within("я" * length, 5, "Имя") == "я" * length
    else:
        with pytest.raises(TooLong, match="Имя: знаков 6, а помещается 5"):
            within("я" * length, 5, "Имя")


@pytest.fixture
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield launched
        launched.close()


def test_a_browser_cuts_nothing_off_what_is_pasted_and_says_it_at_the_field(browser: Browser, world: World) -> None:
    with served(world) as address:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        log_in(page, address, world, roles=[Role.OFFICER])
        page.goto(f"{address}/account/tokens")
        field = page.get_by_label("Название нового ключа")
        page.evaluate("text => navigator.clipboard.writeText(text)", LONG)
        field.focus()
        page.keyboard.press("Control+V")
        assert field.input_value() == LONG
        expect(page.get_by_text("Слишком длинно: знаков 120, а помещается 100")).to_be_visible()
        expect(field).to_have_attribute("aria-invalid", "true")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/account/tokens$"))
        assert tokens(world) == []
        field.fill(LONG[:100])
        expect(page.get_by_text("Слишком длинно")).to_have_count(0)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert tokens(world) == [LONG[:100]]


_TAG = re.compile(r"<(?:input|textarea)\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>")
_NO_TEXT = re.compile(r'type="(hidden|checkbox|radio|date|file|month|number|time|password|\{)|hidden>')


def test_every_field_for_text_says_how_much_it_holds() -> None:
    """So that it is told while it is typed, not after it was sent."""
    silent = [
        f"{path.name}: {tag[:80]}"
        for path in (HERE / "templates").rglob("*.html")
        for tag in _TAG.findall(path.read_text("utf-8"))
        if path.name != "too-long.html" and " name=" in tag and "maxlength" not in tag and not _NO_TEXT.search(tag)
    ]
    assert silent == []
