"""An employee's personal pages: looking changes nothing (mail scanners look too), a pressed button acts."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from actions.context import NotFound, Work
from actions.post import links
from actions.steps import personal
from actions.steps.personal import LinkSpent, NotAllSeen, Visit
from documents.media import sniff
from models.request import LineState
from sandbox import Killed
from sandbox import Refused as RefusedFile
from states.words.requests import EMPLOYEE
from views.mail.troubles import open_report
from web.shell import Form, installed, notice, page, reading, see_other, text, ticked, uploads, work_of
from web.shell.bodies import MAX_BODY
from web.shell.proxies import caller_address

router = APIRouter(prefix="/my/{token}")
_SHAPE = re.compile(r"(?:\d{1,18}-)?[A-Za-z0-9_-]{32}")  # with a number in letters of former releases
_PICTURES = ("image/png", "image/jpeg")
_EACH = 10 * 1024 * 1024
_MOST = 6


def _visit(request: Request, work: Work, token: str) -> Visit | Response:
    """Whoever keeps bringing tokens that were never given out is told to wait."""
    try:
        if not _SHAPE.fullmatch(token):
            raise NotFound("Такой ссылки нет. Скопируйте её из письма целиком.")
        return personal.visit(work, token)
    except NotFound as missing:
        address = caller_address(request)
        if request.app.state.misses.too_many(address, installed(request).clock()):
            return notice(request, 429, "Подождите десять минут и откройте ссылку из письма.")
        return notice(request, 404, str(missing))
    except LinkSpent as spent:
        if spent.used:
            return page(request, "personal/done.html", first=spent.used == links.FIRST_LOGIN, links=work.catalog.links)
        return notice(request, 410, str(spent))


def _shown(request: Request, work: Work, seen: Visit, token: str, status: int = 200, **more: Any) -> Response:
    """The page that fits: first login or login check."""
    template = "personal/first-login.html" if seen.link.purpose == links.FIRST_LOGIN else "personal/check.html"
    return _page(request, work, template, seen, token, status, **more)


def _page(
    request: Request, work: Work, template: str, seen: Visit, token: str, status: int = 200, **more: Any
) -> Response:
    """Only first name, patronymic and organisation are shown: the link may lie open on somebody's screen."""
    report = open_report(work, seen)
    limits = {"most": _MOST, "each": _EACH, "together": MAX_BODY}
    values: dict[str, Any] = {"problem": "", "listed": (), "description": "", "limits": limits, **more}
    return page(
        request,
        template,
        status=status,
        token=token,
        name=" ".join(part for part in (seen.facts.given, seen.facts.patronymic) if part),
        organisation=seen.organisation.called,
        subsystems=seen.subsystems,
        links=work.catalog.links,
        trouble=seen.line.state is LineState.TROUBLE,
        report=report.number if report else "",
        until=seen.link.expires_at,
        **values,
    )


@router.get("")
def look(request: Request, token: str) -> Response:
    with reading(request) as work:
        seen = _visit(request, work, token)
        return _shown(request, work, seen, token) if isinstance(seen, Visit) else seen


@router.post("/done")
def first_login_done(request: Request, token: str, form: Form) -> Response:
    """Both boxes: the account is confirmed, the page said what it had to say (USR-2, USR-3)."""
    with work_of(request, EMPLOYEE) as work:
        seen = _visit(request, work, token)
        if not isinstance(seen, Visit):
            return seen
        if seen.link.purpose != links.FIRST_LOGIN:
            return _shown(request, work, seen, token)
        if not (ticked(form, "confirmed") and ticked(form, "seen")):
            return _shown(request, work, seen, token, 422, problem="Отметьте оба пункта, когда выполните их.")
        personal.confirm_first_login(work, token)
    return _back(token)


@router.post("/listed")
def login_checked(request: Request, token: str, form: Form) -> Response:
    """«Всё есть»: proven only when every subsystem of the employee's roles is ticked (VER-1)."""
    with work_of(request, EMPLOYEE) as work:
        seen = _visit(request, work, token)
        if not isinstance(seen, Visit):
            return seen
        if seen.link.purpose != links.LOGIN_CHECK:
            return _shown(request, work, seen, token)
        listed = [name for name in form.getlist("listed") if isinstance(name, str)]
        try:
            personal.confirm_login(work, token, listed=listed)
        except NotAllSeen as missing:
            return _shown(request, work, seen, token, 422, problem=str(missing), listed=listed)
    return _back(token)


@router.get("/trouble")
def advise(request: Request, token: str) -> Response:
    """First what usually helps: out, and in again (VER-2)."""
    return _trouble(request, token, "personal/again.html")


@router.get("/report")
def ask_report(request: Request, token: str) -> Response:
    return _trouble(request, token, "personal/report.html")


def _trouble(request: Request, token: str, template: str) -> Response:
    with reading(request) as work:
        seen = _visit(request, work, token)
        if not isinstance(seen, Visit):
            return seen
        if seen.link.purpose != links.LOGIN_CHECK:
            return _shown(request, work, seen, token)
        return _page(request, work, template, seen, token)


@router.post("/report")
def report(request: Request, token: str, form: Form) -> Response:
    """Description and pictures become a request to the desk (VER-3, VER-4); a second click makes no second one."""
    with work_of(request, EMPLOYEE) as work:
        seen = _visit(request, work, token)
        if not isinstance(seen, Visit):
            return seen
        if seen.link.purpose != links.LOGIN_CHECK or open_report(work, seen):
            return _shown(request, work, seen, token)
        description = text(form, "description", 4000)
        pictures = [(name, data, sniff(data)) for name, data in uploads(form, "screenshots")]
        wrong = _wrong(description, pictures) or _reported(work, token, description, pictures)
        if wrong:
            return _page(
                request, work, "personal/report.html", seen, token, 422, problem=wrong, description=description
            )
    return _back(token)


def _wrong(description: str, pictures: list[tuple[str, bytes, str]]) -> str:
    """What is missing, for the employee; "" when the report can be made."""
    if len(description) < 10:
        return "Опишите, что вы делали и что увидели: хотя бы одно предложение."
    if not pictures:
        return "Приложите снимок экрана: без него СТП не примет обращение."
    if len(pictures) > _MOST:
        return f"Снимков слишком много: не больше {_MOST}."
    if any(len(data) > _EACH for _, data, _ in pictures):
        return f"Снимок больше {_EACH // 1024 // 1024} МБ. Сделайте снимок экрана, а не фотографию, и приложите его."
    if not {media_type for _, _, media_type in pictures} <= set(_PICTURES):
        return "Подойдут только снимки PNG или JPEG. Сделайте снимок экрана и приложите его."
    return ""


def _reported(work: Work, token: str, description: str, pictures: list[tuple[str, bytes, str]]) -> str:
    """A picture that cannot be opened undoes everything written for the report."""
    try:
        with work.session.begin_nested():
            personal.report_trouble(work, token, description=description, screenshots=pictures)
    except (RefusedFile, Killed):
        return "Снимок не открывается: файл повреждён или это не снимок. Сделайте его ещё раз."
    return ""


def _back(token: str) -> Response:
    return see_other(f"/my/{token}")
