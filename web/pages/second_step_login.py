"""The second step of the login: shown after the right password, passed by a code or by a passkey."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.accounts import accounts, passkeys, second_step, sessions
from actions.accounts.logins import TooSoon
from actions.context import Conflict
from models.account import Account, AccountSession
from web.pages.logging_in import entered
from web.shell import Form, cookies, installed, page, second_proofs, see_other, text
from web.shell.bodies import MAX_ENTRANCE
from web.shell.door import own_address

router = APIRouter(prefix="/login/second")


@router.get("")
def ask(request: Request, next: str = "") -> Response:
    found = _half(request)
    return _asked(request, found[1], next) if found else see_other("/login")


@router.post("")
def prove(request: Request, form: Form) -> Response:
    """The half session ends with the right proof; a whole one with another token takes its place."""
    found, next = _half(request), text(form, "next", MAX_ENTRANCE)
    if found is None:
        return see_other("/login")
    session, account = found
    try:
        problem = second_proofs.fault(request, account, session.id or 0, form)
    except TooSoon as wait:
        answer = _asked(request, account, next, 429, str(wait))
        answer.headers["Retry-After"] = str(wait.retry_after)
        return answer
    except Conflict as unreadable:
        return _asked(request, account, next, 409, str(unreadable))
    return _asked(request, account, next, 401, problem) if problem else entered(request, account, next)


@router.post("/key")
def begin_key(request: Request) -> Response:
    """What the browser asks the device to sign."""
    found = _half(request)
    if found is None:
        return second_proofs.refused("Время вышло. Войдите заново.", 401)
    return second_proofs.asked(request, found[1], found[0].id or 0, passkeys.begin_proof)


def _half(request: Request) -> tuple[AccountSession, Account] | None:
    """Whose password was right a moment ago."""
    with installed(request).reading(by="вход") as work:
        return sessions.find(work, cookies.read(request), proven=False)


def _asked(request: Request, account: Account, next: str, status: int = 200, problem: str = "") -> Response:
    with installed(request).reading(by="вход") as work:
        known = accounts.get(work, account.id or 0)
        return page(
            request, "account/second-step-login.html", status=status, next=own_address(next), problem=problem,
            app=second_step.has_app(work, known.id or 0), keys=second_step.has_passkeys(work, known.id or 0), place=passkeys.place(work.policy.page_url),
        )  # fmt: skip
