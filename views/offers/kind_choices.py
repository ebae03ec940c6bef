"""Which kinds of request are offered today, by subsystem, and how they are found by words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog import Catalog
from catalog.kinds import RequestKind
from catalog.schema import Subsystem
from models.text import fold
from states.rules.roles import is_current


@dataclass(frozen=True, slots=True)
class KindGroup:
    """Kinds of one subsystem; None: those of no subsystem in particular."""

    subsystem: Subsystem | None
    kinds: tuple[RequestKind, ...]


def offered(catalog: Catalog, day: dt.date) -> list[RequestKind]:
    """Those in force that day, and whose subsystems are."""
    return [
        kind
        for kind in catalog.kinds.values()
        if is_current(kind, day) and all(is_current(catalog.subsystems[code], day) for code in kind.subsystems)
    ]


def by_subsystem(kinds: Sequence[RequestKind], catalog: Catalog) -> list[KindGroup]:
    """In the catalogue's order; a kind of two subsystems stands under the first, once."""
    groups, placed = [], set[str]()
    for subsystem in (*catalog.subsystems.values(), None):
        own = [
            kind
            for kind in kinds
            if kind.code not in placed and (subsystem is None or subsystem.code in kind.subsystems)
        ]
        placed |= {kind.code for kind in own}
        if own:
            groups.append(KindGroup(subsystem, tuple(own)))
    return groups


def matching(text: str, kinds: Iterable[RequestKind], catalog: Catalog) -> list[RequestKind]:
    """The kind of that code, else those that every word occurs in."""
    every = list(kinds)
    exact = [kind for kind in every if kind.code == text.strip().lower()]
    words = fold(text).split()
    return exact or [kind for kind in every if all(word in search_words(kind, catalog) for word in words)]


def search_words(kind: RequestKind, catalog: Catalog) -> str:
    """Folded: everything that a person may call the kind by."""
    own = (catalog.subsystems[code] for code in kind.subsystems)
    names = " ".join(f"{entry.name} {entry.full_name} {' '.join(entry.aliases)}" for entry in own)
    return fold(f"{kind.code} {kind.title} {kind.short_title} {kind.about} {names}")
