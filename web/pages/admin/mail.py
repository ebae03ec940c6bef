"""Mail settings, written to settings.toml, and the test letter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.accounts import accounts
from actions.log import audit
from actions.post import destinations
from notifications.tls import BadBundle
from service.probing import Probed, probe
from states.rules.emails import email_problem
from web.forms.setting_forms import Setting, controls, read, typed_values
from web.shell import Form, installed, own, page, reading, see_other, text, ticked, work_of
from wiring import settings_file
from wiring.gateways import NoMailbox, unset_mail
from wiring.practice import work_home
from wiring.settings import Settings
from wiring.settings_file import WrongSettings
from wiring.work import Installation

router = APIRouter(prefix="/admin/mail")
_TLS = (("tls", "TLS с начала связи"), ("starttls", "STARTTLS"), ("plain", "без защиты (только эта же машина)"))


def _server(part: str, port: int) -> tuple[Setting, ...]:
    return (
        Setting(f"{part}.host", "Сервер", help="имя, например mail.clinic.ru"),
        Setting(f"{part}.port", "Порт", "number", f"обычно {port}"),
        Setting(f"{part}.tls", "Защита", "choice", choices=_TLS),
        Setting(f"{part}.login", "Логин"),
        Setting(f"{part}.password", "Пароль", "secret"),
        Setting(
            f"{part}.ca_bundle",
            "Файл своих корневых сертификатов",
            "path",
            "нужен, если сертификат сервера выдан не общим центром",
        ),
        Setting(f"{part}.timeout_seconds", "Сколько ждать ответа, секунд", "number"),
    )


SECTIONS: tuple[tuple[str, str, tuple[Setting, ...]], ...] = (
    ("Отправитель", "Чьи письма и куда заявки", (
        Setting("mail.sender", "Адрес отправителя", "email", "ящик, с которого уходят заявки и куда приходят ответы"),
        Setting("mail.sender_name", "Имя отправителя"),
        Setting("mail.desk_address", "Адрес СТП", "email", "пусто: по регламенту на день отправки"),
        Setting("answers.apply", "Ясные ответы СТП", "choice", choices=(("clear", "применяет программа"), ("never", "всегда решает человек"))),
    )),
    ("Исходящая почта", "SMTP", _server("smtp", 465)),
    ("Входящая почта", "IMAP, тот же ящик", (
        *_server("imap", 993),
        Setting("imap.folders", "Папки, которые читать", "lines", "по одной в строке"),
        Setting("imap.sent_folder", "Папка отправленных", help="пусто: найдём сами"),
        Setting("imap.copy_sent", "Класть копии отправленного в эту папку", "tick", "если сервер сам их не хранит"),
        Setting("imap.authserv_id", "Имя сервера в отметке об отправителе", help="узнаётся пробным письмом на адрес этого ящика; пусто: верим только ответам на наши письма"),
        Setting("imap.results_below_received", "Отметка стоит под строкой приёма", "tick", "только если сервер убирает чужие отметки"),
    )),
)  # fmt: skip
ALL = tuple(setting for _, _, settings in SECTIONS for setting in settings)


@router.get("")
def show_mail(request: Request, done: str = "") -> Response:
    return _page(request, done=done)


@router.post("")
def save_mail(request: Request, form: Form) -> Response:
    """The page follows at once, sweeps read the file at each run; what practice writes is for the folder of work."""
    practice = installed(request).practice
    try:
        _write(request, read(form, ALL, elsewhere=practice))
    except WrongSettings as wrong:
        return _page(request, typed=form, wrong=wrong)
    return see_other("/admin/mail?done=1")


@router.post("/server")
def remember_server(request: Request, form: Form) -> Response:
    """What the test letter has shown."""
    below = ticked(form, "below")
    try:
        _write(request, {"imap.authserv_id": text(form, "server", 255), "imap.results_below_received": below})
    except WrongSettings as wrong:
        return _page(request, wrong=wrong)
    return see_other("/admin/mail?done=1")


def _write(request: Request, values: Mapping[str, object]) -> None:
    """Raises WrongSettings."""
    place = _place(request)
    if installed(request).practice:
        if place is None:
            raise WrongSettings({"": "Из учебной папки почту этой работы не меняют."})
        settings_file.change(values, place)
    else:
        installed(request).take_up(settings_file.change(values))
    with work_of(request) as work:
        audit.record(work, "settings.changed", "settings", sections=["mail", "smtp", "imap", "answers"])


@router.post("/probe")
def send_test_letter(request: Request, form: Form) -> Response:
    """With the settings that a real letter would go by."""
    to = text(form, "to", 320)
    problem = email_problem(to)
    if problem:
        return _page(request, to=to, probed=[Probed(False, problem)], status=422)
    try:
        told = list(probe(_tried(request), to))
    except NoMailbox as missing:
        told = [Probed(False, str(missing))]
    except BadBundle:
        told = [Probed(False, "Файл корневых сертификатов не прочитать: нужен PEM. Проверьте путь и содержимое.")]
    with work_of(request) as work:
        audit.record(work, "mail.probed", "settings", ok=all(each.ok for each in told))
    return _page(request, to=to, probed=told)


@router.post("/desk")
def confirm_desk(request: Request, form: Form) -> Response:
    """A person's yes to the address that he was shown: bound to it, on record. Another address asks again."""
    with work_of(request) as work:
        destinations.confirm_address(work, text(form, "address", 320))
    return see_other("/admin/mail?done=desk")


def _place(request: Request) -> Path | None:
    """The folder of work whose mail may be written while practising: one where nobody has begun to work."""
    installation = installed(request)
    beside = work_home(installation.settings.home) if installation.practice else None
    return beside if beside and not Installation(settings_file.in_file(beside)).has_database else None


def _settings(request: Request) -> Settings:
    """What the form starts from. Raises WrongSettings."""
    place = _place(request)
    return settings_file.in_file(place) if place else installed(request).settings


def _tried(request: Request) -> Settings:
    """While practising, real servers that the file of work already names are tried before the start."""
    settings = _settings(request)
    return settings if settings.smtp.host else installed(request).settings


def _page(
    request: Request,
    *,
    typed: FormData | None = None,
    wrong: WrongSettings | None = None,
    done: str = "",
    to: str = "",
    probed: list[Probed] | None = None,
    status: int = 200,
) -> Response:
    problems = dict(wrong.problems) if wrong else {}
    try:
        place = _place(request)
        shown = controls(
            _settings(request), ALL, typed_values(typed, ALL) if typed else None, problems, elsewhere=place is not None
        )
    except WrongSettings as broken:  # the file was spoiled by hand while the page was running
        place, shown = None, controls(installed(request).settings, ALL)
        problems |= broken.problems
    known = {setting.key for setting in ALL}
    with reading(request) as work:
        desk = destinations.address(work)
        return page(
            request,
            "admin/mail.html",
            desk=desk,
            yes=destinations.confirmation(work, desk),
            status=422 if problems else status,
            controls=shown,
            done=done,
            parts=SECTIONS if place or not installed(request).practice else (),
            place=place,
            lacking=unset_mail(installed(request).settings),
            location=settings_file.location(place),
            to=to,
            others=[f"{key}: {told}" if key else told for key, told in problems.items() if key not in known],
            wrong=bool(problems),
            probed=probed,
            fixed=any(each.fixed for each in shown.values()),
            me=_own_address(request),
        )


def _own_address(request: Request) -> str:
    with reading(request) as work:
        return accounts.get(work, own(request).id).email
