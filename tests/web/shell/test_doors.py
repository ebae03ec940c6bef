"""What an adversary tries at the door: headers, numbers and signs that no browser sends, and what errors tell."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col, select

from actions.accounts import accounts
from actions.requests import lookup
from models.account import Role
from models.audit import Event
from models.letters import OutboxState
from models.request import Status
from tests.kinds.files import picture
from tests.web.api.calling import caller
from tests.web.users import client, session_of
from tests.web.world import World, package_letter, received, request_at, stored_file
from web.pages.audit import _row
from web.shell.cookies import COOKIE
from web.shell.errors import is_second

BEYOND = "99999999999999999999"


def looks(world: World, action: str) -> list[str]:
    with world.installation.reading(by="тест") as work:
        return list(work.session.execute(select(col(Event.subject)).where(col(Event.action) == action)).scalars())


@pytest.mark.parametrize("role", list(Role))
def test_every_role_can_log_out_and_is_out_then(world: World, role: Role) -> None:
    browser = client(world, role.value, [role])
    token = browser.cookies[COOKIE]
    assert browser.post("/logout", follow_redirects=False).headers["location"] == "/login"
    browser.cookies.set(COOKIE, token)
    assert browser.get("/", follow_redirects=False).headers["location"] == "/login"


@pytest.mark.parametrize(
    "host", ["testserver/account?", "testserver/logout#", "x@testserver/account", "testserver\\account"]
)
def test_a_forged_host_does_not_lend_the_address_of_another_rule(world: World, host: str) -> None:
    with world.installation.work(by="тест") as work:
        number = request_at(work).id
    auditor = client(world, "auditor", [Role.AUDITOR])
    answer = auditor.post(f"/requests/{number}/steps/withdraw", data={"revision": "0"}, headers={"Host": host})
    program = caller(world, "auditor")
    called = program.post(f"/api/v1/requests/{number}/steps/withdraw", json={"revision": 0}, headers={"Host": host})
    assert (answer.status_code, called.status_code) == (403, 403)
    with world.installation.reading(by="тест") as work:
        assert lookup.get(work, number or 0).status is Status.DRAFT


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/\t/evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
    ],
)
def test_after_the_login_nobody_is_sent_to_another_site(world: World, address: str) -> None:
    known = client(world)
    went = known.get("/login", params={"next": address}, follow_redirects=False).headers["location"]
    assert went.startswith("/") and not went.startswith(("//", "/\\", "/\t"))


def test_a_call_with_a_session_cookie_is_judged_as_a_form(world: World) -> None:
    """Else another site could send it from the browser of somebody who is in."""
    with world.installation.work(by="тест") as work:
        number = request_at(work).id
    program = caller(world)
    program.cookies.set(COOKIE, session_of(world))
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert (
            program.post(f"/api/v1/requests/{number}/comments", json={"text": "да"}, headers=headers).status_code == 403
        )


@pytest.mark.parametrize(
    "path",
    [
        f"/requests/{BEYOND}",
        f"/people/{BEYOND}",
        f"/letters/{BEYOND}",
        f"/organisations/{BEYOND}",
        f"/requests/1/files/{BEYOND}",
    ],
)
def test_a_number_that_no_row_has_is_no_page_and_no_fault(officer: TestClient, world: World, path: str) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work)
    assert officer.get(path).status_code == 404
    called = caller(world).get(f"/api/v1{path}")
    assert (called.status_code, called.json()["type"]) == (404, "/api/problems/not-found")


def test_a_day_outside_of_time_is_a_mistake_of_the_form(officer: TestClient) -> None:
    assert officer.get("/audit?since=0001-01-01").status_code == 422


def test_what_another_has_just_made_is_a_conflict(
    officer: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have looked before either wrote: the database decides."""
    monkeypatch.setattr(accounts, "find", lambda *_: None)
    form = {"login": "twice", "name": "Дважды Два", "roles": "officer", "seen": "all"}
    assert officer.post("/admin/users/new", data=form).status_code == 200
    answer = officer.post("/admin/users/new", data=form)
    assert answer.status_code == 409 and "То же самое только что записали" in answer.text


def test_an_error_of_the_database_tells_no_values(world: World) -> None:
    """It ends in the server's log. A broken rule other than «only once» is our mistake and stays one."""
    with pytest.raises(DBAPIError) as told, world.installation.work(by="тест") as work:
        work.session.execute(text("INSERT INTO employee (surname) VALUES (:surname)"), {"surname": "Иванова"})
    assert "Иванова" not in str(told.value)
    assert isinstance(told.value, IntegrityError) and not is_second(told.value)


def test_no_header_keeps_a_look_off_the_record(officer: TestClient, world: World) -> None:
    """Parts that a page fetches belong to its look; whoever pretends to be such a part is recorded."""
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING)
        letter = received(work, request, {"kind": "answer", "outcome": "unclear"}).id
        file = stored_file(work, request, "скан.png", picture())
        file.media_type = "image/png"
        file_id, number = file.id, request.id
    for _ in range(2):
        assert officer.get(f"/triage/{letter}", headers={"HX-Request": "true"}).status_code == 200
        page = officer.get(f"/requests/{number}/files/{file_id}/pages/0.png", headers={"Sec-Fetch-Dest": "image"})
        assert page.status_code == 200
    assert looks(world, "letter.viewed") == [f"inbox:{letter}"]
    assert looks(world, "file.viewed") == [f"request:{number}"]


def test_addresses_of_employees_among_stuck_letters_are_a_look(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.SIGNED)
        package_letter(work, request, OutboxState.FAILED)
    officer.get("/triage")
    assert looks(world, "letter.viewed") == []  # the desk's address is nobody's
    with world.installation.work(by="тест") as work:
        to = package_letter(work, request_at(work, Status.SIGNED), OutboxState.FAILED)
        to.person_id, to.recipient = (
            lookup.lines_of(work, lookup.get(work, to.request_id or 0))[0].person_id,
            "p@example.com",
        )
    assert "p@example.com" in officer.get("/triage").text
    assert looks(world, "letter.viewed") == ["outbox"]


@pytest.mark.parametrize("cell", ["=1+1", "+7", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1"])
def test_no_cell_of_an_exported_log_is_a_formula(cell: str) -> None:
    assert _row((cell,)).lstrip('"').startswith("'")
