"""Packs of evidence as downloads: each verifies itself, says nothing of another organisation, and is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import col

from actions.requests import lookup
from actions.reviews import reviews
from models.account import Role
from models.audit import Event
from models.request import Status
from tests.actions.evidence.world import Unpacked
from tests.web.pages.test_people import elsewhere, held
from tests.web.users import client
from tests.web.world import World, request_at


@pytest.fixture
def addresses(world: World) -> dict[str, str]:
    """Where packs of one granted request, its person, organisation and review are."""
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        made = held(work, request=request)
        elsewhere(work)
        campaign = reviews.start(work, year=2026)
        return {
            "request": f"/requests/{request.id}/evidence.zip",
            "person": f"/people/{made.person_id}/evidence.zip",
            "organisation": f"/organisations/{request.organisation_id}/evidence.zip",
            "review": f"/reviews/campaigns/{campaign.id}/evidence.zip",
        }


@pytest.mark.parametrize("scope", ["request", "person", "organisation", "review"])
def test_a_pack_verifies_itself_and_its_making_is_recorded(
    officer: TestClient, world: World, addresses: dict[str, str], tmp_path: Path, scope: str
) -> None:
    answer = officer.get(addresses[scope])
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith('attachment; filename="file.zip"')
    anchor = answer.headers["x-egisz-access-anchor"]
    code, told = Unpacked.of(answer.content, tmp_path / "pack").verify("--anchor", anchor)
    assert code == 0, told
    with world.installation.work(by="тест") as work:
        [event] = work.session.execute(select(Event).where(col(Event.action) == "evidence.exported")).scalars()
    assert event.actor == "officer" and f'"scope":"{scope}"' in event.data and anchor == f"{event.seq}:{event.hash}"


def test_a_users_packs_hold_his_organisations_only(world: World, addresses: dict[str, str], tmp_path: Path) -> None:
    with world.installation.work(by="тест") as work:
        own = lookup.get(work, int(addresses["request"].split("/")[2])).organisation_id
        [other] = [
            found for found in work.session.execute(select(Event)).scalars() if found.action == "request.created"
        ][1:]
    user = client(world, "one", {Role.AUDITOR}, [own])
    pack = Unpacked.of(user.get(addresses["person"]).content, tmp_path / "pack")
    assert not any("Чужой" in path.read_text("utf-8", "replace") for path in pack.folder.rglob("*") if path.is_file())
    assert user.get(addresses["organisation"]).status_code == 200
    number = other.subject.partition(":")[2]
    assert user.get(f"/requests/{number}/evidence.zip").status_code == 404
    assert user.get("/organisations/99/evidence.zip").status_code == 404
    refused = user.get(addresses["review"])
    assert refused.status_code == 403 and "кто видит все организации" in refused.text


@pytest.mark.parametrize("role", list(Role))
def test_whoever_may_look_may_take_a_pack(world: World, addresses: dict[str, str], role: Role) -> None:
    assert client(world, role.value, {role}).get(addresses["request"]).status_code == 200
