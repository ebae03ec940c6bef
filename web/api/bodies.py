"""Bodies of calls: a form with files where files come, and the digest by which a repeated call is known."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from web.shell.bodies import MAX_FIELDS, MAX_FILES
from web.shell.permissions import SAFE
from web.shell.problems import ApiProblem

KEY = "idempotency-key"


def is_multipart(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "multipart/form-data"


async def _form(request: Request) -> AsyncIterator[FormData]:
    """Uploads lie in temporary files until the answer is made."""
    if not is_multipart(request):
        raise ApiProblem("media-type", "Файлы передают как multipart/form-data.")
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=1024 * 1024) as form:
        yield form


Multipart = Annotated[FormData, Depends(_form)]


async def remember_digest(request: Request) -> None:
    """Of method, address and body, for `idempotency.once`; a form's parts count, not its boundary, which is random."""
    if request.method in SAFE or KEY not in request.headers:
        return
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    if is_multipart(request):
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=1024 * 1024)
        for name, value in form.multi_items():
            digest.update(f"\n{name}\n".encode())
            digest.update(await _part(value))
    else:
        digest.update(await request.body())
    request.state.digest = digest.hexdigest()


async def _part(value: UploadFile | str) -> bytes:
    if isinstance(value, str):
        return value.encode()
    found = hashlib.sha256(f"{value.filename}\n".encode())
    while piece := await value.read(1024 * 1024):
        found.update(piece)
    await value.seek(0)
    return found.digest()
