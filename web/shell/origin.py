"""A form is taken only from our own pages (CSRF): fetch metadata first, Origin for browsers that send none."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from web.shell import cookies
from web.shell.rendering import page

SAFE = ("GET", "HEAD", "OPTIONS")
API = "/api/v1/"


class OwnOrigin:
    """ASGI middleware: it answers before the body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not is_own(Request(scope)):
            answer = page(
                Request(scope),
                "frame/notice.html",
                status=403,
                title="Запрос не с этой страницы",
                text="Действие пришло с чужого сайта, поэтому не выполнено. Откройте страницу и повторите.",
            )
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def is_own(request: Request) -> bool:
    """Personal pages send no Referer, so over plain HTTP their Origin is "null"; their secret is in the address.

    A call of the API without a session's cookie is no form of a browser: its door asks for a token, which no other site has.
    """
    if request.url.path.startswith(API) and not cookies.read(request):
        return True
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    if origin in (None, "null"):
        return request.url.path.startswith("/my/")
    return urlsplit(origin).netloc == request.headers.get("host")
