"""The pages on PostgreSQL: every address answers, and what people do most is done there too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlmodel import SQLModel

from actions.requests import lookup
from models.account import Account, Role
from models.checklist import OpenedChecklist
from models.comment import Comment
from models.organisation import Organisation
from models.request import AccessRequest, Status
from models.review import ReviewCampaign
from tests.postgres import migrated_database
from tests.web.api.calling import caller
from tests.web.test_every_page import addresses
from tests.web.town import build
from tests.web.users import client
from tests.web.world import KIND, Clock, World
from wiring.settings import PagePart, Settings
from wiring.work import Installation


@pytest.fixture(scope="module")
def town(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        home, clock = tmp_path_factory.mktemp("home"), Clock()
        patch.setenv("EGISZ_HOME", str(home))
        page = PagePart(public_url="http://testserver")
        world = World(
            Installation(Settings(home=home, page=page, database_url=SecretStr(migrated_database(server))), clock),
            clock,
        )
        build(world, tmp_path_factory.mktemp("refbook"))
        yield world
        world.installation.engine.dispose()


@pytest.fixture(scope="module")
def everybody(town: World) -> TestClient:
    return client(town, "everybody", list(Role))


def test_every_address_answers(town: World, everybody: TestClient) -> None:
    answers = {path: everybody.get(path, follow_redirects=False).status_code for path in addresses(town)}
    assert {path: status for path, status in answers.items() if status not in (200, 303, 308)} == {}
    assert len(answers) > 80


@pytest.mark.parametrize(
    "path",
    [
        "/requests/99999999999",
        "/requests/1/files/99999999999",
        "/people/99999999999",
        "/organisations/99999999999999999999",
    ],
)
def test_a_number_that_no_row_has_is_no_page(everybody: TestClient, path: str) -> None:
    assert everybody.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/?text=%00", "/people?organisation=999999999999999", "/triage/1?chosen=99999999999", "/audit?since=0001-01-01"],
)
def test_what_no_column_holds_is_told_as_a_mistake(everybody: TestClient, path: str) -> None:
    answer = everybody.get(path)
    assert answer.status_code in (200, 422)
    assert "Ошибка в программе" not in answer.text


def test_words_are_found_in_any_case_of_letters(everybody: TestClient) -> None:
    for text in ("СТОМАТОЛОГИЯ", "стоматология"):
        assert "Стоматология на Ленина" in everybody.get("/organisations", params={"text": text}).text
        assert "Стоматология на Ленина" in everybody.get("/", params={"text": text, "view": "list"}).text
    assert "Абрамова" in everybody.get("/people", params={"text": "аБРАМОВА"}).text


def test_a_comment_is_written_without_its_nul(town: World, everybody: TestClient) -> None:
    answer = everybody.post("/requests/1/comments", data={"text": "Звонила\0 в СТП, ждём"}, follow_redirects=True)
    assert answer.status_code == 200 and "Звонила в СТП, ждём" in answer.text


def test_a_step_is_taken(town: World, everybody: TestClient) -> None:
    with town.installation.reading(by="тест") as work:
        draft = next(
            each for each in (lookup.get(work, number) for number in range(2, 16)) if each.status is Status.DRAFT
        )
    answer = everybody.post(
        f"/requests/{draft.id}/steps/withdraw",
        data={"revision": str(draft.revision), "reason": "Не нужна"},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    with town.installation.reading(by="тест") as work:
        assert lookup.get(work, draft.id or 0).status is Status.WITHDRAWN


def test_a_program_lists_requests_and_its_calls_act_once(town: World) -> None:
    program = caller(town, "program", [Role.OFFICER])
    assert len(program.post("/api/v1/requests/search", json={"text": "ленина"}).json()["items"]) > 0
    assert program.get("/api/v1/requests/99999999999").status_code == 404
    assert program.post("/api/v1/requests/1/comments", json={"text": "а\0б"}).status_code in (201, 422)
    key = {"Idempotency-Key": "одно".encode().hex()}
    answers = [program.post("/api/v1/requests/1/comments", json={"text": "Дважды"}, headers=key) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]


def _at_once(act: Callable[[], Response], times: int = 4) -> list[int]:
    """Statuses of the same act done by several threads that wait for each other."""
    gate, found = threading.Barrier(times), []

    def one() -> None:
        gate.wait()
        found.append(act().status_code)

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


# An address, what is sent there, the table that grows, and by how many rows.
DOUBLE = (
    ("/admin/users/new", {"login": "twice", "name": "Дважды Два", "roles": "officer", "seen": "all"}, Account, 1),
    ("/organisations/2/checklist/worker/open", {}, OpenedChecklist, 2),  # with the list that it builds on
    ("/reviews", {"year": "2027", "until": "2027-02-01", "inns": ""}, ReviewCampaign, 1),
    ("/organisations/new", {"inn": "7728168971"}, Organisation, 1),
    ("/requests/1/comments", {"text": "Щёлкнули дважды", "after": "0"}, Comment, 1),
    ("/requests/new/organisation", {"kind": KIND, "card": "2"}, AccessRequest, 2),  # with its add-application
)


@pytest.mark.parametrize(("path", "form", "table", "more"), DOUBLE, ids=[each[0] for each in DOUBLE])
def test_four_clicks_at_the_same_moment_are_one(
    town: World, path: str, form: dict[str, str], table: type[SQLModel], more: int
) -> None:
    """Each comes by a connection of its own: the database decides which was first."""
    browsers = [client(town, "everybody", list(Role)) for _ in range(4)]
    before = _count(town, table)
    statuses = _at_once(lambda: browsers.pop().post(path, data=form, follow_redirects=False))
    assert set(statuses) <= {200, 303, 409, 422} and statuses[0] < 400, statuses
    assert _count(town, table) == before + more


def _count(town: World, table: type[SQLModel]) -> int:
    with town.installation.reading(by="тест") as work:
        return work.session.execute(select(func.count()).select_from(table)).scalar_one()
