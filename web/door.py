"""The door of the managers' pages: closed unless the address is a public one, a key is shown or a session runs."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from web.access import COOKIE, LASTS, is_key, is_session, issue_session
from web.installed import installed
from web.rendering import page

PUBLIC = ("/static/", "/my/", "/help/", "/health")


class Door:
    """ASGI middleware: what is not public by name is closed by default."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _turned_away(Request(scope)) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)


def _turned_away(request: Request) -> Response | None:
    """None lets in."""
    if request.url.path.startswith(PUBLIC):
        return None
    if request.method in ("GET", "HEAD") and "key" in request.query_params:
        return _let_in(request)
    installation = installed(request)
    if is_session(installation.policy.link_secret, request.cookies.get(COOKIE, ""), installation.clock()):
        return None
    # A link in somebody's webmail does not carry our Strict cookie; a reload that starts from our page does.
    retry = request.headers.get("sec-fetch-site") == "cross-site" and request.method == "GET"
    return page(request, "locked.html", status=401, wrong=False, retry=retry)


def _let_in(request: Request) -> Response:
    installation = installed(request)
    secret = installation.policy.link_secret
    if not is_key(secret, request.query_params["key"]):
        return page(request, "locked.html", status=403, wrong=True, retry=False)
    rest = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "key"])
    clean = "/" + request.url.path.lstrip("/") + (f"?{rest}" if rest else "")
    answer = RedirectResponse(clean, status_code=303)
    answer.set_cookie(
        COOKIE, issue_session(secret, installation.clock()), max_age=int(LASTS.total_seconds()),
        httponly=True, samesite="strict", secure=request.url.scheme == "https",
    )
    return answer
