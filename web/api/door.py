"""The API's own door: a token of a user, his roles and organisations; cookies are no key here."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from actions.accounts import api_tokens
from actions.accounts.user import User
from models.account import ApiToken
from web.api.searches import LOOKS
from web.shell import installed
from web.shell.permissions import SAFE, roles_for
from web.shell.problems import problem
from web.shell.users import user_from
from wiring.database import unless_busy

PREFIX = "/api/v1"
OPEN = (f"{PREFIX}/openapi.json", f"{PREFIX}/health")
_CHALLENGE = 'Bearer realm="egisz-access"'


class TokenDoor:
    """ASGI middleware: without a token nothing is said, not even which addresses there are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self.app(scope, receive, send)
            return
        answer = await run_in_threadpool(_turned_away, Request(scope))
        await (answer or self.app)(scope, receive, send)


def _turned_away(request: Request) -> Response | None:
    """None lets in; user and token are then in the scope."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    found = _recognised(request, secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
    if found is None:
        return problem(request, "unauthorized", headers={"WWW-Authenticate": _CHALLENGE})
    user, token = found
    request.scope["state"] = {**request.scope.get("state", {}), "user": user, "token": token.id or 0}
    if told := _too_narrow(request, token):
        return problem(request, "forbidden", told)
    if not user.roles & roles_for(request.method, request.url.path):
        return problem(request, "forbidden", "Роль владельца ключа этого не позволяет.")
    return None


def _too_narrow(request: Request, token: ApiToken) -> str:
    """What this token may not do though its owner may, "" when nothing is in the way."""
    path = request.url.path.removeprefix(PREFIX)
    if token.reads_only and request.method not in SAFE and path not in LOOKS:
        return "Ключ только для чтения: он ничего не меняет и данных пациентов не показывает. Сделайте другой на странице «Ключи и календарь»."
    if token.organisation_id is not None and path.startswith("/admin"):
        return "Ключ видит одну организацию, а здесь меняют общее для всех."
    return ""


def _recognised(request: Request, secret: str) -> tuple[User, ApiToken] | None:
    installation = installed(request)
    with installation.reading(by="вход") as work:
        found = api_tokens.find(work, secret, use="api")
        if found is None:
            return None
        token, account = found
        stale = api_tokens.is_stale(work, token)
    if stale:
        with unless_busy(), installation.work(by="вход") as work:
            api_tokens.touch(work, token.id or 0)
    return replace(user_from(account, None), only_of=api_tokens.scope_of(token, account)), token


def token_of(request: Request) -> int:
    """The number of the token that came with the call."""
    number: int = request.scope["state"]["token"]
    return number
