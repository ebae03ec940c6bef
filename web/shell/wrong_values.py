"""What pydantic finds wrong with a call, in Russian; what was sent is not repeated, for it may be personal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.wrong_values import sentence


def wrong_values(errors: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """(field, sentence) of each; a place in a list is counted from 0, as programs count."""
    for error in errors:
        told = sentence(error, quoting=False)
        yield _field(error["loc"]), told[:1].upper() + told[1:]


def _field(place: Sequence[object]) -> str:
    """Without «body», «query» and «path»: names do not repeat between them."""
    parts = [str(part) for part in place]
    return ".".join(parts[1:] if parts and parts[0] in ("body", "query", "path", "header") else parts)
