"""Pages from templates: escaped always, an unknown name is an error, dates and counts in Russian."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from documents.russian import counted, long_date
from web.installed import installed
from web.menu import roles_told, section, sections
from web.sealed import token
from web.users import user_of

HERE = Path(__file__).parent
MOSCOW = ZoneInfo("Europe/Moscow")


def moment(at: dt.datetime) -> str:
    """23 ноября 2026, 14:05 by Moscow's clock."""
    local = at.astimezone(MOSCOW)
    return f"{format_date(local, 'd MMMM y', locale='ru')}, {local:%H:%M}".replace(" ", "\u00a0", 2)


def short_moment(at: dt.datetime) -> str:
    return f"{at.astimezone(MOSCOW):%d.%m.%Y %H:%M}"


def iso_moment(text: str) -> str:
    return short_moment(dt.datetime.fromisoformat(text))


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
        site=site,
        long_date=long_date,
        browser=browser,
        sentence=sentence,
    )
    return environment


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """An HTML answer. Templates see the path (for the menu), the user, and whether all this is practice."""
    text = (
        templates()
        .get_template(template)
        .render(
            path=request.url.path,
            user=user_of(request),
            practice=installed(request).practice,
            word_token=partial(token, request),
            **values,
        )
    )
    return HTMLResponse(text, status_code=status)
