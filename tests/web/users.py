"""Users of the page in tests: an account and a running session, without the tenth of a second that a password costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, Page

from actions.accounts import accounts, sessions
from models.account import Role
from tests.web.apps import app_for
from tests.web.world import World
from web.shell.cookies import COOKIE

NAMES = {
    "officer": "Королёва Нина Львовна", "manager": "Соколова Мария Ильинична", "auditor": "Фомин Фёдор Фомич",
    "administrator": "Админский Антон Антонович", "kadry": "Орлова Мария Петровна",
}  # fmt: skip
BOTH = (Role.OFFICER, Role.ADMINISTRATOR)


def session_of(
    world: World, login: str = "officer", roles: Collection[Role] = BOTH, organisations: Iterable[int] | None = None
) -> str:
    """The token of a new session; the account is made when it is not there. `organisations` None: sees all."""
    with world.installation.work(by="тест") as work:
        account = accounts.find(work, login) or accounts.create(
            work,
            login=login,
            name=NAMES.get(login, login),
            roles=set(roles),
            everywhere=organisations is None,
            organisation_ids=organisations or (),
            password_by_other=False,
        )
        return sessions.start(work, account, agent="Mozilla/5.0 (Windows NT 10.0) Chrome/140")


def cookie_of(world: World) -> str:
    """What the session's cookie is called there."""
    return f"{COOKIE}-practice" if world.installation.practice else COOKIE


def client(
    world: World, login: str = "officer", roles: Collection[Role] = BOTH, organisations: Iterable[int] | None = None
) -> TestClient:
    """A browser with a running session."""
    made = TestClient(app_for(world.installation), headers={"Sec-Fetch-Site": "same-origin"})
    made.cookies.set(cookie_of(world), session_of(world, login, roles, organisations))
    return made


def log_in(
    target: Page | BrowserContext,
    address: str,
    world: World,
    login: str = "officer",
    roles: Collection[Role] = BOTH,
    organisations: Iterable[int] | None = None,
) -> None:
    """The browser's context gets the cookie of a running session."""
    context = target.context if isinstance(target, Page) else target
    context.add_cookies(
        [{"name": cookie_of(world), "value": session_of(world, login, roles, organisations), "url": address}]
    )
