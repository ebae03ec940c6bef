"""One's own account: password, appearance, and the sessions that run."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.accounts import accounts, passwords, second_step, sessions
from actions.accounts.logins import TooSoon
from actions.accounts.passwords import WeakPassword
from actions.log import audit
from web.shell import (
    Form,
    cookies,
    installed,
    own,
    page,
    present_password,
    reading,
    secret,
    see_other,
    text,
    ticked,
    work_of,
)

router = APIRouter(prefix="/account")


@router.get("")
def show_account(request: Request, done: str = "") -> Response:
    with reading(request) as work:
        account = accounts.get(work, own(request).id)
        seen = "все" if account.everywhere else str(len(accounts.organisations_of(work, account)))
        return page(
            request,
            "account/account.html",
            account=account,
            seen=seen,
            sessions=sessions.of(work, account),
            here=own(request).session_id,
            done=done == "1",
            second_step=second_step.is_on(work, own(request).id),
        )


@router.post("/theme")
def choose_theme(request: Request, form: Form) -> Response:
    with work_of(request) as work:
        accounts.set_theme(work, accounts.get(work, own(request).id), text(form, "theme", 10))
    return see_other("/account")


@router.get("/password")
def ask_password(request: Request) -> Response:
    return _password(request)


@router.post("/password")
def change_password(request: Request, form: Form) -> Response:
    user = own(request)
    with installed(request).reading(by=user.login) as work:
        account = accounts.get(work, user.id)
        near = [account.name, *accounts.organisation_names(work, account)]
    try:
        if not present_password.fits(request, secret(form, "present")):
            raise WeakPassword(present_password.WRONG)
        if secret(form, "password") != secret(form, "again"):
            raise WeakPassword("Новые пароли не совпали. Впишите один и тот же дважды.")
        if secret(form, "password") == secret(form, "present"):
            raise WeakPassword("Новый пароль такой же, как нынешний. Придумайте другой.")
        hash = passwords.hashed(secret(form, "password"), login=account.login, near=near)
    except TooSoon as wait:
        return _password(request, 429, str(wait))
    except WeakPassword as wrong:
        return _password(request, 422, str(wrong))
    with work_of(request) as work:
        accounts.set_password(work, accounts.get(work, user.id), hash, by_other=False, keep=user.session_id)
    return see_other("/account?done=1")


@router.post("/sessions/end")
def end_sessions(request: Request, form: Form) -> Response:
    """Everywhere but here, or here too: then the next page is the login."""
    user = own(request)
    keep = None if ticked(form, "everywhere") else user.session_id
    with work_of(request) as work:
        account = accounts.get(work, user.id)
        sessions.end_all(work, account, keep=keep)
        audit.record(work, "account.sessions-ended", accounts.subject(account))
    answer = see_other("/account" if keep else "/login")
    if keep is None:
        cookies.drop(request, answer)
    return answer


@router.post("/sessions/{number:int}/end")
def end_session(request: Request, number: int) -> Response:
    with work_of(request) as work:
        sessions.end_one(work, accounts.get(work, own(request).id), number)
    return see_other("/account")


def _password(request: Request, status: int = 200, problem: str = "") -> Response:
    with reading(request) as work:
        account = accounts.get(work, own(request).id)
        return page(
            request,
            "account/password.html",
            status=status,
            problem=problem,
            forced=account.password_by_other,
            known=account.password_hash is not None,
        )
