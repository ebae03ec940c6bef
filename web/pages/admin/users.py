"""Users of the page: list, add, change, a new password, sessions ended.

Accounts are the installation's: an administrator who sees few organisations must not take the others from people.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.accounts import accounts, passkeys, passwords, second_step, sessions
from actions.accounts.accounts import BadAccount
from actions.context import Conflict, Work
from actions.log import audit
from models.account import Account, Role
from models.row_numbers import row_numbers
from states.rules.emails import email_problem
from states.words.accounts import ROLE_LABELS, ROLE_MEANINGS
from views.accounts import organisations_seen, sessions_running
from views.organisations import offered
from web.shell import Form, own, page, reading, see_other, text, ticked, work_of

router = APIRouter(prefix="/admin/users")


@router.get("")
def show_users(request: Request) -> Response:
    with reading(request, everywhere=True) as work:
        listed = accounts.listed(work)
        return page(
            request,
            "admin/users.html",
            users=listed,
            roles=ROLE_LABELS,
            role=Role,
            organisations=organisations_seen(work),
            sessions=sessions_running(work),
        )


@router.get("/new")
def ask_user(request: Request) -> Response:
    empty = {"login": "", "name": "", "email": "", "everywhere": "1", "active": "1"}
    return _form(request, None, empty, {Role.OFFICER}, set())


@router.post("/new")
def add_user(request: Request, form: Form) -> Response:
    """The password is on the answer's page and nowhere else."""
    typed, roles, chosen = _typed(form)
    password = passwords.made_up()
    try:
        _check_address(typed["email"])
        hash = passwords.hashed(password, login=typed["login"] or " ")
        with work_of(request, everywhere=True) as work:
            account = accounts.create(
                work,
                login=typed["login"],
                name=typed["name"],
                roles=roles,
                email=typed["email"],
                everywhere=bool(typed["everywhere"]),
                organisation_ids=_existing(work, typed, chosen),
                password_hash=hash,
            )
    except (BadAccount, Conflict) as wrong:
        return _form(request, None, typed, roles, chosen, problem=str(wrong))
    return _password(request, account, password, new=True)


@router.get("/{number:int}")
def show_user(request: Request, number: int, done: str = "") -> Response:
    with reading(request, everywhere=True) as work:
        account = accounts.get(work, number)
        chosen = accounts.organisations_of(work, account)
    typed = {
        "name": account.name, "login": account.login, "email": account.email,
        "everywhere": "1" if account.everywhere else "", "active": "1" if account.active else "",
    }  # fmt: skip
    return _form(request, account, typed, {Role(role) for role in account.roles}, chosen, done=done)


@router.post("/{number:int}")
def change_user(request: Request, number: int, form: Form) -> Response:
    typed, roles, chosen = _typed(form)
    with reading(request, everywhere=True) as work:
        present = accounts.get(work, number)
    typed["login"] = present.login
    try:
        _check_address(typed["email"])
        with work_of(request, everywhere=True) as work:
            accounts.change(
                work,
                accounts.get(work, number),
                name=typed["name"],
                roles=roles,
                email=typed["email"],
                everywhere=bool(typed["everywhere"]),
                organisation_ids=_existing(work, typed, chosen),
                active=bool(typed["active"]),
            )
    except (BadAccount, Conflict) as wrong:
        return _form(request, present, typed, roles, chosen, problem=str(wrong))
    return see_other(f"/admin/users/{number}?done=saved")


@router.post("/{number:int}/password")
def reset_password(request: Request, number: int) -> Response:
    """Every session of the user ends with the old password."""
    with reading(request, everywhere=True) as work:
        login = accounts.get(work, number).login
    password = passwords.made_up()
    hash = passwords.hashed(password, login=login)
    with work_of(request, everywhere=True) as work:
        account = accounts.get(work, number)
        accounts.set_password(work, account, hash, by_other=True)
    return _password(request, account, password, new=False)


@router.post("/{number:int}/sessions/end")
def end_sessions(request: Request, number: int) -> Response:
    """One's own present session stays: it is this one."""
    with work_of(request, everywhere=True) as work:
        account = accounts.get(work, number)
        keep = own(request).session_id if account.id == own(request).id else None
        sessions.end_all(work, account, keep=keep)
        audit.record(work, "account.sessions-ended", accounts.subject(account))
    return see_other(f"/admin/users/{number}?done=sessions")


@router.post("/{number:int}/second-step/off")
def switch_off_second_step(request: Request, number: int) -> Response:
    """For whoever has lost his phone and his codes."""
    with work_of(request, everywhere=True) as work:
        second_step.switch_off(work, accounts.get(work, number), by_other=True)
    return see_other(f"/admin/users/{number}?done=second-step")


def _typed(form: FormData) -> tuple[dict[str, str], set[Role], set[int]]:
    typed = {name: text(form, name, most) for name, most in (("login", 64), ("name", 200), ("email", 300))}
    typed |= {name: "1" if ticked(form, name) else "" for name in ("active",)}
    typed["everywhere"] = "1" if text(form, "seen") == "all" else ""
    roles = {Role(value) for value in form.getlist("roles") if value in set(Role)}
    chosen = row_numbers(form.getlist("organisations"))
    return typed, roles, chosen


def _check_address(typed: str) -> None:
    problem = email_problem(typed) if typed else ""
    if problem:
        raise BadAccount(f"Эл. почта: {problem}")


def _existing(work: Work, typed: dict[str, str], chosen: set[int]) -> set[int]:
    """Raises BadAccount for a user who would see nothing at all."""
    if typed["everywhere"]:
        return set()
    known = offered.among(work, chosen)
    if not known:
        raise BadAccount(
            "Отметьте хотя бы одну организацию или «все организации»: иначе пользователь ничего не увидит."
        )
    return known


def _form(
    request: Request,
    account: Account | None,
    typed: dict[str, str],
    roles: set[Role],
    chosen: set[int],
    *,
    problem: str = "",
    done: str = "",
) -> Response:
    with reading(request, everywhere=True) as work:
        known = offered.by_name(work, limit=None)
        return page(
            request,
            "admin/user.html",
            status=422 if problem else 200,
            account=account,
            typed=typed,
            chosen=chosen,
            roles=roles,
            labels=ROLE_LABELS,
            meanings=ROLE_MEANINGS,
            problem=problem,
            done=done,
            organisations=sorted(known, key=lambda card: card.id not in chosen),
            sessions=sessions.of(work, account) if account else (),
            here=own(request).session_id,
            second_step=_second_step(work, account) if account else None,
        )


def _second_step(work: Work, account: Account) -> dict[str, int] | None:
    """What he has; None where the step is off."""
    app, keys = second_step.has_app(work, account.id or 0), len(passkeys.of(work, account))
    return {"app": app, "passkeys": keys} if app or keys else None


def _password(request: Request, account: Account, password: str, *, new: bool) -> Response:
    with reading(request, everywhere=True) as work:
        return page(
            request, "admin/password.html", account=account, password=password, new=new, address=work.policy.page_url
        )
