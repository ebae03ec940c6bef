"""Comments on a request: who may write and remove, what a second click does, what erasure leaves."""

from __future__ import annotations

import datetime as dt

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from actions.keeping import erasure
from actions.requests import lookup
from actions.steps import comments
from models.account import Role
from models.audit import Event
from models.comment import Comment
from models.request import AccessRequest, Status
from tests.web.users import NAMES, client
from tests.web.world import NOON, World, request_at

WORDS = "Позвонила в СТП: ответят завтра"


@pytest.fixture
def request_(world: World) -> AccessRequest:
    with world.installation.work(by="тест") as work:
        return request_at(work)


def _kept(world: World) -> list[Comment]:
    with world.installation.work(by="тест") as work:
        return list(work.session.exec(select(Comment).order_by(col(Comment.id))))


def _told(world: World) -> list[Event]:
    with world.installation.work(by="тест") as work:
        return list(work.session.exec(select(Event).where(col(Event.action).startswith("comment."))))


def test_a_comment_is_shown_under_its_authors_name_and_the_log_has_no_word_of_it(
    officer: TestClient, world: World, request_: AccessRequest
) -> None:
    path = f"/requests/{request_.id}/comments"
    answer = officer.post(path, data={"text": f"  {WORDS}\nдо обеда <b>"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/requests/{request_.id}#comments")
    text = officer.get(f"/requests/{request_.id}").text
    assert f"{WORDS}\nдо обеда &lt;b&gt;" in text and NAMES["officer"] in text
    assert [(event.action, event.data) for event in _told(world)] == [("comment.added", '{"comment":1}')]


def test_an_empty_or_endless_comment_is_refused_and_what_was_typed_stays(
    officer: TestClient, world: World, request_: AccessRequest
) -> None:
    path = f"/requests/{request_.id}/comments"
    assert "Впишите текст" in officer.post(path, data={"text": " \n"}).text
    long = officer.post(path, data={"text": "я" * (comments.MOST_LETTERS + 1)})
    assert long.status_code == 422 and "можно до 4000" in long.text and "яяяя" in long.text
    assert _kept(world) == []


def test_a_second_click_does_not_say_it_twice_but_later_the_same_may_be_said(
    officer: TestClient, world: World, request_: AccessRequest
) -> None:
    path = f"/requests/{request_.id}/comments"
    for after in ("0", "0", "1"):
        officer.post(path, data={"text": WORDS, "after": after})
    assert [comment.text for comment in _kept(world)] == [WORDS, WORDS]


def test_with_htmx_the_list_comes_back_with_what_others_wrote_meanwhile(
    officer: TestClient, world: World, request_: AccessRequest
) -> None:
    with world.installation.work(by="manager") as work:
        comments.add(work, lookup.get(work, request_.id or 0), "Спасибо")
    answer = officer.post(f"/requests/{request_.id}/comments", data={"text": WORDS}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.index("Спасибо") < answer.text.index(WORDS)


def test_only_the_author_removes_his_comment_and_its_place_stays(
    officer: TestClient, world: World, request_: AccessRequest
) -> None:
    manager = client(world, "manager", {Role.MANAGER})
    manager.post(f"/requests/{request_.id}/comments", data={"text": WORDS})
    path = f"/requests/{request_.id}/comments/1/remove"
    assert officer.post(path).status_code == 403
    assert WORDS in officer.get(f"/requests/{request_.id}").text
    assert manager.post(path, follow_redirects=False).status_code == 303
    assert manager.post(path).status_code == 409
    text = officer.get(f"/requests/{request_.id}").text
    assert WORDS not in text and "Автор убрал этот комментарий" in text
    assert 'Комментарии <span class="count">0</span>' in text
    assert [comment.text for comment in _kept(world)] == [""]
    assert [event.action for event in _told(world)] == ["comment.added", "comment.removed"]


def test_a_comment_of_another_request_is_not_found(officer: TestClient, world: World, request_: AccessRequest) -> None:
    officer.post(f"/requests/{request_.id}/comments", data={"text": WORDS})
    with world.installation.work(by="тест") as work:
        other = request_at(work)
    assert officer.post(f"/requests/{other.id}/comments/1/remove").status_code == 404


def test_an_auditor_reads_and_does_not_write(world: World, request_: AccessRequest) -> None:
    auditor = client(world, "auditor", {Role.AUDITOR})
    assert auditor.get(f"/requests/{request_.id}/comments").status_code == 200
    assert auditor.post(f"/requests/{request_.id}/comments", data={"text": WORDS}).status_code == 403
    assert _kept(world) == []


def test_erasure_takes_the_words_and_the_authors_and_nobody_writes_any_more(
    officer: TestClient, world: World, request_: AccessRequest
) -> None:
    officer.post(f"/requests/{request_.id}/comments", data={"text": WORDS})
    with world.installation.work(by="тест") as work:
        lookup.get(work, request_.id or 0).status = Status.WITHDRAWN
    world.clock.now = NOON + dt.timedelta(days=world.installation.policy.retention_days + 1)
    with world.installation.work(by="стирание") as work:
        assert erasure.erase_due(work) == 1
    assert [(comment.text, comment.by) for comment in _kept(world)] == [("", "")]
    fresh = client(world)
    assert "Текст стёрт вместе с данными заявки" in fresh.get(f"/requests/{request_.id}").text
    assert fresh.post(f"/requests/{request_.id}/comments", data={"text": WORDS}).status_code == 409
