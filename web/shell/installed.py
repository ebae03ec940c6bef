"""The installation that this application was made for, as requests find it."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager

from starlette.requests import Request

from actions.context import Work
from actions.log import audit
from web.shell.users import user_of
from wiring.work import Installation

_SAME_LOOK = dt.timedelta(hours=12)


def installed(request: Request) -> Installation:
    installation: Installation = request.app.state.installation
    return installation


def work_of(request: Request, by: str = "") -> AbstractContextManager[Work]:
    """One transaction for this request; it is over before the answer leaves. It sees what the user sees."""
    user = user_of(request)
    if user is None:
        assert by, "a change by nobody"
        return installed(request).work(by=by)
    return installed(request).work(by=by or user.login, only_of=user.only_of)


def reading(request: Request) -> AbstractContextManager[Work]:
    """A look that cannot write and waits for no writer."""
    user = user_of(request)
    if user is None:
        return installed(request).reading(by="гость")
    return installed(request).reading(by=user.login, only_of=user.only_of)


def looked_on(request: Request, action: str, subject: str, **data: object) -> None:
    """For what a page fetches after itself: recorded unless the user's look at the same subject is on record today.

    What tells such a fetch is a header, which anybody can send: the log is asked, not the header.
    """
    with reading(request) as work:
        known = audit.has_looked(work, subject, since=work.now - _SAME_LOOK)
    if not known:
        looked(request, action, subject, **data)


def looked(request: Request, action: str, subject: str, **data: object) -> None:
    """Record that personal data were looked at, in a short transaction of its own after the look."""
    with work_of(request) as work:
        audit.record(work, action, subject, **data)
