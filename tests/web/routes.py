"""Every address of the application, as it is put together, so that what is new is tested without being listed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from starlette.routing import Route


def routes(app: FastAPI | APIRouter) -> Iterator[Route]:
    """FastAPI keeps included routers whole, however deep."""
    for entry in app.routes:
        inner = getattr(entry, "original_router", None)
        if inner is not None:
            yield from routes(inner)
        elif isinstance(entry, Route):
            yield entry


# What stands for a word in an address; every number is 1, which everything in a town has (tests/web/town.py).
_WORDS = {
    "code": "sections", "item": "card", "subsystem": "frmo", "role": "organisation", "kind": "frmo-frmr-access", "rule": "SGN-3",
    "layout": "access", "trigger": "send", "name": "x", "what": "x",
}  # fmt: skip


def numbered(path: str) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda match: _WORDS.get(match[1], "1"), path)
