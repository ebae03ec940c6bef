"""Pictures for the README, of synthetic data: `python -m tests.web.screenshots docs/screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from actions.requests import lookup
from models.account import Role
from tests.web.browsing import CHROMIUM, FLAGS, served
from tests.web.town import build
from tests.web.users import session_of
from tests.web.world import open_world, personal_link
from web.shell.cookies import COOKIE

# name of the picture: (address, width, height, colours)
_PICTURES = {
    "board": ("/", 1280, 860, "light"),
    "today": ("/today", 1280, 860, "light"),
    "request": ("/requests/5", 1280, 860, "light"),
    "people": ("/people", 1280, 720, "dark"),
    "new": ("/requests/12/people", 1280, 760, "light"),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        world = open_world(Path(home) / "home")
        build(world, Path(home))
        with world.installation.work(by="показ") as work:
            token = personal_link(work, lookup.get(work, 1), "login-check")
        session = session_of(world, "kadry", list(Role))
        with served(world) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            for name, (address, width, height, colours) in _PICTURES.items():
                _shoot(browser, base, address, folder / f"{name}.png", (width, height), colours, session)
            _shoot(browser, base, f"/my/{token}", folder / "personal.png", (390, 860), "light")
            browser.close()
        world.installation.engine.dispose()


def _shoot(
    browser: Browser, base: str, address: str, target: Path, size: tuple[int, int], colours: str, session: str = ""
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="ru-RU",
        color_scheme="dark" if colours == "dark" else "light",
    )
    if session:
        context.add_cookies([{"name": COOKIE, "value": session, "url": base}])
    page = context.new_page()
    page.goto(base + address, wait_until="networkidle")
    page.screenshot(path=target)
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
