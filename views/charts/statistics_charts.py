"""Statistics as charts with their tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date
from markupsafe import Markup

from documents.russian import counted
from models.request import Status
from states.statuses import CLOSED, STACK, TONES
from states.words.requests import status_label
from views.charts.statistics import Refusals, Standing, Turnaround
from views.charts.svg import Layer, columns, number, rows, stacks, swatch

TERM = 16  # working hours of the desk (AWT-2)


def month_name(day: dt.date) -> str:
    return format_date(day, "LLLL", locale="ru")


def _short_month(day: dt.date) -> str:
    return format_date(day, "LLL", locale="ru").strip(".")[:3]


def _day_labels(days: Sequence[dt.date]) -> list[str]:
    """Months by their names where months are looked at; the present day and Mondays by their numbers."""
    monthly = all(day.day == 1 for day in days[:-1])
    return [_short_month(day) if monthly and day.day == 1 else f"{day:%d.%m}" for day in days]


@dataclass(frozen=True, slots=True)
class Desk:
    svg: Markup | None  # None while nobody has answered
    rows: tuple[tuple[str, int, str, str], ...]
    told: str


def desk(found: Sequence[Turnaround]) -> Desk:
    """Median hours a month, with the term as a line."""
    answers, in_time = sum(row.answers for row in found), sum(row.in_time for row in found)
    table = tuple(
        (
            month_name(row.month),
            row.answers,
            "–" if row.median_hours is None else number(row.median_hours),
            "–" if row.share is None else percent(row.share),
        )
        for row in found
    )
    if not answers:
        return Desk(None, table, "")
    told = f"Ответов – {number(answers)}, в срок – {percent(in_time / answers)}"
    svg = columns(
        "Как быстро отвечает СТП",
        f"{told}. Медиана по месяцам, рабочих часов.",
        [_short_month(row.month) for row in found],
        [row.median_hours for row in found],
        unit="рабочих часов",
        mark=(TERM, f"срок {TERM} ч"),
    )
    return Desk(svg, table, told)


def percent(share: float) -> str:
    return f"{round(share * 100)}\u00a0%"


@dataclass(frozen=True, slots=True)
class Refused:
    svg: Markup | None
    rows: tuple[tuple[Refusals, str], ...]
    told: str


def refused(found: Sequence[Refusals]) -> Refused:
    total = sum(row.number for row in found)
    if not total:
        return Refused(None, (), "")
    told = "Отказано: " + counted(total, "работнику", "работникам", "работникам")
    svg = rows("Почему отказывают", told, [(row.label, row.number) for row in found], unit="работников")
    return Refused(svg, tuple((row, percent(row.number / total)) for row in found), told)


@dataclass(frozen=True, slots=True)
class Standings:
    """`legend` is in the order of the stack, the topmost first; rows of the table hold every state."""

    svg: Markup | None
    legend: tuple[tuple[Markup, str], ...]
    states: tuple[tuple[Status, str], ...]
    rows: tuple[tuple[str, tuple[int, ...], int], ...]
    told: str


def standings(found: Sequence[Standing]) -> Standings:
    """Open requests are drawn; closed ones would only grow and hide the rest, so they stand in the table."""
    states = tuple((status, status_label(status)) for status in (*(entry[0] for entry in reversed(STACK)), *CLOSED))
    table = tuple(
        (f"{row.day:%d.%m.%Y}", tuple(row.counts[status] for status, _ in states), row.total) for row in found
    )
    layers = [
        Layer(status_label(status), TONES[status], [row.counts[status] for row in found], hatched)
        for status, hatched in STACK
    ]
    if not any(any(layer.values) for layer in layers):
        return Standings(None, (), states, table, "")
    last = found[-1]
    open_now = sum(last.counts[status] for status, _ in STACK)
    told = f"На {last.day:%d.%m.%Y} открыто: {counted(open_now, 'заявка', 'заявки', 'заявок')}"
    svg = stacks(
        "Заявки по состояниям",
        f"{told}. Открытые заявки по дням.",
        _day_labels([row.day for row in found]),
        layers,
        unit="заявок",
    )
    legend = tuple((swatch(layer), layer.name) for layer in reversed(layers) if any(layer.values))
    return Standings(svg, legend, states, table, told)
