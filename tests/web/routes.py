"""Every address of the application, as it is put together, so that what is new is tested without being listed."""

from __future__ import annotations

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
