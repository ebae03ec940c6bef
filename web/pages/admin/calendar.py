"""The production calendar, the desk's hours, the times of reminders, and a calculator that explains its answer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.context import NotFound, Work
from actions.log import audit
from catalog.calendar import calendar_table
from models.moments import zoned
from states.calendar import BadCalendar
from states.deadlines import Deadline, TooFar, deadline
from web.forms.setting_forms import Control, Setting, controls, read, typed_values
from web.shell import Form, installed, page, reading, see_other, uploads, work_of
from wiring import settings_file
from wiring.calendar import OWN, keep_years, own_years, with_years
from wiring.settings_file import WrongSettings

router = APIRouter(prefix="/admin/calendar")
_MOST_BYTES = 1024 * 1024
_ZONES = (
    ("Europe/Kaliningrad", "Калининград"), ("Europe/Moscow", "Москва"), ("Europe/Samara", "Самара"),
    ("Asia/Yekaterinburg", "Екатеринбург"), ("Asia/Omsk", "Омск"), ("Asia/Krasnoyarsk", "Красноярск"),
    ("Asia/Irkutsk", "Иркутск"), ("Asia/Yakutsk", "Якутск"), ("Asia/Vladivostok", "Владивосток"),
    ("Asia/Magadan", "Магадан"), ("Asia/Kamchatka", "Камчатка"),
)  # fmt: skip
DESK = (
    Setting("desk.opens", "Начало работы", "time"), Setting("desk.closes", "Конец работы", "time"),
    Setting("desk.break_from", "Перерыв с", "time"), Setting("desk.break_until", "Перерыв до", "time"),
    Setting("desk.time_zone", "Часовой пояс", "choice", choices=_ZONES),
)  # fmt: skip
REMINDERS = (
    Setting("reminders.officers", "Кому писать об организациях без своего ответственного", "emails", "адреса, по одному в строке"),
    Setting("reminders.digest_from", "Сводку слать с", "time", "по времени организации"),
    Setting("reminders.digest_until", "и до", "time"),
    Setting("reminders.idle_days", "Напомнить о заявке без движения через, рабочих дней", "number"),
    Setting("reminders.first_login_days", "Напомнить работнику о первом входе через, рабочих дней", "number"),
    Setting("reminders.verify_days", "Напомнить о проверке входа через, рабочих дней", "number"),
    Setting("links.first_login_days", "Личная ссылка для первого входа действует, дней", "number", "1–90; раньше она кончается, когда вход отмечен"),
    Setting("links.login_check_days", "Личная ссылка для проверки входа действует, дней", "number", "1–90"),
    Setting("reminders.follow_up", "Напоминать СТП о просроченном ответе", "tick", "письмо уходит само, один раз на просрочку"),
)  # fmt: skip
_FORMS = {"desk": DESK, "reminders": REMINDERS}


@router.get("")
def show_calendar(request: Request, start: str = "", hours: str = "", done: str = "") -> Response:
    return _page(request, start=start, hours=hours, done=done)


@router.post("/file")
def take_file(request: Request, form: Form) -> Response:
    """Refused whole when any of it is wrong; years that it does not name stay."""
    files = uploads(form, "calendar", _MOST_BYTES)
    if not files:
        return _page(request, problem="Выберите файл calendar.json.")
    settings = installed(request).settings
    try:
        documents, years = with_years(settings, files[0][1])
    except BadCalendar as wrong:
        return _page(request, problem=str(wrong))
    keep_years(settings, documents)
    return _taken_up(request, OWN, came=years)


@router.post("/years/{year:int}/drop")
def drop_year(request: Request, year: int) -> Response:
    """The shipped table counts again for that year, if it knows it."""
    settings = installed(request).settings
    documents = [document for document in own_years(settings) if int(document["year"]) != year]
    if documents:
        keep_years(settings, documents)
    return _taken_up(request, OWN if documents else None, gone=[year])


def _taken_up(request: Request, name: str | None, **told: list[int]) -> Response:
    try:
        installed(request).take_up(settings_file.change({"calendar_file": name}))
    except WrongSettings as wrong:
        return _page(request, problem=str(wrong))
    with work_of(request) as work:
        audit.record(work, "calendar.changed", "settings", **told)
    return see_other("/admin/calendar?done=calendar")


@router.post("/{part}")
def save_part(request: Request, part: str, form: Form) -> Response:
    """Hours of the desk or times of reminders."""
    if part not in _FORMS:
        raise NotFound("Такой страницы нет.")
    wanted = _FORMS[part]
    try:
        values = read(form, wanted)
        _check_order(values)
        settings = settings_file.change(values)
    except WrongSettings as wrong:
        return _page(request, typed=form, part=part, wrong=wrong)
    installed(request).take_up(settings)
    with work_of(request) as work:
        audit.record(work, "settings.changed", "settings", sections=[part])
    return see_other(f"/admin/calendar?done={part}#{part}")


_ORDER = (
    ("desk.opens", "desk.break_from", "перерыв должен быть после начала работы."),
    ("desk.break_from", "desk.break_until", "перерыв кончается раньше, чем начался."),
    ("desk.break_until", "desk.closes", "работа должна кончаться после перерыва."),
    ("reminders.digest_from", "reminders.digest_until", "конец должен быть позже начала."),
)


def _check_order(values: dict[str, object]) -> None:
    """Raises WrongSettings."""
    problems = {}
    for earlier, later, told in _ORDER:
        first, second = values.get(earlier), values.get(later)
        if isinstance(first, dt.time) and isinstance(second, dt.time) and first > second:
            problems[later] = told
    if problems:
        raise WrongSettings(problems)


def _page(
    request: Request,
    *,
    start: str = "",
    hours: str = "",
    done: str = "",
    problem: str = "",
    typed: FormData | None = None,
    part: str = "",
    wrong: WrongSettings | None = None,
) -> Response:
    settings = installed(request).settings
    problems = wrong.problems if wrong else {}
    shown: dict[str, Control] = {}
    for name, wanted in _FORMS.items():
        shown |= controls(settings, wanted, typed_values(typed, wanted) if typed and name == part else None, problems)
    known = {setting.key for wanted in _FORMS.values() for setting in wanted}
    others = [f"{key}: {told}" if key else told for key, told in problems.items() if key not in known]
    imported = sorted(installed(request).calendar.imported_years)
    with reading(request) as work:
        reckoned, wrong_sum = _reckoned(work, start, hours)
        today = work.now.astimezone(ZoneInfo(settings.desk.time_zone))
        return page(
            request,
            "admin/calendar.html",
            status=422 if problem or problems or wrong_sum else 200,
            controls=shown,
            desk=DESK,
            reminders=REMINDERS,
            done=done,
            problem=problem,
            others=others,
            wrong=bool(problems),
            imported=imported,
            shipped=sorted(set(calendar_table().decreed) - set(imported)),
            reckoned=reckoned,
            wrong_sum=wrong_sum,
            start=start or f"{today:%Y-%m-%dT%H:%M}",
            hours=hours,
            zone=dict(_ZONES).get(settings.desk.time_zone, settings.desk.time_zone),
            warning=work.calendar.warning(today.year),
            year=today.year,
            fixed="calendar_file" in settings_file.from_environment(),
        )


def _reckoned(work: Work, start: str, hours: str) -> tuple[Deadline | None, str]:
    """The deadline, or what is wrong with the question; neither when nothing was asked."""
    if not start and not hours:
        return None, ""
    zone = ZoneInfo(work.desk_schedule.zone)
    try:
        begun = dt.datetime.fromisoformat(start.strip())
        number = Decimal(hours.strip().replace(",", "."))
        if not 0 <= number <= 10_000 or not 2000 <= begun.year <= 2100:
            raise ValueError
        return deadline(zoned(begun, zone), number, work.desk_schedule, work.calendar), ""
    except TooFar as far:
        return None, str(far)
    except (ValueError, InvalidOperation):
        return None, "Впишите дату со временем и число рабочих часов от 0 до 10 000, например 24."
