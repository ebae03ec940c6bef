"""The installation that this application was made for, as requests find it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from starlette.requests import Request

from actions.context import Work
from actions.log import audit
from web.shell.users import user_of
from wiring.work import Installation

_SAME_LOOK = dt.timedelta(hours=12)


def installed(request: Request) -> Installation:
    installation: Installation = request.app.state.installation
    return installation


def work_of(request: Request, by: str = "", *, everywhere: bool = False) -> AbstractContextManager[Work]:
    """One transaction for this request; it is over before the answer leaves. It sees what the user sees, or `everywhere` all."""
    user = user_of(request)
    if user is None:
        assert by, "a change by nobody"
        return _running(request, installed(request).work(by=by))
    return _running(request, installed(request).work(by=by or user.login, only_of=None if everywhere else user.only_of))


def reading(request: Request, *, everywhere: bool = False) -> AbstractContextManager[Work]:
    """A look that cannot write and waits for no writer."""
    user = user_of(request)
    if user is None:
        return _running(request, installed(request).reading(by="гость"))
    return _running(request, installed(request).reading(by=user.login, only_of=None if everywhere else user.only_of))


@contextmanager
def _running(request: Request, transaction: AbstractContextManager[Work]) -> Iterator[Work]:
    before = running(request)
    with transaction as work:
        request.state.work = work
        try:
            yield work
        finally:
            request.state.work = before


def running(request: Request) -> Work | None:
    """The transaction that the request is in just now."""
    return getattr(request.state, "work", None)


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
