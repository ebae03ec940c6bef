"""The first page of administration: how everything fares, what is red first."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from service import beside, planner, state_of_health
from service.checks import Check
from web.shell import Form, installed, page, reading, see_other, ticked

router = APIRouter(prefix="/admin")
_ORDER = ("bad", "warning", "note", "good")
# The shape and the word of a level.
LEVELS = {
    "bad": ("error", "не работает"), "warning": ("warning", "требует внимания"),
    "note": ("advice", "к сведению"), "good": ("verified", "в порядке"),
}  # fmt: skip
_PLACES = {
    "mailbox": ("/admin/mail", "Почта"), "desk": ("/admin/mail#desk", "Почта"), "queue": ("/triage", "Письма"), "letters": ("/triage", "Письма"),
    "log": ("/audit/verify", "Проверить журнал"), "backup": ("/admin/backups", "Резервные копии"),
    "calendar": ("/admin/calendar", "Календарь"), "disk": ("/admin/backups", "Резервные копии"),
    "trial": ("/admin/backups", "Резервные копии"),
    "erasure": ("/admin/erasure", "Стирание"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    check: Check
    shape: str
    word: str
    place: tuple[str, str] | None


@router.post("/practice")
def practise(request: Request, form: Form) -> Response:
    """Practice beside work, in a service and a folder of its own; the supervisor starts and stops it."""
    if not installed(request).practice:
        (beside.stop if ticked(form, "stop") else beside.ask)(installed(request).settings.home)
    return see_other("/admin#practice")


@router.get("")
def show_overview(request: Request) -> Response:
    """Health is the installation's, so what the administrator sees elsewhere does not narrow it."""
    asked = planner.ask()
    with reading(request, everywhere=True) as work:
        checks = state_of_health.look(installed(request), work, asked)
    shown = [
        Shown(check, *LEVELS[check.level], _PLACES.get(check.code))
        for check in sorted(checks, key=lambda check: _ORDER.index(check.level))
    ]
    with reading(request) as work:
        return page(
            request,
            "admin/overview.html",
            practising=beside.standing(installed(request).settings.home),
            checks=shown,
            red=sum(each.check.level == "bad" for each in shown),
            yellow=sum(each.check.level == "warning" for each in shown),
        )
