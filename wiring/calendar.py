"""The calendar and the desk's hours of this installation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from documents.atomic import write
from states.calendar import BadCalendar, Day, WorkingCalendar, from_xmlcalendar
from states.deadlines import Schedule
from wiring.settings import Settings

OWN = "calendar.json"  # in the data folder, so that a copy of it takes the calendar along


def working_calendar(settings: Settings) -> WorkingCalendar:
    """The shipped table, with the administrator's years over it. Raises BadCalendar."""
    days: dict[Any, Day] = {}
    years = set()
    for document in own_years(settings):
        year, found = from_xmlcalendar(document)
        years.add(year)
        days |= found
    return WorkingCalendar(overrides=days, imported_years=frozenset(years))


def own_years(settings: Settings) -> list[Mapping[str, Any]]:
    """The administrator's calendars: a file holds one year, or a list of years. Raises BadCalendar."""
    if settings.calendar_file is None:
        return []
    path = calendar_path(settings, settings.calendar_file)
    try:
        return _documents(path.read_bytes())
    except (OSError, BadCalendar) as error:
        raise BadCalendar(f"Файл календаря {path.name} не прочитать.") from error


def calendar_path(settings: Settings, name: Path) -> Path:
    """A bare name lies in the data folder."""
    own = settings.home / name
    return own if own.is_file() else name


def _documents(raw: bytes) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadCalendar("Файл календаря не прочитать: это не JSON.") from error
    return document if isinstance(document, list) else [document]


def with_years(settings: Settings, raw: bytes) -> tuple[list[Mapping[str, Any]], list[int]]:
    """The years known so far with those of a new file in place of the same ones, and which came. Raises BadCalendar."""
    fresh = {from_xmlcalendar(document)[0]: document for document in _documents(raw)}
    if not fresh:
        raise BadCalendar("В файле календаря нет ни одного года.")
    kept = {int(document["year"]): document for document in own_years(settings)}
    return [document for _, document in sorted((kept | fresh).items())], sorted(fresh)


def keep_years(settings: Settings, documents: list[Mapping[str, Any]]) -> None:
    """Into the data folder's own file, whole or not at all."""
    write(settings.home / OWN, json.dumps(documents, ensure_ascii=False, indent=1))


def desk_schedule(settings: Settings) -> Schedule:
    desk = settings.desk
    return Schedule(desk.opens, desk.closes, desk.break_from, desk.break_until, desk.time_zone)
