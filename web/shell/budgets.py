"""How much one user, program or stranger may ask of the page in a minute, and at the same time; counted by each process."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from refusals import Refusal
from web.shell.users import user_of

AT_ONCE = 12  # of the forty threads of a process nobody takes more
_KEYS = 20_000
_LONGEST_WAIT = 10.0  # seconds for a turn among the calls of one key
_STRANGERS = 3000  # calls a minute of one address before anybody is known: a clinic shares it
HEAVY = 20
# What takes seconds of a core or opens files: a pack of documents, evidence, copies, tables, pictures of pages, lists.
_HEAVY = re.compile(
    r"/(evidence|package|backups|export|statistics|roster|verify|probe|imports?|leavers)(/|$|\.)|\.(xlsx|docx|zip|csv)$|/catalogue$"
)


class TooManyAtOnce(Exception):
    """The key's others are still under way."""


class OverBudget(Refusal):
    http_status = 429
    problem = "too-many"

    def __init__(self, seconds: float) -> None:
        self.retry_after = max(1, math.ceil(seconds))
        super().__init__(f"Слишком много запросов подряд. Повторите через {self.retry_after} с.")


@dataclass(slots=True)
class _Purse:
    left: float
    at: float
    running: int = 0


class Budgets:
    """A purse for each key, filled evenly; the one longest untouched is forgotten."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute, self._clock = per_minute, clock
        self._purses: OrderedDict[str, _Purse] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def spending(
        self, key: str, cost: int = 1, *, per_minute: int | None = None, at_once: int = AT_ONCE
    ) -> Iterator[None]:
        """Raises OverBudget, TooManyAtOnce."""
        with self._lock:
            purse = self._purse(key, per_minute or self.per_minute)
            if purse.running >= at_once:
                raise TooManyAtOnce
            if purse.left < cost:
                raise OverBudget((cost - purse.left) * 60 / (per_minute or self.per_minute))
            purse.left -= cost
            purse.running += 1
        try:
            yield
        finally:
            with self._lock:
                purse.running -= 1

    def _purse(self, key: str, per_minute: int) -> _Purse:
        now = self._clock()
        purse = self._purses.pop(key, None) or _Purse(per_minute, now)
        purse.left = min(per_minute, purse.left + (now - purse.at) * per_minute / 60)
        purse.at = now
        self._purses[key] = purse
        if len(self._purses) > _KEYS:
            self._purses.popitem(last=False)
        return purse


def cost(request: Request) -> int:
    """A heavy call counts as twenty; files are heavy whatever they are sent to."""
    files = request.headers.get("content-type", "").lower().startswith("multipart/")
    return HEAVY if files or _HEAVY.search(request.url.path) else 1


class StrangersBudget:
    """ASGI middleware before the door: even to be turned away costs a look into the database."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from web.shell.proxies import caller_address

        if scope["type"] != "http" or scope["path"].startswith("/static/") or scope["path"] == "/health":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        await _within(
            self.app,
            request,
            receive,
            send,
            f"address:{caller_address(request)}",
            1,
            per_minute=_STRANGERS,
            at_once=200,
        )


class UsersBudget:
    """ASGI middleware behind the door of the pages: one session asks so much."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = user_of(Request(scope)) if scope["type"] == "http" else None
        if user is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        await _within(self.app, request, receive, send, f"session:{user.session_id}", cost(request))


class TokensBudget:
    """ASGI middleware behind the door of the API: one token asks so much."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = scope.get("state", {}).get("token") if scope["type"] == "http" else None
        if token is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        await _within(self.app, request, receive, send, f"token:{token}", cost(request))


async def _within(
    app: ASGIApp,
    request: Request,
    receive: Receive,
    send: Send,
    key: str,
    price: int,
    *,
    per_minute: int | None = None,
    at_once: int = AT_ONCE,
) -> None:
    """A browser asks for all pictures of a page at once: those wait for their turn, which holds no thread."""
    budgets: Budgets = request.app.state.budgets
    until = time.monotonic() + _LONGEST_WAIT
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(budgets.spending(key, price, per_minute=per_minute, at_once=at_once))
                break
            except TooManyAtOnce:
                if time.monotonic() > until:
                    await _told(request, OverBudget(1))(request.scope, receive, send)
                    return
                await asyncio.sleep(0.05)
            except OverBudget as over:
                await _told(request, over)(request.scope, receive, send)
                return
        await app(request.scope, receive, send)


def _told(request: Request, over: OverBudget) -> Response:
    from web.shell.errors import refused
    from web.shell.problems import told_why

    return told_why(request, over) if request.url.path.startswith("/api/v1") else refused(request, over)
