"""Where people have an https address nothing is said over plain http: neither a password nor a token travels in the open."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.shell.cookies import is_https
from web.shell.errors import notice
from web.shell.installed import installed
from web.shell.problems import problem

_TOLD = "Эта страница открывается только по https: по открытой связи пароль и данные увидели бы посторонние. Откройте {url}."


class OnlyHttps:
    """ASGI middleware. The proxy asks for the health over plain http; whoever typed the address is led to the login."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _turned_away(Request(scope)) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)


def _turned_away(request: Request) -> Response | None:
    if request.scope["scheme"] == "https" or request.url.path == "/health" or not is_https(request):
        return None
    url = installed(request).policy.page_url
    if request.method in ("GET", "HEAD") and request.url.path in ("/", "/login"):
        return RedirectResponse(f"{url}/login", status_code=307)
    told = _TOLD.format(url=url)
    return problem(request, "forbidden", told) if request.url.path.startswith("/api/v1") else notice(request, 403, told)
