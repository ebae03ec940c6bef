"""Help is open to everybody, tells every state by its shape, and nothing of the clinic."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from actions.accounts import ROLE_LABELS, ROLE_MEANINGS
from models.account import Role
from models.request import Status
from states.guards import status_label
from tests.web.world import World, clinic
from web.pages.help import STATES


def test_help_needs_no_account_and_tells_nothing_of_the_clinic(stranger: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        name, email = clinic(work).short_name, clinic(work).officer_email
    answer = stranger.get("/help/")
    assert answer.status_code == 200 and name not in answer.text and email not in answer.text
    assert 'href="/help/login"' in answer.text and "style=" not in answer.text


def test_every_state_is_told_with_its_shape_and_whose_move_it_is(stranger: TestClient) -> None:
    assert {status for status, _, _ in STATES} == set(Status)
    text = stranger.get("/help/").text
    for status, what, who in STATES:
        assert f"#{status.value}" in text and status_label(status) in text
        assert what in text and f"Чей ход: {who}." in text


def test_every_role_is_explained(stranger: TestClient) -> None:
    text = stranger.get("/help/").text.lower()
    assert set(ROLE_MEANINGS) == set(Role)
    assert all(ROLE_LABELS[role] in text and ROLE_MEANINGS[role].lower() in text for role in Role)


def test_contents_lead_to_parts_that_are_there(stranger: TestClient) -> None:
    text = stranger.get("/help/").text
    anchors = re.findall(r'<li><a href="#([a-z-]+)">', text)
    assert len(anchors) >= 10 and all(f'id="{anchor}"' in text for anchor in anchors)
