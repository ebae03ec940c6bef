"""A code or the answer of a passkey, as a form brings it: counted before it is looked at, like a password."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from actions.accounts import accounts, challenges, logins, passkeys, second_step
from actions.context import Conflict, NotFound, Work
from models.account import Account
from web.shell.bodies import text
from web.shell.installed import installed

LONGEST = 20_000


def fault(request: Request, account: Account, session_id: int, form: FormData) -> str:
    """ "" where the proof is right, else what to tell. Raises TooSoon, Conflict.

    A challenge is over with the first answer, right or wrong: it is taken in a transaction of its own.
    """
    key, answer, code = f"code:{account.id}", text(form, "answer", LONGEST), text(form, "code", 100)
    with installed(request).work(by=account.login) as work:
        logins.begin(work, key, "")
        challenge = challenges.take(work, session_id) if answer else None
    with installed(request).work(by=account.login) as work:
        present = accounts.get(work, account.id or 0)
        if answer:
            told = passkeys.fault(work, present, challenge, answer)
        else:
            told = "" if second_step.prove(work, present, code) else second_step.WRONG
        if not told:
            logins.succeeded(work, key, "")
    return told


def asked(request: Request, account: Account, session_id: int, begin: Callable[[Work, Account, int], str]) -> Response:
    """The options of a ceremony, for the script."""
    try:
        with installed(request).work(by=account.login) as work:
            return Response(begin(work, accounts.get(work, account.id or 0), session_id), media_type="application/json")
    except (Conflict, NotFound) as wrong:
        return refused(str(wrong), 409)


def refused(told: str, status: int) -> Response:
    """For the script, which shows it beside its button."""
    return JSONResponse({"problem": told}, status_code=status)
