"""Words that people look for are not in addresses: there stands a token that only the service opens, for one user.

Names and СНИЛС would stay in the browser's history, in bookmarks and in the logs of proxies. Forms send them in a body (POST
/find), which leads to the same page with a token instead. It is encrypted, not kept: back, reload and a bookmark work on; the
same word of the same user is the same token (AES-SIV), so a page does not change by itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from models.lengths import TooLong, within
from web.shell.bodies import MAX_SOUGHT
from web.shell.installed import installed
from web.shell.users import own, user_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

WORDS = frozenset({"text", "about", "inn"})  # what is typed freely on pages that look for something
_MARK = "~"
# A request's number and the ИНН of a legal person are nobody's name: such an address may be shared.
_HARMLESS = re.compile(r"(?:ЕД|УЧ)-\d{4}-\d{6}(?:-\w{1,12})?|\d{10}|(?:request|organisation|account):\d{1,9}")


class SealedWords:
    """ASGI middleware behind the door: tokens become words for whoever reads the address, words in it become tokens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = None
        if scope["type"] == "http" and scope["query_string"] and scope["method"] in ("GET", "HEAD"):
            request = Request(scope)
            if user_of(request) is not None and not scope["path"].startswith("/api/v"):
                answer = await run_in_threadpool(_opened, request)
        await (answer or self.app)(scope, receive, send)


def _opened(request: Request) -> RedirectResponse | None:
    """None goes on, with words in place of tokens; a token that is not this user's asks for nothing."""
    said = parse_qsl(request.scope["query_string"].decode("latin-1"))
    if any(_is_open(name, value) for name, value in said):
        try:
            return RedirectResponse(address(request, request.url.path, said), status_code=303)
        except TooLong:  # the page says so
            return None
    tokens: dict[str, str] = {}
    plain = []
    for name, value in said:
        if name in WORDS and value.startswith(_MARK):
            word = _unsealed(request, value)
            tokens[word] = value
            value = word
        plain.append((name, value))
    if tokens:
        request.scope["query_string"] = urlencode(plain).encode("latin-1")
        request.scope["state"] = {**request.scope.get("state", {}), "tokens": tokens}
    return None


def _is_open(name: str, value: str) -> bool:
    return (
        name in WORDS and bool(value.strip()) and not value.startswith(_MARK) and not _HARMLESS.fullmatch(value.strip())
    )


def address(request: Request, path: str, said: list[tuple[str, str]]) -> str:
    """Of a page with these filters; words are sealed, empty fields left out."""
    query = urlencode(
        [(name, token(request, value) if name in WORDS else value) for name, value in said if value.strip()]
    )
    return f"{path}?{query}" if query else path


def token(request: Request, word: str) -> str:
    """What stands in an address for a word: the same that it came by, or a fresh one."""
    word = within(word.strip(), MAX_SOUGHT, "Слишком длинный поиск")
    if not word or word.startswith(_MARK) or _HARMLESS.fullmatch(word):
        return word
    came: dict[str, str] = request.scope.get("state", {}).get("tokens", {})
    return came.get(word) or _sealed(request, word)


def without_words(query: str) -> str:
    """The query of somebody who is not in yet: what he looks for is not carried through the login."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if not _is_open(name, value)])


def _sealed(request: Request, word: str) -> str:
    sealed = _cipher(installed(request).policy.link_secret).encrypt(word.encode(), [_whose(request)])
    return _MARK + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _unsealed(request: Request, said: str) -> str:
    from cryptography.exceptions import InvalidTag

    try:
        data = base64.b64decode(said[1:] + "=" * (-len(said[1:]) % 4), altchars=b"-_", validate=True)
        return _cipher(installed(request).policy.link_secret).decrypt(data, [_whose(request)]).decode()
    except (InvalidTag, ValueError, binascii.Error):
        return ""


def _whose(request: Request) -> bytes:
    return f"account:{own(request).id}".encode()


@cache
def _cipher(secret: bytes) -> AESSIV:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(hmac.new(secret, b"sealed words", hashlib.sha512).digest())
