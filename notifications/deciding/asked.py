"""What was asked for: against this an answer is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from notifications.reading.result import KnownPerson

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class AskedRole:
    """One role of one line: the unit of an outcome. `role` and `subsystem` are "" where a kind knows no roles."""

    snils: str
    subsystem: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as its answer may name it.

    `subsystems` and `roles`: what the asked ones are called ("subsystem/role" for a role); `strange`: what the catalogue
    calls those that were not asked for. `dates`: days that the application or its letter may be named by. `sent_files`:
    names of files that went out, for an answer may bring them back. `forwarders`: addresses whose forwards are believed. `today` is the day of the desk's calendar.
    """

    number: str = ""
    tickets: Names = ()
    people: tuple[KnownPerson, ...] = ()
    roles_asked: tuple[AskedRole, ...] = ()
    subsystems: Mapping[str, Names] = field(default_factory=dict)
    roles: Mapping[str, Names] = field(default_factory=dict)
    strange: Names = ()
    organisation: Names = ()
    posts: Names = ()
    identifiers: Names = ()
    dates: tuple[dt.date, ...] = ()
    sent_files: Names = ()
    forwarders: Names = ()
    today: dt.date | None = None
    revokes: bool = False

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, for the sandbox's child."""
        found = asdict(self)
        found["dates"] = [day.isoformat() for day in self.dates]
        found["today"] = self.today.isoformat() if self.today else None
        return found

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Asked:
        """Back from `as_dict`."""
        parts = dict(told)
        parts["people"] = tuple(KnownPerson(**person) for person in parts["people"])
        parts["roles_asked"] = tuple(AskedRole(**role) for role in parts["roles_asked"])
        for name in ("subsystems", "roles"):
            parts[name] = {code: tuple(names) for code, names in parts[name].items()}
        for name in ("tickets", "strange", "organisation", "posts", "identifiers", "sent_files", "forwarders"):
            parts[name] = tuple(parts[name])
        parts["dates"] = tuple(dt.date.fromisoformat(day) for day in parts["dates"])
        parts["today"] = dt.date.fromisoformat(parts["today"]) if parts["today"] else None
        return cls(**parts)
