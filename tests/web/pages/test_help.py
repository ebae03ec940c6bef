"""Help is open to everybody, tells every state by its shape, and nothing of the clinic."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from actions.accounts import accounts
from models.account import Role
from models.request import Status
from states.words.accounts import ROLE_LABELS, ROLE_MEANINGS
from states.words.requests import MEANINGS, status_label
from tests.web.users import NAMES, client
from tests.web.world import World, clinic, personal_link, request_at
from web.shell.cookies import COOKIE


def test_help_needs_no_account_and_tells_nothing_of_the_clinic(stranger: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        name, email = clinic(work).short_name, clinic(work).officer_email
    answer = stranger.get("/help/")
    assert answer.status_code == 200 and name not in answer.text and email not in answer.text
    assert 'href="/help/login"' in answer.text and "style=" not in answer.text


def test_every_state_is_told_with_its_shape_and_whose_move_it_is(stranger: TestClient) -> None:
    text = stranger.get("/help/").text
    for status in Status:
        assert f"#{status.value}" in text and status_label(status) in text and MEANINGS[status] in text
    told = re.findall("Чей ход: ([^<]+)[.]<", text)
    assert told == [*["ответственный"] * 3, *["СТП"] * 2, "работники", "никто", "ответственный", "никто"]


def test_every_role_is_explained(stranger: TestClient) -> None:
    text = stranger.get("/help/").text.lower()
    assert set(ROLE_MEANINGS) == set(Role)
    assert all(ROLE_LABELS[role] in text and ROLE_MEANINGS[role].lower() in text for role in Role)


def test_contents_lead_to_parts_that_are_there(stranger: TestClient) -> None:
    text = stranger.get("/help/").text
    anchors = re.findall(r'<li><a href="#([a-z-]+)">', text)
    assert len(anchors) >= 10 and all(f'id="{anchor}"' in text for anchor in anchors)


@pytest.mark.parametrize("path", ["/help/", "/help/login", "/api/problems/stale"])
def test_public_page_keeps_the_menu_of_somebody_logged_in(stranger: TestClient, world: World, path: str) -> None:
    rail = '<nav aria-label="Разделы">'
    assert stranger.get(path).status_code == 200 and rail not in stranger.get(path).text
    auditor = client(world, "auditor", [Role.AUDITOR])
    assert rail in auditor.get(path).text and NAMES["auditor"] in auditor.get(path).text
    auditor.cookies.set(COOKIE, "forged")
    assert rail not in auditor.get(path).text


def test_personal_page_does_not_know_who_is_logged_in(world: World) -> None:
    with world.installation.work(by="тест") as work:
        link = personal_link(work, request_at(work), "first-login")
    answer = client(world).get(f"/my/{link}")
    assert answer.status_code == 200
    assert "Разделы" not in answer.text and NAMES["officer"] not in answer.text


def test_session_is_no_token_of_the_api(world: World) -> None:
    assert client(world).get("/api/v1/requests").status_code == 401


def test_somebody_who_must_choose_a_password_first_is_a_stranger(world: World) -> None:
    browser = client(world, "auditor", [Role.AUDITOR])
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, "auditor")
        assert account is not None
        account.password_by_other, account.password_hash = True, "kept"
        work.session.add(account)
    assert "Разделы" not in browser.get("/help/").text
