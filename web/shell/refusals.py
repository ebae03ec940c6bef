"""Refusals and looks at what one may not see go into the log, whatever part of the page answered them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actions.accounts import refusals
from web.shell.installed import installed
from web.shell.users import user_of
from wiring.database import unless_busy

_API = "/api/v1/"
_NUMBER = re.compile(r"\d{1,9}")


class Refusals:
    """ASGI middleware: it notes after the answer has left, in a short transaction of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self.app(scope, receive, watched)
        if status in (401, 403, 404):
            await run_in_threadpool(_note, Request(scope), status)


def _note(request: Request, status: int) -> None:
    action = _action(request, status)
    if action:
        user = user_of(request)
        with unless_busy(), installed(request).work(by=user.login if user else "гость") as work:
            refusals.note(work, action, safe_address(request), method=request.method)


def _action(request: Request, status: int) -> str:
    """A wrong password is noted where the login is known. Of what is not there only a number that others may have counts."""
    path, user = request.url.path, user_of(request)
    if status == 403:
        return "refused.forbidden"
    if status == 401:
        return "refused.key" if path.startswith(_API) and request.headers.get("authorization") else ""
    return "refused.unseen" if user is not None and user.only_of is not None and re.search(r"/\d", path) else ""


def safe_address(request: Request) -> str:
    """Our own words and numbers of rows; whatever else was typed into the address may be a name, a СНИЛС or a secret."""
    known = _words_of_addresses(request.app)
    parts = request.url.path.strip("/").split("/")[:8]
    return "/" + "/".join(part if part in known or _NUMBER.fullmatch(part) else "…" for part in parts)


@cache
def _words_of_addresses(app: FastAPI) -> frozenset[str]:
    paths = [*_paths(app.routes), *_paths(app.state.api_routes), _API]
    return frozenset(part for path in paths for part in path.split("/") if part and "{" not in part)


def _paths(routes: Iterable[object]) -> Iterator[str]:
    """FastAPI keeps included routers whole."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from _paths(inner.routes)
            yield getattr(getattr(route, "include_context", None), "prefix", "")
        else:
            yield getattr(route, "path", "")
