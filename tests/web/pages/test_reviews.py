"""The yearly review: campaigns and how far everybody is, and the page that the letter points to."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient
from sqlalchemy import select

from actions.reviews import reviews
from models.account import Role
from models.grant import Grant
from models.letters import OutboxLetter
from models.request import AccessRequest, Status
from models.review import ReviewQuestion
from tests.web.pages.test_people import elsewhere, held, seen
from tests.web.users import client
from tests.web.world import World, request_at


def two_roles(world: World) -> None:
    """One employee of the clinic holds both."""
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        held(work, request=request)
        held(work, 0, ("frmr", "organisation"), request=request)


def asked(world: World) -> tuple[str, list[int]]:
    """Where the clinic answers, and the numbers of its two questions."""
    two_roles(world)
    with world.installation.work(by="тест") as work:
        reviews.start(work, year=2026, until=None, inns=())
    with world.installation.work(by="тест") as work:
        letter = work.session.execute(
            select(OutboxLetter).where(OutboxLetter.recipient == "officer@example.com")
        ).scalar_one()
        questions = work.session.execute(select(ReviewQuestion.id).order_by(ReviewQuestion.id)).scalars()
        return letter.text.partition("http://testserver")[2].split()[0], [number or 0 for number in questions]


def counts(world: World) -> dict[str, int]:
    with world.installation.work(by="тест") as work:
        return reviews.show(work, reviews.find(work)).counts()


def test_letter_leads_to_a_page_on_which_each_role_is_answered(officer: TestClient, world: World) -> None:
    address, (first, second) = asked(world)
    text = officer.get(address).text
    assert "Иванова" in text
    assert text.count('type="radio"') == 4
    answer = officer.post(address, data={f"answer-{first}": "keep", f"answer-{second}": "drop"}, follow_redirects=True)
    assert "Ответы сохранены" in answer.text
    assert counts(world) == {"keep": 1, "drop": 1, "ended": 0, "open": 0}
    with world.installation.work(by="тест") as work:
        kinds = {kind.code for kind in work.catalog.kinds.values() if kind.revokes}
        [draft] = work.session.execute(select(AccessRequest).where(AccessRequest.kind.in_(kinds))).scalars()
        assert draft.number in answer.text
        reviews.close(work, reviews.find(work))
    assert officer.post(address, data={f"answer-{first}": "drop"}).status_code == 409
    closed = officer.get(address).text
    assert "Проверка закрыта" in closed and 'type="radio"' not in closed
    assert officer.get("/reviews/99").status_code == 404


def test_one_button_keeps_everything_that_was_not_marked(officer: TestClient, world: World) -> None:
    address, (first, _) = asked(world)
    officer.post(address, data={f"answer-{first}": "drop", "rest": "1"})
    assert counts(world) == {"keep": 1, "drop": 1, "ended": 0, "open": 0}


def test_without_the_button_what_was_not_marked_stays_open(officer: TestClient, world: World) -> None:
    address, (first, _) = asked(world)
    answer = officer.post(address, data={f"answer-{first}": "keep"}, follow_redirects=True)
    assert "Осталось без ответа: 1" in answer.text
    assert counts(world) == {"keep": 1, "drop": 0, "ended": 0, "open": 1}


def test_progress_is_shown_for_each_organisation(officer: TestClient, world: World) -> None:
    address, (first, _) = asked(world)
    officer.post(address, data={f"answer-{first}": "drop"})
    assert "1 из 2" in seen(officer.get("/reviews").text)
    campaign = seen(officer.get("/reviews/campaigns/1").text)
    assert "1 из 2 0 1 0 1" in campaign and "напомним через неделю" in campaign
    with world.installation.work(by="тест") as work:
        reviews.reminded(work, [int(address.rpartition("/")[2])])
    assert "напомнили 23.11.2026 12:00" in seen(officer.get("/reviews/campaigns/1").text)


def test_progress_counts_as_the_whole_review_does(world: World) -> None:
    _, (first, second) = asked(world)
    with world.installation.work(by="тест") as work:
        campaign = reviews.find(work)
        reviews.answer(
            work, campaign, inn=reviews.show(work, campaign).organisations[0].organisation.inn, keep=[str(first)]
        )
        question = work.session.get(ReviewQuestion, second)
        assert question is not None
        ended = work.session.get(Grant, question.grant_id)
        assert ended is not None
        ended.until = work.now
    with world.installation.work(by="тест") as work:
        [entry] = reviews.progress(work, [campaign.id or 0])
        whole = reviews.show(work, reviews.find(work)).counts()
    assert {"keep": entry.keep, "drop": entry.drop, "ended": entry.ended, "open": entry.open} == whole
    assert whole == {"keep": 1, "drop": 0, "ended": 1, "open": 0} and (entry.total, entry.answered) == (2, 2)


def test_a_campaign_is_started_and_closed_from_the_page(officer: TestClient, world: World) -> None:
    nothing = officer.post("/reviews", data={"year": "2026", "until": "2026-12-20", "inns": ""})
    assert nothing.status_code == 422 and "действующих ролей нет" in nothing.text
    two_roles(world)
    for data, told in (
        ({"year": "26", "until": "2026-12-20"}, "четырьмя цифрами"),
        ({"year": "2026", "until": "завтра"}, "Не похоже на дату"),
        ({"year": "2026", "until": "2026-11-01"}, "уже прошёл"),
        ({"year": "2026", "until": "2026-12-20", "inns": "123"}, "ИНН"),
        (
            {"year": "2026", "until": "2026-12-20", "inns": "5902012349"},
            "найдите организацию в разделе «Организации» или командой",
        ),
    ):
        refused = officer.post("/reviews", data=data)
        assert refused.status_code == 422 and told in refused.text and f'value="{data["year"]}"' in refused.text
    made = officer.post("/reviews", data={"year": "2026", "until": "2026-12-20"}, follow_redirects=True)
    assert "проверка за 2026 год" in seen(made.text) and "Отвечено 0 из 2" in seen(made.text)
    closed = officer.post("/reviews/campaigns/1/close", follow_redirects=True)
    assert "Закрыта 23.11.2026" in seen(closed.text) and "Закрыть проверку" not in closed.text
    assert officer.post("/reviews/campaigns/1/close").status_code == 409


def test_who_may_conduct_a_review(world: World) -> None:
    address, (first, _) = asked(world)
    with world.installation.work(by="тест") as work:
        own = reviews.show(work, reviews.find(work)).organisations[0].organisation.id or 0
    narrow = client(world, "narrow", {Role.OFFICER}, [own])
    administrator, manager = client(world, "admin", {Role.ADMINISTRATOR}), client(world, "manager", {Role.MANAGER})
    for browser in (narrow, manager, client(world, "auditor", {Role.AUDITOR})):
        assert browser.post("/reviews", data={"year": "2027"}).status_code == 403
        assert browser.post("/reviews/campaigns/1/close").status_code == 403
        assert "Начать проверку" not in browser.get("/reviews").text
    assert 'type="radio"' not in manager.get(address).text and manager.post(address, data={}).status_code == 403
    assert narrow.post(address, data={f"answer-{first}": "keep"}, follow_redirects=False).status_code == 303
    assert administrator.post(address, data={f"answer-{first}": "keep"}).status_code == 403
    assert administrator.post("/reviews/campaigns/1/close", follow_redirects=False).status_code == 303


def test_a_user_sees_only_his_organisation_in_a_review(world: World) -> None:
    with world.installation.work(by="тест") as work:
        elsewhere(work)
    address, _ = asked(world)
    with world.installation.work(by="тест") as work:
        entries = reviews.show(work, reviews.find(work)).organisations
        [own] = [entry for entry in entries if f"/reviews/{entry.asked.id}" == address]
        [other] = [entry for entry in entries if entry is not own]
    user = client(world, "narrow", {Role.OFFICER}, [own.organisation.id or 0])
    text = user.get("/reviews/campaigns/1").text
    assert re.findall(r'href="/reviews/(\d+)"', text) == [str(own.asked.id)] and "0 из 2" in seen(text)
    assert user.get(f"/reviews/{other.asked.id}").status_code == 404
