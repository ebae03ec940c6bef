"""The board and who moves next."""

from __future__ import annotations

import datetime as dt

import pytest
from fastapi.testclient import TestClient

from models.letters import OutboxState
from models.request import LineState, Status
from tests.web.world import NOON, World, package_letter, request_at
from web.boards import ORDER
from web.labels import path_of
from web.movers import Mover, Standing, next_mover

LATE = NOON - dt.timedelta(days=4)

_ACCESS = frozenset({"signed", "desk", "login", "first-login"})


def test_an_empty_board_tells_the_first_steps(officer: TestClient) -> None:
    text = officer.get("/").text
    assert "Заявок ещё нет" in text
    assert "egisz-access request new" in text


def test_requests_stand_by_state_with_counts_and_what_is_late_comes_first(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        soon = request_at(work, Status.AWAITING, due_at=NOON + dt.timedelta(hours=2), sent_at=LATE)
        late = request_at(work, Status.AWAITING, due_at=LATE, sent_at=LATE)
        draft = request_at(work)
    text = officer.get("/").text
    assert text.index(late.number) < text.index(soon.number) < text.index(draft.number)
    assert "осталось 1\u00a0раб.\u00a0ч" in text  # 13–14 is the desk's break
    assert "просрочено на" in text
    assert 'Ждёт ответа <span class="count">2</span>' in text
    assert "срок вышел <b>1</b>" in text


def test_the_address_filters(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        late = request_at(work, Status.AWAITING, due_at=LATE, sent_at=LATE, ticket="ABC-123-45678")
        draft = request_at(work)
    for query in ({"overdue": "1"}, {"state": "awaiting"}, {"text": "ABC-123-45678"}, {"text": late.number}):
        text = officer.get("/", params=query).text
        assert late.number in text.partition("</form>")[2] and draft.number not in text


def test_a_person_is_found_whatever_the_case_and_yo(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request = request_at(work)
    assert request.number in officer.get("/", params={"text": "ЕЛКИН"}).text
    nobody = officer.get("/", params={"text": "Сидоров"}).text
    assert "Ничего не нашлось" in nobody and request.number not in nobody


def test_what_is_typed_into_the_search_is_text_not_markup(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        request_at(work)
    text = officer.get("/", params={"text": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text and "&lt;script&gt;" in text


def test_an_unknown_state_in_the_address_is_not_found(officer: TestClient) -> None:
    assert officer.get("/", params={"state": "lost"}).status_code == 404


def test_every_state_has_its_place_on_the_board() -> None:
    assert set(ORDER) == set(Status)


@pytest.mark.rule("AWT-1")
@pytest.mark.parametrize(
    ("standing", "mover"),
    [
        (Standing(Status.DRAFT), Mover("Ответственный", "проверить и сделать документы")),
        (Standing(Status.VALIDATED), Mover("Ответственный", "подписать и приложить скан")),
        (Standing(Status.VALIDATED, traits=frozenset({"unsigned", "desk", "result"})), Mover("Ответственный", "отправить в СТП")),
        (Standing(Status.SIGNED), Mover("Ответственный", "отправить в СТП")),
        (Standing(Status.SIGNED, first_logins_owed=1), Mover("Работники", "первый вход: ждём, 1\u00a0работник")),
        (Standing(Status.SIGNED, letter=OutboxState.PROMISED), Mover("Почта", "письмо в очереди")),
        (
            Standing(Status.SIGNED, letter=OutboxState.UNCERTAIN),
            Mover("Ответственный", "судьба письма неясна – разберите"),
        ),
        (Standing(Status.AWAITING, letter=OutboxState.SENT), Mover("СТП", "ответить")),
        (Standing(Status.AWAITING, overdue=True), Mover("СТП", "срок вышел")),
        (Standing(Status.AWAITING, question=True), Mover("Ответственный", "ответить на вопрос СТП")),
        (Standing(Status.REJECTED), Mover("Ответственный", "исправить и подать снова")),
        (Standing(Status.GRANTED, traits=frozenset({"signed", "desk", "result"})), Mover("Ответственный", "проверить результат")),
        (
            Standing(Status.GRANTED, lines={LineState.GRANTED: 2, LineState.TROUBLE: 1, LineState.VERIFIED: 3}),
            Mover("Работники", "проверить вход: осталось 3, не получается у 1"),
        ),
        (Standing(Status.VERIFIED), Mover()),
    ],
)
def test_the_next_mover_is_the_one_without_whom_nothing_goes_on(standing: Standing, mover: Mover) -> None:
    assert next_mover(standing) == mover


def test_the_board_knows_letters_and_logins(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        package_letter(work, request_at(work, Status.SIGNED), OutboxState.FAILED)
        request_at(work, Status.SIGNED)
    text = officer.get("/", params={"state": "signed"}).text
    assert "письмо не ушло – разберите" in text
    assert "первый вход: ждём, 2\u00a0работника" in text


def test_the_path_shows_only_the_way_that_this_request_goes(world: World) -> None:
    with world.installation.work(by="тест") as work:
        signed = request_at(work, Status.AWAITING)
        refused = request_at(work, Status.REJECTED)
    places = {status: place for status, _, place in path_of(signed, _ACCESS)}
    assert places[Status.SIGNED] == "past" and places[Status.AWAITING] == "now" and places[Status.GRANTED] == "ahead"
    assert Status.SIGNED not in [status for status, _, _ in path_of(signed, frozenset({"unsigned", "desk", "login"}))]
    assert path_of(refused, _ACCESS)[-1] == (Status.REJECTED, "отказ", "now")
    assert path_of(signed, frozenset({"signed", "desk", "result"}))[-1][1] == "результат проверен"
