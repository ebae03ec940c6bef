"""The second step of one's own login: app, keys and recovery codes, changed by whoever has just shown who he is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from fastapi import APIRouter, Request, Response

from actions.accounts import accounts, challenges, logins, passkeys, recovery_codes, second_step, sessions
from actions.accounts.logins import TooSoon
from actions.accounts.passkeys import WrongKey
from actions.accounts.second_step import WrongCode
from actions.context import Conflict, Work
from models.account import Account
from web.shell import Form, own, page, present_password, reading, second_proofs, secret, see_other, text, work_of

router = APIRouter(prefix="/account/second-step")
_STALE = "Сначала подтвердите, что это вы: прошло больше пятнадцати минут."
_HERE = "/account/second-step"


@router.get("")
def show(request: Request) -> Response:
    """What there is, and how to change it for whoever has shown who he is: nothing is made by a look."""
    with reading(request) as work:
        return _page(request, work)


@router.post("/prove")
def prove(request: Request, form: Form) -> Response:
    """By the second step where there is one, else by the password. Whoever sits down at an open session has neither."""
    user = own(request)
    with reading(request) as work:
        account, on = accounts.get(work, user.id), second_step.is_on(work, user.id)
    try:
        if on:
            problem = second_proofs.fault(request, account, user.session_id or 0, form)
        else:
            problem = "" if present_password.fits(request, secret(form, "present")) else present_password.WRONG
    except (TooSoon, Conflict) as wrong:
        problem = str(wrong)
    if problem:
        return _told(request, problem)
    with work_of(request) as work:
        sessions.prove_anew(work, user.session_id or 0)
    return see_other(_HERE)


@router.post("/prove/key")
def begin_key_proof(request: Request) -> Response:
    with reading(request) as work:
        account = accounts.get(work, own(request).id)
    return second_proofs.asked(request, account, own(request).session_id or 0, passkeys.begin_proof)


@router.post("/begin")
def begin(request: Request) -> Response:
    """Nobody binds his own phone to a session that was left open."""
    return _changed(request, lambda work, account: {"secret": second_step.begin(work, account)})


@router.post("/confirm")
def confirm(request: Request, form: Form) -> Response:
    """The recovery codes stand on the answer and nowhere else."""

    def confirmed(work: Work, account: Account) -> dict[str, Any]:
        codes = second_step.confirm(work, account, text(form, "code", 100))
        logins.succeeded(work, f"code:{account.id}", "")
        return {"codes": codes, "done": True}

    try:
        with work_of(request) as work:
            logins.begin(work, f"code:{own(request).id}", "")
        return _changed(request, confirmed)
    except (TooSoon, WrongCode) as wrong:
        with work_of(request) as work:
            account = accounts.get(work, own(request).id)
            secret = second_step.begun(work, account) if _may_change(request, work, account) else ""
            return _page(request, work, 422, secret=secret, problem=str(wrong))


@router.post("/keys/begin")
def begin_key(request: Request) -> Response:
    """What the browser asks the new device for."""
    with reading(request) as work:
        account = accounts.get(work, own(request).id)
        if not _may_change(request, work, account):
            return second_proofs.refused(_STALE, 403)
    return second_proofs.asked(request, account, own(request).session_id or 0, passkeys.begin_adding)


@router.post("/keys")
def add_key(request: Request, form: Form) -> Response:
    """What was asked for is over with the first answer, right or wrong."""
    answer, name = text(form, "answer", second_proofs.LONGEST), text(form, "name", 60)
    with work_of(request) as work:
        challenge = challenges.take(work, own(request).session_id or 0)
    try:
        return _changed(
            request, lambda work, account: {"codes": passkeys.add(work, account, challenge, answer, name), "done": True}
        )
    except (WrongKey, Conflict) as wrong:
        return _told(request, str(wrong))


@router.post("/keys/{number:int}/remove")
def remove_key(request: Request, number: int) -> Response:
    return _changed(request, lambda work, account: passkeys.remove(work, account, number))


@router.post("/app/off")
def remove_app(request: Request) -> Response:
    return _changed(request, second_step.remove_app)


@router.post("/off")
def switch_off(request: Request) -> Response:
    return _changed(request, second_step.switch_off)


@router.post("/codes")
def renew_codes(request: Request) -> Response:
    return _changed(request, lambda work, account: {"codes": second_step.renew_codes(work, account), "done": True})


def _changed(request: Request, act: Callable[[Work, Account], dict[str, Any] | None]) -> Response:
    """What `act` gives is shown once, on the answer; without it the page is looked at anew."""
    with work_of(request) as work:
        account = accounts.get(work, own(request).id)
        if not _may_change(request, work, account):
            return _page(request, work, 403, problem=_STALE)
        shown = act(work, account)
        if shown is not None:
            return _page(request, work, **shown)
    return see_other(_HERE)


def _may_change(request: Request, work: Work, account: Account) -> bool:
    """Whoever comes by single sign-on has nothing here to prove himself by, until he has a second step."""
    provable = account.password_hash is not None or second_step.is_on(work, account.id or 0)
    return not provable or sessions.is_proven_anew(work, own(request).session_id)


def _told(request: Request, problem: str) -> Response:
    with reading(request) as work:
        return _page(request, work, 422, problem=problem)


def _page(
    request: Request,
    work: Work,
    status: int = 200,
    *,
    secret: str = "",
    codes: list[str] | None = None,
    problem: str = "",
    done: bool = False,
) -> Response:
    account = accounts.get(work, own(request).id)
    picture = (
        segno.make(second_step.address_for_app(account, secret), micro=False).svg_inline(scale=4, light="#fff")
        if secret
        else ""
    )
    return page(
        request, "account/second-step.html", status=status, on=second_step.is_on(work, own(request).id), secret=secret, picture=picture,
        app=second_step.has_app(work, own(request).id), keys=passkeys.of(work, account), place=passkeys.place(work.policy.page_url), away=passkeys.AWAY,
        codes=codes or [], left=recovery_codes.left(work, account), problem=problem, lacking=second_step.is_lacking(work, account),
        changing=_may_change(request, work, account), done=done,
    )  # fmt: skip
