"""Tokens narrower than their owner: they read only, see one organisation, end at their date; nothing gets them out of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from fastapi.testclient import TestClient

from actions.accounts import accounts, api_tokens
from actions.accounts.api_tokens import BadToken
from models.account import Role
from models.organisation import Organisation
from tests.web.api.calling import token_of
from tests.web.apps import app_for
from tests.web.users import client, session_of
from tests.web.world import INN, KIND, World, clinic, request_at
from web.api.app import application
from web.api.searches import LOOKS


def program(world: World, **narrow: object) -> TestClient:
    session_of(world)
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "officer")
        assert account is not None
        secret = api_tokens.create(work, account, use="api", name="МИС", days=30, **narrow)[1]  # type: ignore[arg-type]
    return TestClient(
        app_for(world.installation), headers={"Authorization": f"Bearer {secret}"}, raise_server_exceptions=False
    )


def two_places(world: World) -> tuple[int, int, int, int]:
    """(organisation, its request, another organisation, its request)"""
    with world.installation.work(by="тест") as work:
        ours = clinic(work)
        theirs = Organisation(
            inn="7728168971",
            kpp="772801001",
            full_name="Вторая",
            short_name="Вторая",
            fold="вторая",
            kind="medical",
            subject="77",
        )
        work.session.add(theirs)
        work.session.flush()
        here, there = request_at(work), request_at(work, organisation_id=theirs.id)
        return ours.id or 0, here.id or 0, theirs.id or 0, there.id or 0


def test_a_token_that_only_reads_changes_nothing_by_any_call(world: World) -> None:
    """Every call that the application has: what is new is closed to it."""
    _, number, *_ = two_places(world)
    reader = program(world, reads_only=True)
    assert reader.get(f"/api/v1/requests/{number}").status_code == 200
    assert reader.post("/api/v1/people/search", json={"text": "Иван"}).status_code == 200
    tried = 0
    for path, methods in application().openapi()["paths"].items():
        for method in methods:
            if method != "get" and path not in LOOKS:
                answer = reader.request(method, "/api/v1" + re.sub(r"\{\w+\}", str(number), path), json={})
                assert (answer.status_code, answer.json()["type"]) == (403, "/api/problems/forbidden"), (method, path)
                tried += 1
    assert tried > 30


def test_a_token_of_one_organisation_finds_nothing_of_another(world: World) -> None:
    ours, here, theirs, there = two_places(world)
    one = program(world, organisation_id=ours)
    assert [each["id"] for each in one.get("/api/v1/requests").json()["items"]] == [here]
    assert one.get(f"/api/v1/requests/{there}").status_code == 404
    assert one.get(f"/api/v1/organisations/{theirs}").status_code == 404
    assert one.post("/api/v1/requests", json={"kind": KIND, "inn": "7728168971"}).status_code in (404, 409)
    assert one.post("/api/v1/requests", json={"kind": KIND, "inn": INN}).status_code == 201
    assert one.post("/api/v1/admin/webhooks", json={"url": "https://8.8.8.8/hook"}).status_code == 403
    for path in ("/holders", "/organisations", "/audit/events"):
        assert "Вторая" not in one.get(f"/api/v1{path}").text


def test_a_token_sees_no_more_than_its_owner_does_at_that_moment(world: World) -> None:
    ours, here, theirs, _ = two_places(world)
    session_of(world, "kadry", [Role.OFFICER], organisations=[ours])
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "kadry")
        assert account is not None
        with pytest.raises(BadToken, match="из своих"):
            api_tokens.create(work, account, use="api", name="чужая", days=30, organisation_id=theirs)
        secret = api_tokens.create(work, account, use="api", name="МИС", days=30, organisation_id=ours)[1]
    one = TestClient(app_for(world.installation), headers={"Authorization": f"Bearer {secret}"})
    assert one.get(f"/api/v1/requests/{here}").status_code == 200
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "kadry")
        assert account is not None
        accounts.change(
            work,
            account,
            name="К",
            roles={Role.OFFICER},
            email="",
            everywhere=False,
            organisation_ids=[theirs],
            active=True,
        )
    assert one.get(f"/api/v1/requests/{here}").status_code == 404 and one.get("/api/v1/requests").json()["items"] == []


def test_the_page_makes_narrow_keys_unless_more_is_asked_for_and_the_api_tells(world: World) -> None:
    ours, *_ = two_places(world)
    page = client(world)
    made = page.post(
        "/account/tokens", data={"use": "api", "name": "отчёт", "days": "30", "organisation": str(ours)}
    ).text
    assert "только читает, видит только ООО" in made and "читает всё, что видите вы, в одной организации" in made
    secret = re.search(r"egisz_[\w-]+", made)
    assert secret
    told = (
        TestClient(app_for(world.installation), headers={"Authorization": f"Bearer {secret[0]}"})
        .get("/api/v1/account")
        .json()["token"]
    )
    assert (told["reads_only"], told["organisation"]) == (True, ours) and told["expires_at"]
    assert (
        "читает и меняет"
        in page.post("/account/tokens", data={"use": "api", "name": "МИС", "days": "30", "may": "all"}).text
    )
    assert page.post("/account/tokens", data={"use": "api", "name": "вечный", "days": "9999"}).status_code == 422


def test_a_token_ends_at_its_date(world: World) -> None:
    ended = TestClient(app_for(world.installation), headers={"Authorization": f"Bearer {token_of(world, days=1)}"})
    assert ended.get("/api/v1/requests").status_code == 200
    world.clock.now += dt.timedelta(days=1)
    assert ended.get("/api/v1/requests").status_code == 401
