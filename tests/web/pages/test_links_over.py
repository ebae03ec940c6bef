"""A personal link that is over – used, out of its term, erased, its request withdrawn – opens and does nothing at any address below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import func, select

from actions.post import links
from models.audit import Event
from models.link import EndedFor, PersonalLink
from models.request import AccessRequest, Status
from tests.web.apps import app_for
from tests.web.routes import routes
from tests.web.world import PEOPLE, World, personal_link, request_at

FORM = {"confirmed": "1", "seen": "1", "listed": ["ФРМО", "ФРМР"], "description": "Не открывается"}


def _ended(why: EndedFor) -> Callable[[World], None]:
    def end(world: World) -> None:
        with world.installation.work(by="тест") as work:
            links.end(work, why)

    return end


def _out_of_term(world: World) -> None:
    world.clock.now += dt.timedelta(days=400)


def _withdrawn(world: World) -> None:
    with world.installation.work(by="тест") as work:
        work.session.execute(update(AccessRequest).values(status=Status.WITHDRAWN))


OVER = {**{why.value: _ended(why) for why in EndedFor}, "term": _out_of_term, "withdrawn": _withdrawn}


@pytest.mark.parametrize("purpose", [links.FIRST_LOGIN, links.LOGIN_CHECK])
@pytest.mark.parametrize("how", OVER)
def test_no_address_of_a_link_that_is_over_opens_or_acts(
    stranger: TestClient, world: World, how: str, purpose: str
) -> None:
    with world.installation.work(by="тест") as work:
        status = Status.VALIDATED if purpose == links.FIRST_LOGIN else Status.GRANTED
        token = personal_link(work, request_at(work, status), purpose)
    assert stranger.get(f"/my/{token}").status_code == 200
    OVER[how](world)
    with world.installation.reading(by="тест") as work:
        before = work.session.execute(select(func.count()).select_from(Event)).scalar_one()
    tried = 0
    for route in routes(app_for(world.installation)):
        for method in (route.methods or set()) - {"HEAD"} if route.path.startswith("/my/") else ():
            answer = stranger.request(
                method, route.path.replace("{token}", token), data=FORM if method == "POST" else None
            )
            assert answer.status_code in (200, 404, 410) and "<form" not in answer.text, (
                method,
                route.path,
                answer.text,
            )
            assert not [word for _, *names in PEOPLE for word in names if word in answer.text], (method, route.path)
            tried += 1
    assert tried > 5
    with world.installation.reading(by="тест") as work:
        assert work.session.execute(select(func.count()).select_from(Event)).scalar_one() == before
        assert work.session.execute(select(func.count()).select_from(PersonalLink)).scalar_one() == 1
