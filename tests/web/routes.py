"""Every address of the application, as it is put together, so that what is new is tested without being listed."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI
from starlette.routing import Route


def routes(app: FastAPI) -> Iterator[Route]:
    """FastAPI keeps included routers whole."""
    for entry in app.routes:
        inner = getattr(entry, "original_router", None)
        for route in inner.routes if inner is not None else [entry]:
            if isinstance(route, Route):
                yield route
