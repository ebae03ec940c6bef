"""The page that the yearly review's letter points to."""

from __future__ import annotations

from fastapi.testclient import TestClient
from sqlalchemy import select

from actions import reviews
from models.letters import OutboxLetter
from models.request import AccessRequest, Status
from models.review import ReviewQuestion
from tests.walking import request_at
from tests.web.world import World


def test_letter_leads_to_a_page_on_which_each_role_is_answered(officer: TestClient, world: World) -> None:
    request_at(world.installation, Status.GRANTED, count=1)
    with world.installation.work(by="тест") as work:
        reviews.start(work, year=2026, until=None, inns=())
    with world.installation.work(by="тест") as work:
        letter = work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "review")).scalar_one()
        address = letter.text.partition("http://testserver")[2].split()[0]
        first, second = work.session.execute(select(ReviewQuestion.id).order_by(ReviewQuestion.id)).scalars()
    text = officer.get(address).text
    assert "Орлова" in text
    assert text.count('type="radio"') == 4
    answer = officer.post(address, data={f"answer-{first}": "keep", f"answer-{second}": "drop"}, follow_redirects=True)
    with world.installation.work(by="тест") as work:
        campaign = reviews.find(work)
        assert reviews.show(work, campaign).counts() == {"keep": 1, "drop": 1, "ended": 0, "open": 0}
        kinds = {kind.code for kind in work.catalog.kinds.values() if kind.revokes}
        [draft] = work.session.execute(select(AccessRequest).where(AccessRequest.kind.in_(kinds))).scalars()
        assert draft.number in answer.text
        reviews.close(work, campaign)
    assert officer.post(address, data={f"answer-{first}": "drop"}).status_code == 409
    assert "Проверка закрыта" in officer.get(address).text
    assert officer.get("/reviews/99").status_code == 404
