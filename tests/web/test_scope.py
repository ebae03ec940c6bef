"""A user of one clinic learns nothing of another, whichever address he tries."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from fastapi.testclient import TestClient

from actions import checklists, comments, grants, requests, reviews
from actions.context import Work
from models.account import Role
from models.facts import LineFacts
from models.letters import OutboxState
from models.organisation import Organisation
from models.request import LineState, Status
from tests.web.apps import app_for
from tests.web.routes import routes
from tests.web.users import client
from tests.web.world import BOTH_ROLES, KIND, World, clinic, package_letter, received, request_at, stored_file

FOREIGN = ("Зарубежнова", "Заречная больница", "5902012349", "085-555-001")


def foreign(work: Work) -> None:
    """Another clinic whose every row has the number 1: request, line, person, file, letters, grant, checklist, review."""
    other = Organisation(
        inn=FOREIGN[2], short_name=FOREIGN[1], full_name=FOREIGN[1], fold=FOREIGN[1].lower(), kind="medical", subject="59",
        officer_email="other@example.com",
    )  # fmt: skip
    work.session.add(other)
    work.session.flush()
    line = LineFacts(
        snils="08555500174", surname=FOREIGN[0], given="Зоя", patronymic="Захаровна", email="z@example.com",
        roles=BOTH_ROLES, post="Хирург",
    )  # fmt: skip
    made = requests.create(work, kind=KIND, organisation_id=other.id or 0, lines=[line])
    made.status, made.ticket = Status.GRANTED, "ЗАР-1"
    first = requests.lines_of(work, made)[0]
    first.state = LineState.GRANTED
    assert (other.id, made.id, first.id, first.person_id) == (1, 1, 1, 1)
    for role in BOTH_ROLES:
        grants.grant(
            work, person_id=1, organisation_id=1, subsystem=role.subsystem, role=role.role, request_id=1, line_id=1
        )  # fmt: skip
    stored_file(work, made, f"{FOREIGN[0]}.pdf", b"%PDF-1.4 " + FOREIGN[0].encode())
    received(work, made, {"kind": "answer", "outcome": "granted", "evidence": [FOREIGN[0]]})
    package_letter(work, made, OutboxState.UNCERTAIN)
    comments.add(work, made, f"Спросить у {FOREIGN[0]}")
    checklists.open_checklist(work, 1, "sections")
    reviews.start(work, until=(work.now.date()).replace(month=12))


@pytest.fixture
def insider(world: World) -> TestClient:
    """An officer of the clinic that is not theirs, with a request of her own."""
    with world.installation.work(by="тест") as work:
        foreign(work)
        own = clinic(work).id or 0
        request_at(work, Status.GRANTED)
    return client(world, "insider", [Role.OFFICER, Role.AUDITOR], [own])


def leaks(content: bytes) -> list[str]:
    """What of the other clinic is in an answer, packed or not."""
    texts = [content.decode("utf-8", "replace")]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            texts += [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return [mark for mark in FOREIGN if any(mark in text for text in texts)]


def test_no_address_shows_anything_of_another_clinic(insider: TestClient, world: World) -> None:
    """Whatever number an address takes, it is one of theirs."""
    tried = 0
    for route in routes(app_for(world.installation)):
        if "GET" in (route.methods or ()) and not route.path.startswith(("/my/", "/static", "/login", "/api")):
            path = re.sub(r"\{[^}]+\}", "1", route.path)
            answer = insider.get(path, follow_redirects=False)
            tried += 1
            assert leaks(answer.content) == [], path
            if not path.startswith("/reviews/campaigns/") and re.search(r"\{(number|file_id|letter_id|line_id|worker_id|person_id|person)\b", route.path):
                assert answer.status_code in (404, 410, 303, 403), (path, answer.status_code)
    assert tried > 30


def test_searching_finds_nobody_of_another_clinic(insider: TestClient) -> None:
    for path in ("/", "/people", "/organisations", "/requests/new"):
        for words in (FOREIGN[0], FOREIGN[1], FOREIGN[2], "08555500174", "ЗАР-1", "000001"):
            for name in ("text", "person", "search", "q", "organisation"):
                text = insider.get(path, params={name: words, "view": "list"}).text
                rest = text.replace(words, "")  # the search field repeats what was typed
                assert [mark for mark in FOREIGN if mark in rest] == [], (path, name, words)


def test_no_form_reaches_another_clinic(insider: TestClient, world: World) -> None:
    with world.installation.reading(by="тест") as work:
        before = requests.get(work, 1).model_dump()
    for route in routes(app_for(world.installation)):
        if "POST" in (route.methods or ()) and "{" in route.path and not route.path.startswith(("/my/", "/api", "/admin")):
            path = re.sub(r"\{[^}]+\}", "1", route.path)
            answer = insider.post(path, data={"revision": "0", "decision": "grant"}, follow_redirects=False)
            assert answer.status_code in (303, 400, 403, 404, 405, 409, 422), (path, answer.status_code)
            assert leaks(answer.content) == [], path
    with world.installation.reading(by="тест") as work:
        assert requests.get(work, 1).model_dump() == before
