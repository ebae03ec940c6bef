"""Headers that every answer carries: nothing from other hosts, no framing, nothing kept in caches."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from documents.practice import FILE_PREFIX, PLAIN_PREFIX
from web.shell.cookies import is_https

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Robots-Tag": "noindex, nofollow",
}
PRACTICE = "X-Practice"
HSTS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains"
}  # an address that was https once is never asked in the open again


def always(request: Request) -> dict[str, str]:
    return {**ALWAYS, **(HSTS if is_https(request) else {})}


class Headers:
    """ASGI middleware. A personal address is a secret, so it never travels in a Referer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                _dress(headers, scope["path"])
                for name, value in always(Request(scope)).items():
                    headers.setdefault(name, value)
                if scope["app"].state.installation.practice:
                    mark_practice(headers)
            await send(message)

        await self.app(scope, receive, with_headers)


def mark_practice(headers: MutableHeaders) -> None:
    """A program is told that the data are none, and a file bears it in its name."""
    headers[PRACTICE] = "true"
    disposition = headers.get("Content-Disposition", "")
    if disposition:
        plain = disposition.replace('filename="', f'filename="{PLAIN_PREFIX}')
        headers["Content-Disposition"] = plain.replace("filename*=UTF-8''", f"filename*=UTF-8''{quote(FILE_PREFIX)}")


def _dress(headers: MutableHeaders, path: str) -> None:
    headers.setdefault("Referrer-Policy", "no-referrer" if path.startswith("/my/") else "same-origin")
    headers.setdefault("Cache-Control", "no-store")
