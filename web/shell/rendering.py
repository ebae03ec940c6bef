"""Pages from templates: escaped always, an unknown name is an error, dates and counts in Russian."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from documents.russian import counted, long_date
from models.request import Status
from states.moments import iso_moment, moment, short_moment
from states.statuses import TONES
from views.mail.waiting import waiting
from web.shell.installed import installed, running
from web.shell.menu import roles_told, section, sections
from web.shell.sealed import token
from web.shell.users import user_of

HERE = Path(__file__).parent.parent


def site(url: str) -> str:
    """An address as people say it: without the scheme and the last slash, so that it fits a phone's line."""
    return url.removeprefix("https://").rstrip("/")


def sentence(text: str) -> str:
    """A capital first letter; the rest stays, for it may hold an abbreviation."""
    return text[:1].upper() + text[1:]


def browser(agent: str) -> str:
    """The browser and system of a User-Agent, as people call them."""
    for name, mark in (
        ("Яндекс Браузер", "YaBrowser"),
        ("Edge", "Edg/"),
        ("Opera", "OPR/"),
        ("Firefox", "Firefox/"),
        ("Chrome", "Chrome/"),
        ("Safari", "Safari/"),
    ):
        if mark in agent:
            system = next((told for told, sign in _SYSTEMS if sign in agent), "")
            return f"{name}, {system}" if system else name
    return "Неизвестная программа"


_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("macOS", "Mac OS"),
    ("Linux", "Linux"),
)


def size(number: int) -> str:
    """Bytes as a person reads them."""
    if number < 1024 * 1024:
        return f"{max(1, round(number / 1024))} КБ"
    return f"{number / 1024 / 1024:.1f} МБ".replace(".", ",")


def tone(code: str) -> str:
    """The class of a state's colour; other codes are classes themselves."""
    return TONES.get(Status(code), code) if code in {*Status} else code


@cache
def asset(name: str) -> str:
    """The address of a file in `static`, with its content in the address so that browsers may keep it."""
    digest = hashlib.sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(asset=asset, counted=counted, sections=sections, section=section, roles_told=roles_told)
    environment.filters.update(
        moment=moment,
        short_moment=short_moment,
        iso_moment=iso_moment,
        size=size,
        tone=tone,
        site=site,
        long_date=long_date,
        browser=browser,
        sentence=sentence,
    )
    return environment


def see_other(address: str) -> RedirectResponse:
    """After a form: the browser looks at what came of it, and a second look sends nothing again."""
    return RedirectResponse(address, status_code=303)


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """An HTML answer. Templates see the path (for the menu), the user, and whether all this is practice.

    The menu counts letters that wait for a person, in the transaction that the request is in; a part of a page has no menu.
    """
    work = running(request)
    text = (
        templates()
        .get_template(template)
        .render(
            path=request.url.path,
            user=user_of(request),
            practice=installed(request).practice,
            word_token=partial(token, request),
            waiting=lambda: waiting(work) if work else 0,
            **values,
        )
    )
    return HTMLResponse(text, status_code=status)
