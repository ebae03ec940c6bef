"""How many sheets a file has."""

from __future__ import annotations

from documents.inside.opening import opened

_ANY_PAGES = 5000
_MAX_PIXELS = 80_000_000


def count(path: str) -> int:
    with opened(path, max_pages=_ANY_PAGES, max_pixels=_MAX_PIXELS) as source:
        return source.count
