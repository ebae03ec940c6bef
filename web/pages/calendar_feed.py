"""The calendar feed: terms of a user's organisations at a secret address, for Outlook, phones and the like."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from fastapi import APIRouter, Request, Response

from actions.accounts import api_tokens
from documents.icalendar import calendar
from documents.practice import MARK
from views.dates import calendar_feed
from web.shell import installed, notice
from web.shell.proxies import caller_address

router = APIRouter()
_NAME = "Доступ ЕГИСЗ: сроки"


@router.get("/calendar/{token}.ics")
def show(request: Request, token: str) -> Response:
    """Whoever has the address reads it: it holds no names, and its owner revokes it at any moment."""
    installation = installed(request)
    with installation.reading(by="календарь") as work:
        found = api_tokens.find(work, token, use="calendar")
        stale = found is not None and api_tokens.is_stale(work, found[0])
    if found is None:
        return _unknown(request)
    row, account = found
    if stale:
        with installation.work(by="календарь") as work:
            api_tokens.touch(work, row.id or 0)
    with installation.reading(by=account.login, only_of=None if account.everywhere else account.id) as work:
        entries = calendar_feed.entries(work)
    if installation.practice:
        data = calendar(f"{MARK}. {_NAME}", [replace(entry, title=f"{MARK}. {entry.title}") for entry in entries])
    else:
        data = calendar(_NAME, entries)
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=900", "Referrer-Policy": "no-referrer"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="egisz-access.ics"'
    return Response(data, media_type="text/calendar; charset=utf-8", headers=headers)


def _unknown(request: Request) -> Response:
    """Whoever keeps guessing is told to wait."""
    address = caller_address(request)
    if request.app.state.misses.too_many(address, installed(request).clock()):
        return notice(request, 429, "Подождите десять минут.")
    return notice(
        request,
        404,
        "Такого календаря нет: адрес неверен, или его отозвали. Новый делают на странице «Ключи и календарь».",
    )
