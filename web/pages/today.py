"""The first page of a working day: what is due and who moves, what the post did, what will be reminded of; and statistics."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from actions.cards import organisations
from actions.context import NotFound, Work
from actions.keeping import reminders
from actions.keeping.reminders import TITLES
from models.moments import MOSCOW
from models.row_numbers import row_number
from states.reminders import Due
from states.words.letters import INBOX, LETTERS, OUTBOX
from views.board.time_left import Term, term_of
from views.charts import statistics, statistics_charts
from views.charts.statistics import Period
from views.dates import agenda
from views.dates.agenda import Entry, Matter
from views.organisations.offered import by_name
from web.shell import page, reading

router = APIRouter(prefix="/today")
_DAYS_AHEAD = 3  # working days of reminders


@router.get("")
def show_today(request: Request, day: str = "") -> Response:
    """Of another day only its letters are told: what was due then is not written down."""
    with reading(request) as work:
        today = work.now.astimezone(MOSCOW).date()
        shown = _day(day, today)
        matters = agenda.matters(work) if shown == today else []
        return page(
            request,
            "board/today.html",
            now=work.now,
            today=today,
            shown=shown,
            ahead=shown + dt.timedelta(days=1),
            before=shown - dt.timedelta(days=1),
            matters=[_told(work, matter) for matter in matters],
            urgent=sum(matter.count for matter in matters if matter.urgent),
            letters=agenda.day_of(work, shown),
            post=agenda.post(work),
            soon=_soon(work) if shown == today else [],
            nobody=not work.policy.officers,
            calendar_day=work.calendar.day(shown),
            labels=LETTERS,
            out_states=OUTBOX,
            in_states=INBOX,
        )


def _day(typed: str, today: dt.date) -> dt.date:
    try:
        shown = dt.date.fromisoformat(typed.strip()) if typed.strip() else today
    except ValueError:
        raise NotFound("Такого дня нет. День пишут так: 2026-11-23.") from None
    if not dt.date(2000, 1, 1) <= shown <= today:
        raise NotFound("Этот день ещё не наступил или был слишком давно.")
    return shown


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with where it leads."""

    entry: Entry
    href: str
    term: Term | None


@dataclass(frozen=True, slots=True)
class Told:
    """A matter with where all of it is shown."""

    matter: Matter
    lines: tuple[Line, ...]
    all: str


_ALL = {
    "overdue": "/?overdue=1",
    "questions": "/?state=awaiting",
    "letters": "/triage",
    "triage": "/triage",
    "rejected": "/?state=rejected",
    "idle": "/",
    "first-login": "/",
    "login-check": "/?state=granted",
    "results": "/?state=granted",
    "outcomes": "/",
    "items": "/checklists",
    "reviews": "/reviews",
}


def _told(work: Work, matter: Matter) -> Told:
    lines = tuple(Line(entry, _href(entry), term_of(work, entry.due)) for entry in matter.entries)
    return Told(matter, lines, _ALL[matter.code])


def _href(entry: Entry) -> str:
    anchor = f"#{entry.anchor}" if entry.anchor else ""
    return {
        "request": f"/requests/{entry.id}",
        "outbox": "/triage",
        "inbox": f"/triage/{entry.id}",
        "checklist": f"/organisations/{entry.id}/checklist{anchor}",
        "review": f"/reviews/{entry.id}",
    }[entry.target]


@dataclass(frozen=True, slots=True)
class Digest:
    """One letter of reminders to come: when by the reader's own clock, to whom, of what and how much."""

    at: dt.datetime
    zone: str  # "" for Moscow's
    to: str
    things: tuple[tuple[str, int], ...]


def _soon(work: Work) -> list[Digest]:
    """Addresses are told apart and never shown: a role says who it is."""
    days = _calendar_days(work)
    grouped: dict[tuple[dt.datetime, str, bool], list[Due]] = {}
    for due in reminders.planned(work, days=days):
        key = (due.at, due.waiting.zone, due.waiting.line_id is not None)
        grouped.setdefault(key, []).append(due)
    return [
        _digest(at, zone, personal, dues)
        for (at, zone, personal), dues in sorted(grouped.items(), key=lambda item: item[0])
    ]


def _calendar_days(work: Work) -> int:
    """So many calendar days, today among them, as hold the working days ahead."""
    yesterday = work.now.astimezone(MOSCOW).date() - dt.timedelta(days=1)
    return (work.calendar.shifted(yesterday, _DAYS_AHEAD) - yesterday).days


def _digest(at: dt.datetime, zone: str, personal: bool, dues: list[Due]) -> Digest:
    people = len({due.waiting.to for due in dues})
    who = "работнику" if personal else "ответственному"
    to = who if people == 1 else f"{'работникам' if personal else 'ответственным'}: {people}"
    counted = Counter(due.waiting.reason for due in dues)
    things = tuple((title, counted[reason]) for reason, title in TITLES.items() if counted[reason])
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta()
    moscow = at.astimezone(MOSCOW).utcoffset() or dt.timedelta()
    hours = int((offset - moscow).total_seconds() // 3600)
    return Digest(at.astimezone(ZoneInfo(zone)), f"МСК{hours:+d}" if hours else "", to, things)


@router.get("/statistics")
def show_statistics(request: Request, year: str = "", quarter: str = "", organisation: str = "") -> Response:
    with reading(request) as work:
        period = _period(work, year, quarter)
        chosen = organisations.get(work, chosen_number) if (chosen_number := row_number(organisation)) else None
        number = chosen.id if chosen else None
        return page(
            request,
            "board/today-statistics.html",
            period=period,
            chosen=chosen,
            now=work.now,
            years=range(work.now.astimezone(MOSCOW).year, statistics.FIRST_YEAR - 1, -1),
            organisations=by_name(work),
            warnings=_warnings(work, period),
            desk=statistics_charts.desk(statistics.turnaround(work, period, number)),
            refusals=statistics_charts.refused(statistics.refusals(work, period, number)),
            standings=statistics_charts.standings(statistics.states_over_time(work, period, number)),
        )


def _period(work: Work, year: str, quarter: str) -> Period:
    """This year when nothing is chosen."""
    typed = year.strip() or str(work.now.astimezone(MOSCOW).year)
    number = row_number(typed)
    if number is None or len(typed) > 4 or quarter not in ("", "1", "2", "3", "4"):
        raise NotFound("Такого периода нет. Выберите год и квартал из списка.")
    return Period(number, int(quarter) if quarter else None)


def _warnings(work: Work, period: Period) -> list[str]:
    """Working hours of a year without a decree are told with a warning."""
    told = work.calendar.warning(period.year)
    return [told] if told else []
