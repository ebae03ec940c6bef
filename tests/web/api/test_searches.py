"""Words, СНИЛС and the ИНН of people travel in bodies: no address of the API takes them, and what does take them only looks."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from actions.accounts import accounts, api_tokens
from models.account import IdempotencyKey, Role
from models.organisation import Organisation
from models.request import Status
from tests.web.api.calling import caller, repeatable
from tests.web.apps import app_for
from tests.web.world import INN, World, request_at
from web.api.app import application
from web.api.searches import LOOKS

WORDS = ("Иванова", "Иванова Анна", "112-233-445 95", "11223344595", "500100732259", "ivanova@clinic.ru")
PRIVATE = "500100732259"  # of an entrepreneur: it names a person


def entrepreneur(world: World) -> int:
    with world.installation.work(by="тест") as work:
        row = Organisation(
            inn=PRIVATE, full_name="ИП Петров", short_name="ИП Петров", fold="ип петров", kind="medical", subject="77"
        )
        work.session.add(row)
        work.session.flush()
        return request_at(work, organisation_id=row.id).id or 0


def test_no_address_takes_words(world: World, api: TestClient) -> None:
    """Every parameter of every look, and every part of a path; asked as a program would ask, not read off the description."""
    with world.installation.work(by="тест") as work:
        request_at(work, Status.AWAITING)
    tried = 0
    for path, calls in application().openapi()["paths"].items():
        for parameter in calls.get("get", {}).get("parameters", []):
            name, schema = parameter["name"], parameter["schema"]
            if parameter["in"] == "header" or schema.get("type") in ("boolean", "integer"):
                continue
            for words in WORDS:
                filled = path.replace(f"{{{name}}}", words)
                query = {} if filled != path else {name: words}
                answer = api.get("/api/v1" + re.sub(r"\{\w+\}", "1", filled), params=query)
                assert answer.status_code in (404, 422), (path, name, words, answer.status_code)
                tried += 1
    assert tried >= 60


@pytest.mark.parametrize(
    ("path", "query", "instead"),
    [
        ("/requests", {"text": "Садовой"}, "/requests/search"),
        ("/requests", {"organisation": PRIVATE}, "/requests/search"),
        ("/organisations", {"text": "Садовой"}, "/organisations/search"),
        ("/organisations", {"inn": PRIVATE}, "/organisations/search"),
        ("/holders", {"inn": PRIVATE}, "/holders/search"),
    ],
)
def test_who_asks_the_old_way_is_told_the_new_one(
    api: TestClient, path: str, query: dict[str, str], instead: str
) -> None:
    answer = api.get(f"/api/v1{path}", params=query)
    told = answer.json()
    assert (answer.status_code, told["type"]) == (422, "/api/problems/invalid")
    assert answer.headers["content-type"] == "application/problem+json"
    assert f"POST /api/v1{instead}" in str(told) and next(iter(query)) in str(told)
    assert not any(words in answer.text for words in query.values())


def test_the_same_is_found_by_body(world: World, api: TestClient) -> None:
    number = entrepreneur(world)
    with world.installation.work(by="тест") as work:
        ours = request_at(work, Status.AWAITING, ticket="ABC-123-45678").id

    def found(path: str, **body: object) -> list[int]:
        answer = api.post(f"/api/v1{path}", json=body)
        assert answer.status_code == 200 and urlsplit(str(answer.url)).query == "", answer.text
        return [each["id"] for each in answer.json()["items"]]

    assert found("/requests/search", text="ABC-123-45678") == found("/requests/search", text="садовой") == [ours]
    assert found("/requests/search", organisation=PRIVATE) == [number]
    assert found("/requests/search", limit=1) == [number] and found("/requests/search", after=number) == [ours]
    assert found("/requests/search", state="awaiting") == found("/requests/search", organisation=INN) == [ours]
    [card] = api.post("/api/v1/organisations/search", json={"text": "петров"}).json()["items"]
    assert found("/organisations/search", inn=PRIVATE) == [card["id"]]
    held = api.post("/api/v1/holders/search", json={"inn": PRIVATE, "as_of": "2026-11-20"})
    assert held.status_code == 200 and held.json()["items"] == []
    assert api.post("/api/v1/requests/search", json={"text": "я" * 201}).status_code == 422
    assert api.post("/api/v1/requests/search", json={"words": "я"}).status_code == 422


@pytest.mark.parametrize("path", LOOKS)
def test_a_search_is_a_look(world: World, path: str) -> None:
    """A token that only reads may search, any role may, and nothing is kept for a repetition."""
    body = {"text": "Иванова"} if "holders" not in path else {"inn": INN}
    with world.installation.work(by="тест") as work:
        account = accounts.create(work, login="reader", name="Чтец", roles={Role.AUDITOR}, everywhere=True)
        secret = api_tokens.create(work, account, use="api", name="МИС", days=30, reads_only=True)[1]
    reader = TestClient(app_for(world.installation), headers={"Authorization": f"Bearer {secret}"})
    assert reader.post(f"/api/v1{path}", json=body, headers=repeatable()).status_code == 200
    with world.installation.reading(by="тест") as work:
        assert work.session.exec(select(IdempotencyKey)).first() is None


def test_a_search_finds_what_its_token_sees(world: World) -> None:
    entrepreneur(world)
    with world.installation.work(by="тест") as work:
        request_at(work)
    stranger = caller(world, "narrow", {Role.OFFICER}, organisations=[])
    for path in ("/requests/search", "/organisations/search"):
        assert stranger.post(f"/api/v1{path}", json={}).json()["items"] == []
    assert stranger.post("/api/v1/holders/search", json={"inn": INN}).json()["items"] == []
