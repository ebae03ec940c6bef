"""Coming in and going out, and the first administrator of a new installation."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from actions.accounts import accounts, known_browsers, logins, passwords, refusals, second_step, sessions
from actions.accounts.accounts import BadAccount
from actions.accounts.logins import TooSoon
from actions.accounts.passwords import TooBusy, WeakPassword
from actions.context import Conflict, Work
from models.account import Account, Role
from service import beside
from web.shell import Form, cookies, installed, page, secret, see_other, text
from web.shell.bodies import MAX_ENTRANCE
from web.shell.door import own_address, recognised
from web.shell.proxies import caller_address
from wiring.page_key import is_page_key

router = APIRouter()
_WRONG = "Логин или пароль не подходит. Проверьте раскладку и CapsLock; забытый пароль меняет администратор."


@router.get("/login")
def ask(request: Request, next: str = "") -> Response:
    """Whoever is in already goes on; where nobody can log in yet, the page says how to make the first account."""
    installation = installed(request)
    if recognised(request) is not None:
        return see_other(own_address(next))
    with installation.reading(by="вход") as work:
        if not accounts.there_are_any(work):
            return page(request, "account/no-accounts.html")
    return _form(request, next)


@router.post("/login")
def log_in(request: Request, form: Form) -> Response:
    """The password is looked at between two transactions: it takes long, and nobody has to wait for it."""
    login, password, next = text(form, "login", 100), secret(form, "password"), text(form, "next", MAX_ENTRANCE)
    installation = installed(request)
    try:
        account, known = _counted(request, login)
        fits = passwords.fits(password, account.password_hash if account else None, known=known)
    except (TooSoon, TooBusy) as wait:
        return _form(request, next, status=wait.http_status, login=login, problem=wait.told, wait=wait.retry_after or 0)
    if not fits or account is None or not account.active:
        with installation.work(by="вход") as work:
            refusals.note(work, "refused.login", accounts.subject(account) if account else "login")
        return _form(request, next, status=401, login=login, problem=_WRONG)
    return let_in(request, account, next)


def _counted(request: Request, login: str) -> tuple[Account | None, bool]:
    """The account, and whether this browser is known to be its user's: then no stranger's tries make it wait. Raises TooSoon."""
    with installed(request).work(by="вход") as work:
        account = accounts.find(work, login)
        browser = known_browsers.find(work, account, cookies.read(request, cookies.KNOWN))
        if browser is None:
            logins.begin(work, login, caller_address(request))
        else:
            known_browsers.count_try(work, browser)
        return account, browser is not None


def let_in(request: Request, account: Account, next: str = "") -> Response:
    """Whose password or provider was right: with a second step only as far as that."""
    with installed(request).work(by=account.login) as work:
        logins.succeeded(work, account.login, caller_address(request))
        halfway = second_step.is_on(work, account.id or 0)
        token = _begun(request, work, account, proven=False) if halfway else ""
    if not halfway:
        return entered(request, account, next)
    answer = see_other(f"/login/second?next={quote(own_address(next), safe='')}")
    cookies.put(request, answer, token, days=1)
    return answer


def entered(request: Request, account: Account, next: str) -> Response:
    """A new session in its cookie, for an account that has proven itself."""
    with installed(request).work(by=account.login) as work:
        token = _begun(request, work, account, proven=True)
        known = known_browsers.greet(work, account, cookies.read(request, cookies.KNOWN))
    answer = see_other(own_address(next))
    cookies.put(request, answer, token, days=installed(request).policy.session_days)
    cookies.put(request, answer, known, days=known_browsers.DAYS, name=cookies.KNOWN)
    return answer


def _begun(request: Request, work: Work, account: Account, *, proven: bool) -> str:
    """The session that this browser had before, half or whole, ends: nobody's older token lives on beside the new one."""
    agent, address = request.headers.get("user-agent", ""), caller_address(request)
    sessions.end(work, cookies.read(request))
    return sessions.start(work, accounts.get(work, account.id or 0), agent=agent, address=address, proven=proven)


@router.post("/logout")
def log_out(request: Request) -> Response:
    found = recognised(request)
    if found is not None:
        with installed(request).work(by=found[0].login) as work:
            sessions.end(work, cookies.read(request))
    answer = see_other("/login")
    cookies.drop(request, answer)
    return answer


@router.get("/setup")
def ask_first(request: Request, key: str = "") -> Response:
    """Only with the key that the service prints at its start: else whoever comes first would own the installation."""
    return _setup(request, key) or _ask_first(request, key)


@router.post("/setup/practice")
def practise_first(request: Request, form: Form) -> Response:
    """Who holds the key of the first account may look around in the practice folder before."""
    key = text(form, "key", 200)
    refused = _setup(request, key)
    if refused is None and not installed(request).practice:
        beside.ask(installed(request).settings.home)
    return refused or _ask_first(request, key)


@router.post("/setup")
def make_first(request: Request, form: Form) -> Response:
    """The first account: in a small clinic the same person administers and carries the requests."""
    key = text(form, "key", 200)
    refused = _setup(request, key)
    if refused is not None:
        return refused
    typed = {name: text(form, name, 200) for name in ("login", "name", "email")}
    try:
        if secret(form, "password") != secret(form, "again"):
            raise WeakPassword("Пароли не совпали. Впишите один и тот же дважды.")
        hash = passwords.hashed(secret(form, "password"), login=typed["login"], near=[typed["name"]])
        with installed(request).work(by=typed["login"].lower()) as work:
            if accounts.there_are_any(work):
                raise Conflict("Первый администратор уже заведён.")
            account = accounts.create(
                work,
                login=typed["login"],
                name=typed["name"],
                email=typed["email"],
                roles={Role.ADMINISTRATOR, Role.OFFICER},
                everywhere=True,
                password_hash=hash,
                password_by_other=False,
            )
    except (BadAccount, WeakPassword) as wrong:
        return _ask_first(request, key, status=422, problem=str(wrong), typed=typed)
    return let_in(request, account)


def _ask_first(
    request: Request, key: str, *, status: int = 200, problem: str = "", typed: dict[str, str] | None = None
) -> Response:
    home = installed(request).settings.home
    return page(
        request,
        "account/setup.html",
        status=status,
        key=key,
        problem=problem,
        typed=typed or {},
        practising=beside.standing(home),
    )


def _setup(request: Request, key: str) -> Response | None:
    """None while the first account may be made with this key."""
    installation = installed(request)
    with installation.reading(by="вход") as work:
        if accounts.there_are_any(work):
            return see_other("/login")
    if not is_page_key(installation.policy.link_secret, key):
        return page(request, "account/no-accounts.html", status=403)
    return None


def _form(request: Request, next: str, status: int = 200, wait: int = 0, **more: Any) -> Response:
    oidc = installed(request).settings.oidc
    answer = page(
        request,
        "account/login.html",
        status=status,
        next=next,
        sso=oidc.label if oidc.issuer else "",
        **{"login": "", "problem": "", **more},
    )
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
