"""The catalogue as its pages show it: rules with who cites them, the calendar's months, the desk's addresses by date."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date

from catalog import Catalog
from catalog.describing import citable, describe_subsystem
from catalog.kinds import RequestKind
from catalog.rules import rules
from catalog.schema import Destination, RuleText, Subsystem
from models.text import fold
from states.calendar import Day, DayKind, WorkingCalendar
from states.words.rules import SUBJECTS

_OF_SUBSYSTEM = "Правила отдельных подсистем"


@dataclass(frozen=True, slots=True)
class Cited:
    """A rule with the kinds of requests that can cite it, and the subsystems whose roles it limits."""

    rule: RuleText
    kinds: tuple[RequestKind, ...]
    subsystems: tuple[tuple[str, str], ...]  # code, name


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    code: str
    rules: tuple[Cited, ...]


def chapters(catalog: Catalog, own: Path | None, text: str = "") -> list[Chapter]:
    """Rules by what they are about, in the order of the register; only those in which every word of `text` is."""
    words = fold(text).split()
    by_chapter: dict[str, list[Cited]] = defaultdict(list)
    for cited in _all(catalog, own).values():
        if all(word in _searched(cited) for word in words):
            prefix = cited.rule.id.partition("-")[0]
            by_chapter[prefix if prefix in SUBJECTS else ""].append(cited)
    return [
        Chapter(SUBJECTS.get(code, _OF_SUBSYSTEM), code or "other", tuple(by_chapter[code]))
        for code in (*SUBJECTS, "")
        if by_chapter[code]
    ]


def _searched(cited: Cited) -> str:
    kinds = " ".join(kind.title for kind in cited.kinds) if len(cited.kinds) <= 8 else ""
    return fold(f"{cited.rule.id} {cited.rule.title} {cited.rule.source} {kinds}")


_known: dict[int, tuple[Catalog, dict[str, Cited]]] = {}


def _all(catalog: Catalog, own: Path | None) -> dict[str, Cited]:
    """Reckoned once for a catalogue: it is read once and does not change while the page runs."""
    found = _known.get(id(catalog))
    if found is None or found[0] is not catalog:
        _known.clear()
        _known[id(catalog)] = found = (catalog, _cited(catalog, own))
    return found[1]


def _cited(catalog: Catalog, own: Path | None) -> dict[str, Cited]:
    kinds: dict[str, list[RequestKind]] = defaultdict(list)
    for kind in catalog.kinds.values():
        for rule in citable(kind, catalog, own):
            kinds[rule].append(kind)
    subsystems: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for entry in catalog.subsystems.values():
        for row in describe_subsystem(entry, catalog)["rules"]:
            subsystems[row["id"]].append((entry.code, entry.name))
    return {code: Cited(rule, tuple(kinds[code]), tuple(subsystems[code])) for code, rule in rules().items()}


@dataclass(frozen=True, slots=True)
class Described:
    """A subsystem with whether it is in force (now, past, ahead) and its kinds of requests."""

    entry: Subsystem
    standing: str
    kinds: tuple[RequestKind, ...]


def subsystems(catalog: Catalog, today: dt.date, text: str = "") -> list[Described]:
    """Those in whose names, roles or kinds every word of `text` is."""
    found = []
    for entry in catalog.subsystems.values():
        kinds = tuple(kind for kind in catalog.kinds.values() if entry.code in kind.subsystems)
        names = (entry.name, entry.full_name, *entry.aliases, *(kind.title for kind in kinds))
        roles = (name for role in entry.roles for name in (role.label, *role.aliases))
        if _holds(" ".join((*names, *roles)), text):
            found.append(Described(entry, in_force(entry, today), kinds))
    return found


def others(catalog: Catalog, text: str = "") -> list[RequestKind]:
    """Kinds that are of no subsystem in particular."""
    return [kind for kind in catalog.kinds.values() if not kind.subsystems and _holds(kind.title, text)]


def _holds(names: str, text: str) -> bool:
    folded = fold(names)
    return all(word in folded for word in fold(text).split())


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of the calendar's table; None in a week's cell that belongs to another month."""

    date: dt.date
    kind: DayKind
    why: str


@dataclass(frozen=True, slots=True)
class Month:
    """`hours` of a week of forty hours, an hour less on each shortened day."""

    name: str
    weeks: tuple[tuple[MonthDay | None, ...], ...]
    working: int
    off: int
    shortened: int

    @property
    def hours(self) -> int:
        return self.working * 8 - self.shortened


@lru_cache(maxsize=8)
def _weeks(year: int, month: int) -> tuple[tuple[dt.date | None, ...], ...]:
    days = calendar.Calendar().monthdatescalendar(year, month)
    return tuple(tuple(day if day.month == month else None for day in week) for week in days)


def months(year: int, known: WorkingCalendar) -> list[Month]:
    return [_month(year, number, known) for number in range(1, 13)]


def _month(year: int, number: int, known: WorkingCalendar) -> Month:
    weeks = tuple(tuple(_told(day, known.day(day)) if day else None for day in week) for week in _weeks(year, number))
    days = [day for week in weeks for day in week if day]
    shortened = sum(day.kind is DayKind.SHORTENED for day in days)
    off = sum(day.kind is DayKind.OFF for day in days)
    name = format_date(dt.date(year, number, 1), "LLLL", locale="ru")
    return Month(name, weeks, len(days) - off, off, shortened)


def _told(date: dt.date, day: Day) -> MonthDay:
    return MonthDay(date, day.kind, day.why)


def unusual(found: Sequence[Month]) -> list[MonthDay]:
    """Days that differ from what their day of the week says, with the reason."""
    return [
        day
        for month in found
        for week in month.weeks
        for day in week
        if day and (day.kind is DayKind.SHORTENED or (day.kind is DayKind.OFF) != (day.date.weekday() >= 5))
    ]


def addresses(catalog: Catalog, today: dt.date) -> list[tuple[Destination, str]]:
    """The desk's addresses, the newest first, each with `now`, `past` or `ahead`."""
    known = sorted(catalog.desk.destinations, key=lambda entry: entry.since, reverse=True)
    current = next((entry for entry in known if entry.since <= today), None)
    return [(entry, "now" if entry is current else "ahead" if entry.since > today else "past") for entry in known]


def in_force(entry: Any, today: dt.date) -> str:
    """Whether something with dates is in force: now, past, ahead."""
    if entry.valid_until and entry.valid_until < today:
        return "past"
    return "ahead" if entry.valid_from and entry.valid_from > today else "now"
