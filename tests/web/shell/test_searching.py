"""Who was looked for is in no address: after a search every link, redirect and header is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.testclient import TestClient
from starlette.responses import Response

from models.account import Role
from tests.web.apps import app_for
from tests.web.users import client
from tests.web.world import World, received, request_at
from web.shell.sealed import WORDS

NAME, SNILS = "Иванова", "112-233-445 95"
_PARTS = re.compile(r"иванов|112.?233.?445", re.IGNORECASE)
_PAGES = (
    "/",
    "/people",
    "/organisations",
    "/organisations/new",
    "/audit",
    "/catalog",
    "/catalog/rules",
    "/requests/new",
    "/triage/1",
)


@pytest.fixture
def page(world: World) -> TestClient:
    with world.installation.work(by="тест") as work:
        received(work, request_at(work), {})
    return client(world, roles=(Role.OFFICER, Role.ADMINISTRATOR))


def told_in_addresses(answer: Response, *, typed: bool = False) -> Iterator[str]:
    """Everything of an answer that a browser or a proxy keeps as an address; its own too, unless it was typed."""
    for name, value in answer.headers.items():
        if _PARTS.search(unquote_plus(value)):
            yield f"{name}: {value}"
    if not typed and _PARTS.search(unquote_plus(str(answer.url))):
        yield str(answer.url)
    for tag in BeautifulSoup(answer.text, "html.parser").find_all(True):
        for name, value in tag.attrs.items():
            led = name in ("href", "src", "action", "formaction") or name.startswith(("hx-", "data-"))
            if led and _PARTS.search(unquote_plus(str(value))):
                yield f"<{tag.name} {name}={value}>"


@pytest.mark.parametrize("words", [NAME, SNILS, "Иванова Анна Петровна", "иванова 11223344595"])
@pytest.mark.parametrize("path", _PAGES)
def test_a_form_sends_words_in_its_body_and_no_address_holds_them(page: TestClient, path: str, words: str) -> None:
    shown = page.get(path)
    forms = [
        form
        for form in BeautifulSoup(shown.text, "html.parser").find_all("form")
        if form.find("input", {"name": list(WORDS)})
    ]
    searching = [form for form in forms if form.get("action") == "/find"]
    assert searching, path
    for form in searching:
        fields = {
            str(field["name"]): str(field.get("value", ""))
            for field in form.find_all("input")
            if field.get("type") != "checkbox"
        }
        for name in WORDS & set(fields):
            for headers in ({}, {"HX-Request": "true", "HX-Target": "board"}):
                answer = page.post("/find", data={**fields, name: words}, headers=headers)
                assert answer.status_code in (200, 422) and answer.history[0].status_code == 303
                assert [*told_in_addresses(answer), *told_in_addresses(answer.history[0])] == []
                assert _follow(page, answer) == []


def _follow(page: TestClient, answer: Response) -> list[str]:
    """One step further: what a page after a search leads to holds no words either."""
    links = {str(link["href"]) for link in BeautifulSoup(answer.text, "html.parser").find_all("a", href=True)}
    kept = [link for link in sorted(links) if "=~" in link or "=%7E" in link][:4]
    return [told for link in kept for told in told_in_addresses(page.get(link)) if not link.startswith("http")]


@pytest.mark.parametrize("path", _PAGES)
def test_an_address_with_words_typed_into_it_is_left_at_once(page: TestClient, path: str) -> None:
    """An old bookmark, or a page that was open during an update."""
    for name in WORDS:
        answer = page.get(path, params={name: NAME}, follow_redirects=False)
        assert answer.status_code == 303 and list(told_in_addresses(answer, typed=True)) == []


def test_what_was_found_is_shown_and_the_field_keeps_it(page: TestClient, world: World) -> None:
    found = page.post("/find", data={"to": "/", "text": NAME, "state": "", "view": "list"})
    assert "ЕД-2026-000001" in found.text and f'value="{NAME}"' in found.text
    assert parse_qs(urlsplit(str(found.url)).query)["view"] == ["list"]
    again = page.get(str(found.url))  # back, reload and a bookmark
    assert "ЕД-2026-000001" in again.text
    other = client(world, "second", [Role.OFFICER]).get(str(found.url))
    assert f'value="{NAME}"' not in other.text  # the token is its user's


def test_a_token_that_was_tampered_with_asks_for_nothing(page: TestClient) -> None:
    url = str(page.post("/find", data={"to": "/people", "text": NAME}).url)
    for broken in (
        url[:-2],
        url + "AA",
        "/people?text=~",
        "/people?text=~%F0%9F",
        "/people?text=~~~~",
        "/?text=~abc&inn=~def",
    ):
        answer = page.get(broken)
        assert answer.status_code == 200 and NAME not in BeautifulSoup(answer.text, "html.parser").form.get_text()


def test_harmless_filters_stay_readable_and_can_be_passed_on(page: TestClient, world: World) -> None:
    answer = page.post("/find", data={"to": "/", "text": "ЕД-2026-000001", "inn": "7707083893", "overdue": "1"})
    query = parse_qs(urlsplit(str(answer.url)).query)
    assert query == {"text": ["ЕД-2026-000001"], "inn": ["7707083893"], "overdue": ["1"]}
    assert client(world, "second", [Role.AUDITOR]).get(str(answer.url)).status_code == 200


def test_whoever_may_look_may_look_for_something(world: World) -> None:
    auditor = client(world, "auditor", [Role.AUDITOR])
    assert auditor.post("/find", data={"to": "/people", "text": NAME}).status_code == 200


@pytest.mark.parametrize(
    "to", ["", "//evil.example", "https://evil.example/", "/find", "javascript:alert(1)", "/\\evil"]
)
def test_a_search_leads_to_our_own_pages_only(page: TestClient, to: str) -> None:
    answer = page.post("/find", data={"to": to, "text": NAME}, follow_redirects=False)
    assert answer.status_code == 404 or urlsplit(answer.headers["location"]).netloc == ""
    assert "evil" not in answer.headers.get("location", "")


def test_who_is_not_in_carries_no_words_through_the_login(world: World) -> None:
    stranger = TestClient(app_for(world.installation), headers={"Sec-Fetch-Site": "same-origin"})
    answer = stranger.get("/people", params={"text": NAME, "as_of": "2026-11-23"}, follow_redirects=False)
    assert list(told_in_addresses(answer, typed=True)) == [] and "2026-11-23" in unquote_plus(
        answer.headers["location"]
    )


def _typed_fields(form: Tag) -> list[str]:
    kinds = ("hidden", "checkbox", "radio", "date", "number", "datetime-local", "submit")
    return [
        str(field["name"])
        for field in form.find_all(["input", "textarea"])
        if field.get("name") and field.get("type", "text") not in kinds
    ]


def test_no_form_of_the_templates_puts_what_is_typed_into_its_address() -> None:
    """What is new is closed until it is listed: these two take a folder of the server, an hour, a mark of the log."""
    from web.shell.rendering import HERE

    allowed = {"admin/catalogue.html": ["folder"], "admin/calendar.html": ["hours"], "audit/verify.html": ["anchor"]}
    found = {}
    for path in sorted((HERE / "templates").rglob("*.html")):
        forms = [
            form
            for form in BeautifulSoup(path.read_text("utf-8"), "html.parser").find_all("form")
            if str(form.get("method", "get")).lower() == "get"
        ]
        typed = [name for form in forms for name in _typed_fields(form)]
        if typed:
            found[path.relative_to(HERE / "templates").as_posix()] = typed
    assert found == allowed
