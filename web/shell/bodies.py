"""How much a browser may send at once and how long it may take, and the fields of a form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.lengths import TooLong, within

MAX_BODY = 64 * 1024 * 1024
MAX_WORDS = 8 * 1024 * 1024  # of a body without files: it is taken apart sign by sign, and everybody waits for that
MAX_ENTRANCE = 64 * 1024  # of a login: whoever is outside sends a few words
GRACE_SECONDS, LEAST_SPEED = 30, 16 * 1024  # after the first half minute so many bytes a second must come
MAX_FILES = 40
MAX_SOUGHT = 200
MAX_FIELDS = 6000  # an answer about a thousand people names each of their roles
_ENTRANCES = ("/login", "/setup")
_TOO_MUCH = "Файлы слишком большие: вместе не больше 64 МБ."
_TOO_MANY_WORDS = "Слишком длинный текст. Сократите его или передайте файлом."
_TOO_SLOW = "Данные шли слишком медленно, и связь закрыта. Повторите; файлы поменьше дойдут скорее."


class BodyLimit:
    """ASGI middleware: a longer body is cut off while it arrives, whatever its Content-Length says; so is one that dawdles."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit, told = _limit(scope)
        announced, taken, whole = _announced(scope), 0, False
        begun = asyncio.get_running_loop().time()

        async def counted() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()  # waits for the other side to go away, as long as the answer takes
            if announced > limit:
                raise HTTPException(413, told)
            try:
                async with asyncio.timeout_at(begun + GRACE_SECONDS + taken / LEAST_SPEED):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(408, _TOO_SLOW, {"Connection": "close"}) from None
            taken += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if taken > limit:
                raise HTTPException(413, told)
            return message

        await self.app(scope, counted, send)


def _limit(scope: Scope) -> tuple[int, str]:
    """The most bytes of this body, and what is told of more."""
    if scope["path"].startswith(_ENTRANCES):
        return MAX_ENTRANCE, _TOO_MANY_WORDS
    with_files = dict(scope["headers"]).get(b"content-type", b"").strip().lower().startswith(b"multipart/")
    return (MAX_BODY, _TOO_MUCH) if with_files else (MAX_WORDS, _TOO_MANY_WORDS)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")[:20]
    return int(length) if length.isdigit() else 0


async def _form(request: Request) -> AsyncIterator[FormData]:
    """Uploads lie in temporary files until the answer is made. What cannot be taken apart is too long or too much."""
    try:
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=1024 * 1024)
    except HTTPException as wrong:
        raise HTTPException(413, _TOO_MANY_WORDS) if wrong.status_code == 400 else wrong from None
    try:
        yield form
    finally:
        await form.close()


Form = Annotated[FormData, Depends(_form)]


class FieldTooLong(TooLong):
    """A field of this form, which its answer shows once more with everything else that was typed."""

    def __init__(self, form: FormData, name: str, length: int, most: int) -> None:
        super().__init__("Слишком длинный текст", length, most)
        self.form, self.name = form, name


def text(form: FormData, name: str, limit: int = 20_000) -> str:
    """A field as typed, trimmed; "" when it is absent. No database keeps a NUL, and no keyboard types one.

    Raises FieldTooLong: what was cut off nobody would miss until it is needed.
    """
    value = form.get(name)
    typed = value.replace("\0", "").strip() if isinstance(value, str) else ""
    if len(typed) > limit:
        raise FieldTooLong(form, name, len(typed), limit)
    return typed


def sought(words: str) -> str:
    """What somebody looks for. Raises TooLong."""
    return within(words.replace("\0", "").strip(), MAX_SOUGHT, "Слишком длинный поиск")


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
    return [(part.filename or "", _whole(part)) for part in chosen]


def _whole(part: UploadFile) -> bytes:
    """Also when somebody has read it before."""
    part.file.seek(0)
    return part.file.read()
