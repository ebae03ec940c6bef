"""Two clinics know one СНИЛС: nothing that the second does touches the first, and nothing it is told depends on it.

The same things are done in two worlds that differ in one respect: whether the number that clinic B types is on record
with clinic A, or another one is.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import SQLModel, select

from actions.cards import enrolling, names, people
from actions.checklists import checklist_workers, checklists
from actions.context import Work
from actions.evidence import evidence
from actions.post import links
from actions.requests import creation, lookup
from actions.reviews import leavers, reviews, revocations
from actions.roles import grants
from actions.steps import taking
from models.account import Account, Role
from models.facts import FullName, LineFacts
from models.organisation import Organisation
from models.request import Status
from tests.actions.reviews.rosters import roster
from tests.roles import granted
from tests.web.api.calling import caller
from tests.web.apps import app_for
from tests.web.routes import routes
from tests.web.users import client
from tests.web.world import BOTH_ROLES, INN, KIND, World, clinic, open_world, request_at
from views.board import searching
from web.api.app import application

SNILS, ANOTHER = "11223344595", "41240221200"
OURS = LineFacts(
    snils=SNILS,
    surname="Иванова",
    given="Анна",
    patronymic="Петровна",
    email="anna@clinic-b.ru",
    post="Кадровик",
    roles=BOTH_ROLES,
)
THEIRS = dataclasses.replace(
    OURS,
    email="anna@clinic-a.ru",
    post="Хирург",
    esia_confirmed=True,
    first_login_on=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
)
CHANGED_BY_LOOKS = {
    "audit_event",
    "event",
    "chain_head",
    "account_session",
    "api_token",
    "idempotency_key",
    "account",
    "outbox_letter",
}
CLASH = "Этот СНИЛС в другой организации записан"


def clinic_a(work: Work, line: LineFacts) -> None:
    """A worker with everything: roles, a login, a recorded change of name, a letter, lists, a review."""
    card = Organisation(
        inn="5902012349",
        short_name="Заречная",
        full_name="Заречная",
        fold="заречная",
        kind="medical",
        subject="59",
        officer_email="a@example.com",
    )
    work.session.add(card)
    work.session.flush()
    place = card.id or 0
    made = creation.create(work, kind=KIND, organisation_id=place, lines=[line])
    made.status = Status.GRANTED
    [row] = lookup.lines_of(work, made)
    enrolling.take_over(work, made, [(people.of_line(work, row), line)])
    for role in BOTH_ROLES:
        granted(
            work,
            person_id=row.person_id or 0,
            organisation_id=place,
            subsystem=role.subsystem,
            role=role.role,
            request_id=made.id or 0,
            line_id=row.id or 0,
        )
    links.issue(work, line_id=row.id or 0, purpose=links.LOGIN_CHECK)
    worker = people.of_line(work, row)
    names.rename(work, worker, FullName("Заречнова", line.given, line.patronymic), since=dt.date(2026, 11, 10))
    names.rename(work, worker, FullName(line.surname, line.given, line.patronymic), since=dt.date(2026, 11, 12))
    checklists.open_checklist(work, place, "worker")
    checklist_workers.add_worker(work, place, name=line.name, snils=line.snils, code="worker")
    reviews.start(work, until=work.now.date().replace(month=12))
    creation.create(work, kind=KIND, organisation_id=place, lines=[line])


@dataclasses.dataclass
class Side:
    """One of the two worlds, with clinic B's officer in it."""

    world: World
    browser: TestClient
    program: TestClient
    account: int
    folder: Path
    told: list[str] = dataclasses.field(default_factory=list)

    def say(self, what: str, answer: object) -> None:
        status = getattr(answer, "status_code", "")
        words = str(getattr(answer, "text", answer))
        self.told.append(f"{what}: {status} {re.sub(r'Сохранено [0-9:]+|[0-9]+ мс', '', words)}")

    def act(self, what: str, act: Callable[[Work], object]) -> None:
        """Under clinic B's scope; a refusal is an answer too."""
        with self.world.installation.work(by="officer-b", only_of=self.account) as work:
            try:
                with work.session.begin_nested():
                    self.say(what, act(work))
            except Exception as refused:
                self.say(what, f"{type(refused).__name__} {refused} {getattr(refused, 'findings', '')}")


def rows(world: World) -> dict[str, set[str]]:
    with world.installation.reading(by="тест") as work:
        tables = [each for each in SQLModel.metadata.sorted_tables if each.name not in CHANGED_BY_LOOKS]
        return {each.name: {repr(tuple(row)) for row in work.session.execute(each.select())} for each in tables}


def played(folder: Path, monkeypatch: pytest.MonkeyPatch, known: LineFacts, *, everywhere: bool = True) -> list[str]:
    """What clinic B was told in a world in which clinic A knows that person; `everywhere`: whichever address it asks."""
    folder.mkdir()
    (folder / "secret.key").write_bytes(b"the same in both worlds".ljust(32))
    monkeypatch.setenv("EGISZ_HOME", str(folder))
    world = open_world(folder)
    with world.installation.work(by="тест") as work:
        clinic_a(work, known)
        own = clinic(work).id or 0
    browser = client(world, "officer-b", [Role.OFFICER, Role.MANAGER, Role.AUDITOR], [own])
    with world.installation.work(by="тест") as work:
        account = work.session.exec(select(Account.id)).one() or 0
    side = Side(world, browser, caller(world, "officer-b"), account, folder)
    try:
        done(side, everywhere)
    finally:
        world.installation.engine.dispose()
    return side.told


def write(side: Side) -> None:
    """Everything by which an officer of clinic B brings a number in."""
    browser, program = side.browser, side.program
    draft = browser.post("/requests/new/organisation", data={"kind": KIND, "card": "2"}, follow_redirects=False)
    at = re.sub(r"/[a-z]+$", "", draft.headers["location"])
    row = {
        "row": "new1",
        "new1.line": "",
        "new1.snils": SNILS,
        "new1.surname": "Иванова",
        "new1.given": "Анна",
        "new1.patronymic": "Петровна",
        "new1.email": "anna@clinic-b.ru",
        "new1.post": "Кадровик",
        "new1.role": ["frmo:organisation", "frmr:organisation"],
    }
    side.say("row", browser.post(f"{at}/people/row", data=row))
    side.say("page", browser.get(f"{at}/people"))
    side.say("known", browser.post(f"{at}/people/known", data={"surname": "Иван"}))
    side.say("known former", browser.post(f"{at}/people/known", data={"surname": "Заречн"}))
    side.say("pick", browser.post(f"{at}/people/known", data={"person": ["1", "2", "3"]}))
    side.say(
        "paste",
        browser.post(
            f"{at}/people/paste", data={"pasted": f"СНИЛС\tФИО\n{SNILS}\tИванова Анна Петровна\n", "replace": ""}
        ),
    )
    for said in ("renamed", "corrected", "checked"):
        data = {"line": "3", "said": said, "since": "2026-11-01"}
        side.say(said, browser.post(f"{at}/people/identity", data=data))
    side.say("check", browser.get(f"{at}/check"))
    people_in = [
        {
            "snils": SNILS,
            "surname": "Иванова",
            "given": "Анна",
            "patronymic": "Петровна",
            "email": "anna@clinic-b.ru",
            "post": "Кадровик",
        }
    ]
    side.say("create", program.post("/api/v1/requests", json={"kind": KIND, "inn": INN, "people": people_in}))
    replaced = program.put("/api/v1/requests/4/people", json={"people": people_in})
    side.say("replace", replaced)
    side.say("findings", program.get("/api/v1/requests/4/findings"))
    line = replaced.json()["lines"][0]["id"]
    for said in ("renamed", "corrected", "checked"):
        data = {"said": said, "since": "2026-11-01"}
        side.say(f"identity {said}", program.post(f"/api/v1/requests/4/people/{line}/identity", json=data))
    side.say("findings after", program.get("/api/v1/requests/4/findings"))
    side.say("logins", program.post("/api/v1/requests/4/logins", json={"lines": [], "proven": False}))
    side.say("search", program.post("/api/v1/people/search", json={"text": SNILS}))
    side.say("search name", program.post("/api/v1/people/search", json={"text": "Иванова"}))
    side.say("search former", program.post("/api/v1/people/search", json={"text": "Заречнова"}))
    left = ("Список.csv", f"СНИЛС;ФИО\n{SNILS};Иванова Анна Петровна".encode(), "text/csv")
    side.say("leavers", browser.post("/leavers", data={"inn": INN, "way": "file"}, files={"left": left}))
    file = roster(side.folder / "left.csv", [(SNILS, "Иванова Анна Петровна")])
    side.act("departures", lambda work: leavers.departures(work, file, inn=INN, apply=True).as_json())
    side.act("list", lambda work: checklists.open_checklist(work, 2, "worker") is None)
    side.act(
        "worker",
        lambda work: (
            checklist_workers.add_worker(work, 2, name="Иванова Анна Петровна", snils=SNILS, code="worker").name
        ),
    )
    side.act("invite", lambda work: taking.take(work, lookup.get(work, 4), "invite").status)
    side.act("validate", lambda work: taking.take(work, lookup.get(work, 4), "validate").status)
    side.act("granted", lambda work: _granted(work))
    side.act("review", lambda work: reviews.start(work).id)
    side.act(
        "answer",
        lambda work: [each.number for each in reviews.answer(work, reviews.open_campaign(work), inn=INN, drop=[SNILS])],
    )
    side.act("of person", lambda work: evidence.of_person(work, SNILS).files)
    side.act("holders", lambda work: grants.holders(work))
    side.act("held", lambda work: [each.label for each in revocations.held_by(work, people.numbered(work, [SNILS]))])
    side.act("meant", lambda work: searching.people_meant(work, searching.Filters(text=SNILS)))
    side.act("change", lambda work: names.change(work, people.get(work, 2), {"email": "new@clinic-b.ru"}).email)
    side.act(
        "rename",
        lambda work: names.rename(work, people.get(work, 2), FullName("Белова", "Анна"), since=work.now.date()).name,
    )
    side.act("strange card", lambda work: names.change(work, people.get(work, 1), {"email": "new@clinic-b.ru"}))
    _visit(side)


def _granted(work: Work) -> int:
    """The desk's answer to clinic B's request, without its papers."""
    request = request_at(work, Status.GRANTED)
    [first, *_] = lookup.lines_of(work, request)
    for role in BOTH_ROLES:
        granted(
            work,
            person_id=first.person_id or 0,
            organisation_id=2,
            subsystem=role.subsystem,
            role=role.role,
            request_id=request.id or 0,
            line_id=first.id or 0,
        )
    return request.id or 0


def _visit(side: Side) -> None:
    """The employee's own page, by clinic B's link."""
    with side.world.installation.work(by="тест") as work:
        [line, *_] = lookup.lines_of(work, lookup.get(work, 4))
        token = links.token(work, links.issue(work, line_id=line.id or 0, purpose=links.FIRST_LOGIN))
    employee = TestClient(app_for(side.world.installation), headers={"Sec-Fetch-Site": "same-origin"})
    side.say("link", employee.get(f"/my/{token}"))
    side.say("logged in", employee.post(f"/my/{token}/done", data={"confirmed": "1", "seen": "1"}))


def look(side: Side) -> None:
    """Every address with every number that there is in either clinic."""
    for route in routes(app_for(side.world.installation)):
        if "GET" not in (route.methods or ()) or route.path.startswith(
            ("/my/", "/static", "/login", "/api", "/admin", "/help")
        ):
            continue
        for number in "124" if "{" in route.path else "1":
            path = re.sub(r"\{[^}]+\}", number, route.path)
            answer = side.browser.get(path, follow_redirects=False)
            if answer.headers.get("content-type", "").startswith(("text/html", "application/json", "text/csv")):
                side.say(path, answer)
            else:
                side.told.append(f"{path}: {answer.status_code}")
    for route in application().routes:
        for entry in getattr(getattr(route, "original_router", None), "routes", [route]):
            for number in "124" if "GET" in (getattr(entry, "methods", None) or ()) else "":
                path = "/api/v1" + re.sub(r"\{[^}]+\}", number, entry.path)
                if not entry.path.startswith(("/openapi", "/audit/verdict")):
                    side.say(path, side.program.get(path))
    for words in (SNILS, "Иванова", "Заречн", "119"):
        side.say(f"board {words}", side.browser.get("/", params={"text": words}))
        side.say(f"people {words}", side.browser.get("/people", params={"text": words, "everybody": "1"}))


def done(side: Side, everywhere: bool) -> None:
    before = rows(side.world)
    write(side)
    if everywhere:
        look(side)
    after = rows(side.world)
    own = {"organisation"}  # clinic B's card is there from the beginning
    gone: dict[str, Any] = {name: kept - after[name] for name, kept in before.items() if name not in own}
    assert {name: lost for name, lost in gone.items() if lost} == {}


_SECRETS = ("Заречнова", "clinic-a", "Хирург", "5902012349", "Журавл", "Жанна")


def test_a_person_of_the_same_name_makes_no_difference_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = played(tmp_path / "known", monkeypatch, THEIRS)
    unknown = played(tmp_path / "unknown", monkeypatch, dataclasses.replace(THEIRS, snils=ANOTHER))
    assert len(known) > 150
    for one, other in zip(known, unknown, strict=True):
        assert one == other
    text = "\n".join(known)
    assert [word for word in _SECRETS if word in text] == [] and CLASH not in text


def test_of_a_person_of_another_name_one_sentence_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = dataclasses.replace(THEIRS, surname="Журавлёва", given="Жанна")
    known = played(tmp_path / "known", monkeypatch, stranger, everywhere=False)
    unknown = played(tmp_path / "unknown", monkeypatch, dataclasses.replace(stranger, snils=ANOTHER), everywhere=False)
    different = {one.partition(":")[0] for one, other in zip(known, unknown, strict=False) if one != other}
    assert {"row", "page", "findings"} <= different
    text = "\n".join(known)
    assert CLASH in text and CLASH not in "\n".join(unknown)
    assert [word for word in _SECRETS if word in text] == []
