"""Who holds which role on a day, with the request that proves it; also as a workbook."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions import audit, grants
from actions.context import Work
from documents.export import Value, table_xlsx
from models.identifiers import BadIdentifier, format_snils
from web.installed import work_of
from web.pages.files import download
from web.rendering import MOSCOW, page
from web.waiting import waiting

router = APIRouter()
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADINGS = (
    "Работник", "СНИЛС", "Подсистема", "Роль", "Организация", "С", "По", "Заявка", "Вход подтверждён",
)


@router.get("/holders")
def show_holders(request: Request, as_of: str = "", inn: str = "") -> Response:
    with work_of(request) as work:
        day, rows = _held(work, as_of, inn)
        return page(request, "holders.html", day=day, inn=inn.strip(), rows=rows, waiting=waiting(work))


@router.get("/holders.xlsx")
def export_holders(request: Request, as_of: str = "", inn: str = "") -> Response:
    """Who exported is recorded: the table holds personal data."""
    with work_of(request) as work:
        day, rows = _held(work, as_of, inn)
        title = f"Роли на {day:%d.%m.%Y}"
        data = table_xlsx(title, _HEADINGS, [tuple(row.values()) for row in rows], made_on=work.now.date())
        audit.record(work, "holders.exported", "holders", as_of=day.isoformat(), rows=len(rows))
        return download(data, f"{title}.xlsx", _XLSX)


def _held(work: Work, as_of: str, inn: str) -> tuple[dt.date, list[dict[str, Value]]]:
    """At the end of that day by Moscow's clock; today means now."""
    today = work.now.astimezone(MOSCOW).date()
    try:
        day = dt.date.fromisoformat(as_of) if as_of else today
    except ValueError:
        raise BadIdentifier("Дату пишут так: 2026-11-23.") from None
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), MOSCOW) - dt.timedelta(microseconds=1)
    moment = work.now if day == today else end
    rows = grants.holders(work, as_of=moment.astimezone(dt.UTC), inn=inn.strip() or None)
    return day, [_spoken(row) for row in rows]


def _spoken(row: dict[str, object]) -> dict[str, Value]:
    """The columns in the order of the headings."""
    return {
        **{name: str(value) for name, value in row.items()},
        "snils": format_snils(str(row["snils"])),
        "since": _day(row["since"]),
        "until": _day(row["until"]),
        "verified": "да" if row["verified"] else "нет",
    }


def _day(value: object) -> dt.date | None:
    return dt.datetime.fromisoformat(str(value)).astimezone(MOSCOW).date() if value else None
