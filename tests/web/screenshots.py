"""Pictures for the README, of synthetic data: `python -m tests.web.screenshots docs/screenshots`."""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from actions import requests
from actions.context import Work
from models.letters import OutboxState
from models.organisation import Organisation
from models.request import LineState, Status
from models.text import fold
from tests.web.browsing import CHROMIUM, FLAGS, served
from tests.web.users import session_of
from tests.web.world import NOON, open_world, package_letter, personal_link, received, request_at
from web.door import COOKIE

CLINICS = (
    ("5902012349", "ГБУЗ ПК «Детская поликлиника № 3»"),
    ("5406123450", "АО «Стоматология на Ленина»"),
    ("7810334452", "ООО «Семейный врач»"),
)
HOUR = dt.timedelta(hours=1)


def _clinics(work: Work) -> list[int]:
    rows = [Organisation(inn=inn, short_name=name, full_name=name, fold=fold(name)) for inn, name in CLINICS]
    work.session.add_all(rows)
    work.session.flush()
    return [row.id or 0 for row in rows]


def populate(work: Work) -> str:
    """A board with something in most states; gives an employee's token for the login check."""
    late = NOON - 26 * HOUR * 4
    children, dental, family = _clinics(work)
    request_at(work, Status.AWAITING, sent_at=late, due_at=late + 50 * HOUR, organisation_id=children)
    asked = request_at(
        work, Status.AWAITING, sent_at=NOON, due_at=NOON + 29 * HOUR, organisation_id=dental,
        question="Уточните должность второго работника",
    )
    request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON + 48 * HOUR)
    request_at(work, Status.REJECTED, organisation_id=family, version=2)
    granted = request_at(work, Status.GRANTED, ticket="DEF-402-76990")
    requests.lines_of(work, granted)[1].state = LineState.VERIFIED
    request_at(work, Status.SIGNED, organisation_id=children)
    package_letter(work, request_at(work, Status.SIGNED, organisation_id=dental), OutboxState.PROMISED)
    request_at(work, Status.VALIDATED, organisation_id=family)
    request_at(work, organisation_id=children)
    request_at(work, Status.VERIFIED, organisation_id=dental)
    received(work, asked, {"kind": "answer", "outcome": "question", "evidence": ["Уточните должность"]})
    return personal_link(work, granted, "login-check")


def _shoot(browser: Browser, address: str, target: Path, size: tuple[int, int], session: str = "") -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, locale="ru-RU")
    if session:
        page.context.add_cookies([{"name": COOKIE, "value": session, "url": address}])
    page.goto(address)
    page.screenshot(path=target)
    page.close()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        world = open_world(Path(home))
        with world.installation.work(by="ответственный") as work:
            token = populate(work)
        session = session_of(world)
        with served(world) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            _shoot(browser, f"{base}/", folder / "board.png", (1280, 960), session)
            _shoot(browser, f"{base}/my/{token}", folder / "personal.png", (390, 900))
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
