"""A user of one clinic learns nothing of another, whichever address he tries."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlmodel import SQLModel

from actions.cards import organisations
from actions.checklists import checklist_workers, checklists
from actions.context import Work
from actions.requests import creation, lookup, pairs
from actions.reviews import reviews
from actions.steps import comments
from models.account import Role
from models.facts import LineFacts
from models.letters import OutboxState
from models.organisation import Organisation
from models.request import LineState, Status
from tests.roles import granted
from tests.web.api.calling import caller
from tests.web.apps import app_for
from tests.web.routes import routes
from tests.web.users import client
from tests.web.world import (
    BOTH_ROLES,
    KIND,
    World,
    clinic,
    line,
    package_letter,
    person,
    received,
    request_at,
    stored_file,
)
from web.api.app import application

FOREIGN = ("Зарубежнова", "Заречная больница", "5902012349", "085-555-001")


def foreign(work: Work) -> None:
    """Another clinic whose every row has the number 1: request, line, person, file, letters, grant, checklist, review."""
    other = Organisation(
        inn=FOREIGN[2],
        short_name=FOREIGN[1],
        full_name=FOREIGN[1],
        fold=FOREIGN[1].lower(),
        kind="medical",
        subject="59",
        officer_email="other@example.com",
    )
    work.session.add(other)
    work.session.flush()
    line = LineFacts(
        snils="08555500174",
        surname=FOREIGN[0],
        given="Зоя",
        patronymic="Захаровна",
        email="z@example.com",
        roles=BOTH_ROLES,
        post="Хирург",
    )
    made = creation.create(work, kind=KIND, organisation_id=other.id or 0, lines=[line])
    made.status, made.ticket = Status.GRANTED, "ЗАР-1"
    first = lookup.lines_of(work, made)[0]
    pairs.put(first, LineState.GRANTED)
    assert (other.id, made.id, first.id, first.person_id) == (1, 1, 1, 1)
    for role in BOTH_ROLES:
        granted(work, person_id=1, organisation_id=1, subsystem=role.subsystem, role=role.role, request_id=1, line_id=1)
    stored_file(work, made, f"{FOREIGN[0]}.pdf", b"%PDF-1.4 " + FOREIGN[0].encode())
    received(work, made, {"kind": "answer", "outcome": "granted", "evidence": [FOREIGN[0]]})
    package_letter(work, made, OutboxState.UNCERTAIN)
    comments.add(work, made, f"Спросить у {FOREIGN[0]}")
    checklists.open_checklist(work, 1, "sections")
    checklists.open_checklist(work, 1, "worker")
    checklist_workers.add_worker(work, 1, name=f"{FOREIGN[0]} Зоя", snils="08555500174", code="worker")
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
            if not path.startswith("/reviews/campaigns/") and re.search(
                r"\{(number|file_id|letter_id|line_id|worker_id|person_id|person)\b", route.path
            ):
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
        before = lookup.get(work, 1).model_dump()
    for route in routes(app_for(world.installation)):
        if (
            "POST" in (route.methods or ())
            and "{" in route.path
            and not route.path.startswith(("/my/", "/api", "/admin"))
        ):
            path = re.sub(r"\{[^}]+\}", "1", route.path)
            answer = insider.post(path, data={"revision": "0", "decision": "grant"}, follow_redirects=False)
            assert answer.status_code in (303, 400, 403, 404, 405, 409, 422), (path, answer.status_code)
            assert leaks(answer.content) == [], path
    with world.installation.reading(by="тест") as work:
        assert lookup.get(work, 1).model_dump() == before


# Everything that a form or a call can name, each time the other clinic's.
_FORM = {
    "revision": "0", "decision": "grant", "request": "1", "chosen": "1", "grant": "1", "card": "1", "kind": KIND, "inn": FOREIGN[2],
    "person": "1", "worker": "1", "answer-1": "drop", "answer-2": "drop", "outcome-1": "granted", "line": "1", "new1.line": "1",
    "purpose": "login-check", "text": "слова", "number": "1", "why": "dismissal", "people": "1", "name": "Иванова Анна", "due_on": "2026-12-01",
}  # fmt: skip
_CALLS: dict[str, Any] = {
    "settleLetter": {"decision": "grant", "request": 1}, "answerReview": {"keep": [1], "drop": [2]},
    "recordLogins": {"lines": [1], "proven": True}, "confirmPeople": {"what": "esia", "lines": [1]}, "addComment": {"text": "слова"},
    "createRequest": {"kind": KIND, "inn": FOREIGN[2], "people": [{"snils": "08555500174"}]},
    "openOrganisation": {"inn": FOREIGN[2]}, "changeOrganisation": {"head_post": "Никто"}, "searchPeople": {"text": FOREIGN[0]},
    "takeStep": {"revision": 0, "answers": [{"line": 1, "outcome": "granted"}]}, "fillFields": {"fields": {"a": "b"}},
    "replacePeople": {"people": []}, "planSigner": {"capacity": "head", "name": "Никто"},
}  # fmt: skip
_NOT_THEIRS = ("audit_event", "event", "chain_head", "account_session", "api_token", "idempotency_key")


def _rows(world: World) -> dict[str, set[str]]:
    """Every row of every table that no look and no login changes."""
    with world.installation.reading(by="тест") as work:
        tables = [each for each in SQLModel.metadata.sorted_tables if each.name not in _NOT_THEIRS]
        return {each.name: {repr(tuple(row)) for row in work.session.execute(each.select())} for each in tables}


def _own_rows(world: World) -> None:
    """The insider's clinic has one of everything too, each with the number 2 and all still to be acted on."""
    with world.installation.work(by="insider") as work:
        mine, card = lookup.get(work, 2), clinic(work).id or 0
        first = lookup.lines_of(work, mine)[0]
        granted(
            work,
            person_id=first.person_id or 0,
            organisation_id=card,
            subsystem="frmo",
            role="organisation",
            request_id=2,
            line_id=first.id or 0,
        )
        stored_file(work, mine, "своё.pdf", b"%PDF-1.4 own")
        received(work, mine, {"kind": "answer", "outcome": "granted", "evidence": ["да"]}, uid=2)
        package_letter(work, mine, OutboxState.UNCERTAIN)
        comments.add(work, mine, "Своё")
        checklists.open_checklist(work, card, "sections")
        checklists.open_checklist(work, card, "worker")
        checklist_workers.add_worker(work, card, name="Иванова Анна", snils="11223344595", code="worker")


def _mixed(path: str, first: str, then: str) -> str:
    """The first number of an address is one's own, those below it are the other clinic's."""
    once = re.sub(r"\{[^}]+\}", first, path, count=1)
    words = {"code": "worker", "item": "card", "what": "drop", "trigger": "reject"}
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: words.get(found[1], then), once)


def test_under_an_own_number_nothing_of_another_clinic_is_reached(insider: TestClient, world: World) -> None:
    _own_rows(world)
    before, tried = _rows(world), 0
    for route in routes(app_for(world.installation)):
        if route.path.startswith(("/my/", "/api", "/admin", "/login", "/static")) or "{" not in route.path:
            continue
        path = _mixed(route.path, "2", "1")
        for method in {"GET", "POST"} & (route.methods or set()):
            answer = insider.request(method, path, data=_FORM if method == "POST" else None, follow_redirects=False)
            typed = answer.content.replace(FOREIGN[2].encode(), b"") if method == "POST" else answer.content
            assert leaks(typed) == [], (method, path)
            assert answer.status_code < 500, (method, path)
            tried += 1
    assert tried > 60
    _unchanged(before, _rows(world))


def _unchanged(before: dict[str, set[str]], after: dict[str, set[str]]) -> None:
    """Rows of the other clinic are as they were; one's own may have changed."""
    gone = {name: sorted(rows - after[name]) for name, rows in before.items() if rows - after[name]}
    theirs = {name: [row for row in rows if row.startswith("(1,")] for name, rows in gone.items()}
    assert {name: rows for name, rows in theirs.items() if rows} == {}


@pytest.mark.parametrize("own_first", [False, True])
def test_no_call_reaches_another_clinic(insider: TestClient, world: World, own_first: bool) -> None:
    """Every call of the API, with the other clinic's numbers in the address and in the body."""
    _own_rows(world)
    program = caller(world, "insider")
    before, tried = _rows(world), 0
    for route in application().routes:
        for entry in getattr(getattr(route, "original_router", None), "routes", [route]):
            if not isinstance(entry, APIRoute) or entry.path.startswith("/admin"):
                continue
            path = "/api/v1" + _mixed(entry.path, "2" if own_first else "1", "1")
            for method in entry.methods:
                sent = (
                    {"files": {"file": ("a.pdf", b"%PDF-1.4")}}
                    if ("attachments/" in path or path.endswith("/roster")) and method == "POST"
                    else {}
                )
                if method not in ("GET", "DELETE") and not sent:
                    sent = {"json": _CALLS.get(entry.operation_id or "", {})}
                answer = program.request(method, path, **sent)
                tried += 1
                assert leaks(answer.content) == [], (method, path)
                assert answer.status_code < 500, (method, path, answer.text)
                if not own_first and re.search(r"\{(number|letter|file|comment)\}", entry.path):
                    assert answer.status_code == 404 or answer.json()["type"].endswith(("invalid", "conflict")), (
                        method,
                        path,
                        answer.text,
                    )
    assert tried > 40
    _unchanged(before, _rows(world))


def test_a_program_of_one_clinic_opens_no_card(insider: TestClient, world: World) -> None:
    """Of a clinic that is there and of one that is not: the answer does not tell which."""
    program = caller(world, "insider")
    told = []
    for inn in (FOREIGN[2], "7810334452"):
        answers = [
            program.post("/api/v1/organisations", json={"inn": inn}),
            program.post("/api/v1/requests", json={"kind": KIND, "inn": inn, "people": []}),
        ]
        assert [answer.status_code for answer in answers] == [409, 409]
        told.append([answer.json()["detail"] for answer in answers])
    assert told[0] == told[1]
    with world.installation.reading(by="тест") as work:
        assert organisations.find(work, "7810334452") is None


def test_of_an_employee_of_two_clinics_only_ones_own_side_is_shown(insider: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        shared = person(work.session)
        assert shared is not None and shared.id is not None
        again = creation.create(work, kind=KIND, organisation_id=1, lines=[line(0)])
        again.status = Status.GRANTED
        granted(
            work,
            person_id=shared.person_id,
            organisation_id=1,
            subsystem="frmr",
            role="organisation",
            request_id=again.id or 0,
            line_id=lookup.lines_of(work, again)[0].id or 0,
        )
        comments.add(work, again, f"Просила {FOREIGN[0]}")
        number, theirs = shared.id, again.number
    program = caller(world, "insider")
    for path in (
        f"/people/{number}",
        f"/people/{number}/snils",
        f"/people/{number}/evidence.zip",
        "/people",
        "/people?view=list",
        "/people/list.xlsx",
        "/people/matrix.xlsx",
        "/people/roles/frmr/organisation",
        "/requests.xlsx",
        "/today",
        "/today/statistics",
        "/audit",
        "/audit/export.csv",
        "/audit/export.jsonl",
        "/requests/2",
        "/api/v1/holders",
        f"/api/v1/people/{number}",
        "/api/v1/requests",
        "/api/v1/audit/events",
    ):
        answer = (program if path.startswith("/api") else insider).get(path)
        assert answer.status_code == (404 if "/roles/" in path else 200), path
        assert leaks(answer.content) == [] and theirs not in answer.text, path
