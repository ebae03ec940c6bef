"""How much a browser may send at once, and the fields of a form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024 * 1024
MAX_FILES = 40
MAX_FIELDS = 6000  # an answer about a thousand people names each of their roles
_TOO_MUCH = "Файлы слишком большие: вместе не больше 64 МБ."


class BodyLimit:
    """ASGI middleware: a longer body is cut off while it arrives, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0
        announced = _announced(scope) if scope["type"] == "http" else 0

        async def counted() -> Message:
            nonlocal taken
            if announced > self.limit:
                raise HTTPException(413, _TOO_MUCH)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.limit:
                raise HTTPException(413, _TOO_MUCH)
            return message

        await self.app(scope, counted if scope["type"] == "http" else receive, send)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _form(request: Request) -> AsyncIterator[FormData]:
    """Uploads lie in temporary files until the answer is made."""
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=1024 * 1024) as form:
        yield form


Form = Annotated[FormData, Depends(_form)]


def text(form: FormData, name: str, limit: int = 20_000) -> str:
    """A field as typed, trimmed; "" when it is absent. No database keeps a NUL, and no keyboard types one."""
    value = form.get(name)
    return value.replace("\0", "").strip()[:limit] if isinstance(value, str) else ""


def secret(form: FormData, name: str) -> str:
    """As typed: spaces belong to a password."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def ticked(form: FormData, name: str) -> bool:
    return bool(text(form, name))


def uploads(form: FormData, name: str, each: int | None = None) -> list[tuple[str, bytes]]:
    """(name, bytes) of every file that was really chosen. `each` is the most bytes of one file."""
    chosen = [part for part in form.getlist(name) if isinstance(part, UploadFile) and part.filename]
    for part in chosen:
        if each is not None and (part.size or 0) > each:
            raise HTTPException(413, f"Файл больше {each // 1024 // 1024} МБ. Уменьшите его и приложите снова.")
    return [(part.filename or "", part.file.read()) for part in chosen]
