"""Prefect's server behind a door: python -m flows.server. It is a way to run code, so it is never open.

Without a password in PREFECT_SERVER_API_AUTH_STRING it does not start; a call with a foreign host name (DNS rebinding) or out of
a web page (any Origin) is refused before Prefect sees it; CSRF protection is on, CORS and the pages of Prefect are off.
"""

from __future__ import annotations

import argparse
import socket
import sys
from collections.abc import Sequence

import uvicorn
from prefect import settings
from prefect.settings import temporary_settings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from service import planner

_SHORTEST = 24
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NO_PASSWORD = (
    "Планировщик без пароля не запускается: через него можно выполнить любую программу. Впишите в PREFECT_SERVER_API_AUTH_STRING "
    f"«имя:случайная строка» не короче {_SHORTEST} знаков (см. docs/deployment.md)."
)


class Doorkeeper:
    """Lets through what programs of ours send; `secret` is proven to whoever asks for it with a challenge, "" for nobody."""

    def __init__(self, app: ASGIApp, names: Sequence[str], secret: str) -> None:
        self.app, self.names, self.secret = app, {name.lower() for name in (*_LOOPBACK, *names)}, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        refused = self._refused(headers)
        if scope["type"] == "websocket":
            if refused:
                return await send({"type": "websocket.close", "code": 1008})
        elif refused:
            return await PlainTextResponse(refused, 403)(scope, receive, send)
        elif self.secret and scope["path"] == planner.PROOF:
            proof = planner.proof(self.secret, headers.get(planner.CHALLENGE, ""))
            return await PlainTextResponse(proof)(scope, receive, send)
        return await self.app(scope, receive, send)

    def _refused(self, headers: Headers) -> str:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _name(hosts[0]) not in self.names:
            return "Host name is not served here."
        if "origin" in headers or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return "Web pages are not served here."
        return ""


def _name(host: str) -> str:
    """Without the port: «[::1]:4200», «127.0.0.1:4200», «planner.example»."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0].lower()


def main(arguments: Sequence[str]) -> int:
    known = argparse.ArgumentParser(prog="python -m flows.server")
    known.add_argument("--host", default="127.0.0.1", help="address to listen on")
    known.add_argument("--port", type=int, default=4200)
    known.add_argument("--fd", type=int, help="a listening socket that is inherited, instead of host and port")
    known.add_argument(
        "--name", action="append", default=[], help="host name under which clients call, as in PREFECT_API_URL"
    )
    given = known.parse_args(arguments)
    secret = settings.get_current_settings().server.api.auth_string
    password = secret.get_secret_value() if secret else ""
    if len(password.partition(":")[2]) < _SHORTEST:
        print(_NO_PASSWORD, file=sys.stderr)
        return 1
    from prefect.server.api.server import create_app  # seconds of work: not for a refusal

    closed = {
        settings.PREFECT_SERVER_CSRF_PROTECTION_ENABLED: True,
        settings.PREFECT_SERVER_CORS_ALLOWED_ORIGINS: "",
        settings.PREFECT_SERVER_UI_ENABLED: False,
        settings.PREFECT_SERVER_ANALYTICS_ENABLED: False,
    }
    with temporary_settings(closed):
        # The proof is for the parent that gave the socket; a password of a person's choice is not to be tried on it.
        app = Doorkeeper(create_app(final=True), given.name, password if given.fd is not None else "")
        server = uvicorn.Server(uvicorn.Config(app, host=given.host, port=given.port, log_level="warning"))
        server.run(sockets=[socket.socket(fileno=given.fd)] if given.fd is not None else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
