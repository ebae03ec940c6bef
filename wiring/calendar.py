"""The calendar and the desk's hours of this installation."""

from __future__ import annotations

import json

from states.calendar import BadCalendar, WorkingCalendar, from_xmlcalendar
from states.deadlines import Schedule
from wiring.settings import Settings


def working_calendar(settings: Settings) -> WorkingCalendar:
    """The shipped table, with the administrator's calendar.json over it. Raises BadCalendar."""
    if settings.calendar_file is None:
        return WorkingCalendar()
    try:
        document = json.loads(settings.calendar_file.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadCalendar(f"Файл календаря {settings.calendar_file.name} не прочитать.") from error
    year, days = from_xmlcalendar(document)
    return WorkingCalendar(overrides=days, imported_years=frozenset({year}))


def desk_schedule(settings: Settings) -> Schedule:
    desk = settings.desk
    return Schedule(desk.opens, desk.closes, desk.break_from, desk.break_until, desk.time_zone)
