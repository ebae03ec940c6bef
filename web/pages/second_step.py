"""The second step of the login: shown after the right password, set up and switched off on one's own account."""

from __future__ import annotations

import segno
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions.accounts import accounts, logins, second_step, sessions
from actions.accounts.logins import TooSoon
from actions.accounts.second_step import WRONG, WrongCode
from actions.context import Conflict, Work
from models.account import Account
from views.mail.waiting import waiting
from web.pages.logging_in import entered
from web.shell import cookies, present_password
from web.shell.bodies import Form, secret, text
from web.shell.door import own_address
from web.shell.installed import installed, reading, work_of
from web.shell.rendering import page
from web.shell.users import own

router = APIRouter()
_MINE = "/account/second-step"


@router.get("/login/second")
def ask(request: Request, next: str = "") -> Response:
    return _asked(request, next) if _half(request) else RedirectResponse("/login", status_code=303)


@router.post("/login/second")
def prove(request: Request, form: Form) -> Response:
    """The half session ends with the right code; a whole one with another token takes its place."""
    account, next = _half(request), text(form, "next", 2000)
    if account is None:
        return RedirectResponse("/login", status_code=303)
    try:
        fits = _fits(request, account, text(form, "code", 100))
    except TooSoon as wait:
        answer = _asked(request, next, 429, str(wait))
        answer.headers["Retry-After"] = str(wait.seconds)
        return answer
    except Conflict as unreadable:
        return _asked(request, next, 409, str(unreadable))
    if not fits:
        return _asked(request, next, 401, WRONG)
    return entered(request, account, next)


def _half(request: Request) -> Account | None:
    """Whose password was right a moment ago."""
    with installed(request).reading(by="вход") as work:
        found = sessions.find(work, cookies.read(request), proven=False)
    return found[1] if found else None


def _fits(request: Request, account: Account, code: str) -> bool:
    """Counted before it is looked at, like a password. Raises TooSoon, Conflict."""
    key = f"code:{account.id}"
    with installed(request).work(by=account.login) as work:
        logins.begin(work, key, "")
    with installed(request).work(by=account.login) as work:
        fits = second_step.prove(work, accounts.get(work, account.id or 0), code)
        if fits:
            logins.succeeded(work, key, "")
    return fits


def _asked(request: Request, next: str, status: int = 200, problem: str = "") -> Response:
    return page(request, "account/second-step-login.html", status=status, next=own_address(next), problem=problem)


@router.get(_MINE)
def show(request: Request) -> Response:
    """What there is, or the first half of setting it up: nothing is made by a look."""
    with reading(request) as work:
        return _page(request, work)


@router.post(f"{_MINE}/begin")
def begin(request: Request, form: Form) -> Response:
    """Nobody binds his own phone to a session that was left open; without a password here the provider knows who it is."""
    try:
        with reading(request) as work:
            known = accounts.get(work, own(request).id).password_hash is not None
        problem = (
            present_password.WRONG if known and not present_password.fits(request, secret(form, "present")) else ""
        )
    except TooSoon as wait:
        problem = str(wait)
    with work_of(request) as work:
        account = accounts.get(work, own(request).id)
        if problem:
            return _page(request, work, 422, problem=problem)
        return _page(request, work, secret=second_step.begin(work, account))


@router.post(f"{_MINE}/confirm")
def confirm(request: Request, form: Form) -> Response:
    """The recovery codes stand on the answer and nowhere else."""
    try:
        _slow(request)
        with work_of(request) as work:
            account = accounts.get(work, own(request).id)
            codes = second_step.confirm(work, account, text(form, "code", 100))
            logins.succeeded(work, f"code:{account.id}", "")
            return _page(request, work, codes=codes)
    except (TooSoon, WrongCode) as wrong:
        with work_of(request) as work:
            account = accounts.get(work, own(request).id)
            return _page(request, work, 422, secret=second_step.begun(work, account), problem=str(wrong))


@router.post(f"{_MINE}/codes")
def renew(request: Request, form: Form) -> Response:
    return _with_code(request, text(form, "code", 100), off=False)


@router.post(f"{_MINE}/off")
def switch_off(request: Request, form: Form) -> Response:
    return _with_code(request, text(form, "code", 100), off=True)


def _with_code(request: Request, code: str, *, off: bool) -> Response:
    """Whoever sits down at an open session does not take the second step off it."""
    try:
        _slow(request)
        with work_of(request) as work:
            fits = second_step.prove(work, accounts.get(work, own(request).id), code)
    except TooSoon as wait:
        fits, problem = False, str(wait)
    else:
        problem = "" if fits else WRONG
    with work_of(request) as work:
        account = accounts.get(work, own(request).id)
        if not fits:
            return _page(request, work, 422, problem=problem)
        logins.succeeded(work, f"code:{account.id}", "")
        if not off:
            return _page(request, work, codes=second_step.renew_codes(work, account))
        second_step.switch_off(work, account)
    return RedirectResponse("/account", status_code=303)


def _slow(request: Request) -> None:
    """Raises TooSoon."""
    with work_of(request) as work:
        logins.begin(work, f"code:{own(request).id}", "")


def _page(
    request: Request,
    work: Work,
    status: int = 200,
    *,
    secret: str = "",
    codes: list[str] | None = None,
    problem: str = "",
) -> Response:
    account = accounts.get(work, own(request).id)
    picture = (
        segno.make(second_step.address_for_app(account, secret), micro=False).svg_inline(scale=4, light="#fff")
        if secret
        else ""
    )
    return page(
        request,
        "account/second-step.html",
        status=status,
        on=second_step.is_on(work, own(request).id),
        secret=secret,
        picture=picture,
        codes=codes or [],
        left=second_step.codes_left(work, account),
        problem=problem,
        lacking=second_step.is_lacking(work, account),
        waiting=waiting(work),
        known=account.password_hash is not None,
    )
