"""The door: closed unless the address is a public one or a session runs whose user may do what is asked."""

from __future__ import annotations

from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from actions.accounts import second_step, sessions
from actions.accounts.user import User
from actions.context import Work
from models.account import Account
from web.shell import cookies
from web.shell.errors import notice
from web.shell.installed import installed
from web.shell.permissions import SAFE, roles_for
from web.shell.proxies import caller_address
from web.shell.users import user_from
from wiring.database import unless_busy

PUBLIC = (
    "/static/",
    "/my/",
    "/help/",
    "/health",
    "/login",
    "/setup",
    "/calendar/",
    "/api/",
)  # the API has a door of its own
_GREETED = (
    "/help/",
    "/api/problems/",
)  # public pages that know who looks, so that the menu stays; a personal page never does
_PASSWORD, _SECOND_STEP = "/account/password", "/account/second-step"


class Door:
    """ASGI middleware: what is not public by name is closed by default."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_public(scope["path"]):
            if scope["type"] == "http" and _greets(scope["path"]):
                await run_in_threadpool(_greet, Request(scope))
            await self.app(scope, receive, send)
            return
        answer = await run_in_threadpool(_turned_away, Request(scope))
        await (answer or self.app)(scope, receive, send)


def is_public(path: str) -> bool:
    return path.startswith(PUBLIC)


def _greets(path: str) -> bool:
    return path.startswith(_GREETED)


def _greet(request: Request) -> None:
    """Know the user where none is needed; with no session, or one that may do nothing yet, he stays a stranger."""
    found = recognised(request)
    if found is not None and not found[1]:
        request.scope.setdefault("state", {})["user"] = found[0]


def _turned_away(request: Request) -> Response | None:
    """None lets in; the user is then in the scope."""
    found = recognised(request)
    if found is None:
        return _to_login(request)
    user, errand = found
    request.scope.setdefault("state", {})["user"] = user
    if errand and request.url.path != "/logout" and not request.url.path.startswith(errand):
        return RedirectResponse(errand, status_code=303)
    if not user.roles & roles_for(request.method, request.url.path):
        return notice(
            request, 403, "Ваша роль этого не позволяет. Если это ваша работа, попросите администратора дать роль."
        )
    return None


def recognised(request: Request) -> tuple[User, str] | None:
    """The user of a session and the only page open to him, while he has something to do there first, or ""."""
    installation, token, address = installed(request), cookies.read(request), caller_address(request)
    if not token:
        return None
    with installation.reading(by="вход") as work:
        found = sessions.find(work, token)
        if found is None:
            return None
        session, account = found
        errand = _errand(work, account)
        stale = sessions.is_stale(work, session, address)
    if stale:
        with unless_busy(), installation.work(by="вход") as work:
            sessions.touch(work, session.id or 0, address)
    return user_from(account, session.id), errand


def _errand(work: Work, account: Account) -> str:
    """Somebody else chose his password, or he has no second step where it is obligatory."""
    if account.password_by_other and account.password_hash is not None:
        return _PASSWORD
    return _SECOND_STEP if second_step.is_lacking(work, account) else ""


def own_address(wanted: str) -> str:
    """Where to go on after the login: never to another site."""
    url = URL(wanted)
    inside = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not url.netloc
    return wanted if inside else "/"


def _to_login(request: Request) -> Response:
    """Back to the same page after the login; a form that was sent is not repeated."""
    from web.shell.sealed import without_words

    path, said = request.url.path, without_words(request.url.query)
    query = f"?{said}" if said else ""
    wanted = f"{path}{query}" if request.method in SAFE and path != "/" else ""
    target = f"/login?next={quote(wanted, safe='')}" if wanted else "/login"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)
