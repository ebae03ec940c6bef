"""The installation that this application was made for, as requests find it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from starlette.requests import Request

from actions.context import Work
from wiring.work import Installation

OFFICER = "ответственный"
EMPLOYEE = "работник по личной ссылке"


def installed(request: Request) -> Installation:
    installation: Installation = request.app.state.installation
    return installation


def work_of(request: Request, by: str = OFFICER) -> AbstractContextManager[Work]:
    """One transaction for this request; it is over before the answer leaves."""
    return installed(request).work(by=by)
