"""The API's own application under /api/v1: its door, its problems, its document."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from fastapi import Depends, FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from web.api import (
    audit,
    catalog,
    corrections,
    holdings,
    letters,
    organisations,
    people,
    requests,
    rosters,
    steps,
    webhooks,
)
from web.api.bodies import remember_digest
from web.api.door import TokenDoor
from web.api.idempotency import InFlight
from web.api.openapi import document
from web.shell import problems
from web.shell.budgets import TokensBudget
from wiring.work import Installation

_PARTS = (
    *requests.PARTS,
    rosters,
    steps,
    corrections,
    letters,
    organisations,
    people,
    holdings,
    catalog,
    audit,
    webhooks,
)


class Api:
    """ASGI application to be mounted; endpoints find the installation in the application that it is mounted in."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self.in_flight = InFlight()

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI description of this installation."""
        return document(application(), self._installation.catalog, practice=self._installation.practice)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _stack()(scope, receive, send)


@cache
def application() -> FastAPI:
    """The same calls for every installation: they are put together once in a process."""
    app = FastAPI(
        title="Доступ ЕГИСЗ",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(remember_digest)],
        redirect_slashes=False,
    )
    for part in _PARTS:
        app.include_router(part.router)
    app.add_api_route("/openapi.json", _document, include_in_schema=False)
    problems.register(app)
    app.add_middleware(TokensBudget)
    app.add_middleware(TokenDoor)
    return app


@cache
def _stack() -> ASGIApp:
    """Not the application itself: it would put itself in the place of the one that it is mounted in."""
    return application().build_middleware_stack()


def _document(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = request.app.state.api.document
    return found
