"""Practice stands on another port of the same name, where browsers share cookies: each of the two knows its own only."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from tests.web.users import session_of
from tests.web.world import World
from web.app import create_app
from web.shell.cookies import COOKIE
from wiring.settings import Settings
from wiring.work import Installation


def test_a_session_of_practice_and_one_of_work_stand_side_by_side_and_open_nothing_of_the_other(
    world: World, tmp_path: Path
) -> None:
    other = World(Installation(Settings(home=tmp_path / "practice", practice=True), world.clock), world.clock)
    tokens = {COOKIE: session_of(world), f"{COOKIE}-practice": session_of(other)}
    for each, name in ((world, COOKIE), (other, f"{COOKIE}-practice")):
        page = TestClient(
            create_app(each.installation), headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
        )
        for held, opens in (
            (tokens, True),
            ({name: tokens[name]}, True),
            ({COOKIE if name != COOKIE else f"{COOKIE}-practice": tokens[name]}, False),
        ):
            page.cookies = held  # type: ignore[assignment]
            assert (page.get("/account").status_code == 200) is opens, (name, held)
        page.cookies = tokens  # type: ignore[assignment]
        left = page.post("/logout")
        assert [line.partition("=")[0] for line in left.headers.get_list("set-cookie")] == [name]
    other.installation.engine.dispose()
