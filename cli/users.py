"""`user`: accounts of the page, for whoever cannot get into the page to make them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.output import Json, refuse, say, say_json, working

app = typer.Typer(help="Пользователи страницы.", no_args_is_help=True)
_ROLES = "officer, manager, auditor, administrator"
_Login = Annotated[str, typer.Argument(metavar="ЛОГИН", help="Логин латинскими буквами, например ivanova.")]


@app.command("list")
def list_users(json: Json = False) -> None:
    """Все учётные записи: роли, организации, последний вход."""
    from actions.accounts import accounts
    from models.account import Role
    from states.words.accounts import ROLE_LABELS

    with working() as work:
        rows: list[dict[str, Any]] = [
            {
                "login": account.login,
                "name": account.name,
                "roles": account.roles,
                "everywhere": account.everywhere,
                "organisations": sorted(accounts.organisations_of(work, account)),
                "active": account.active,
                "last_login": account.last_login_at.isoformat() if account.last_login_at else None,
            }
            for account in accounts.listed(work)
        ]
    if json:
        say_json(rows)
    for row in rows if not json else ():
        told = ", ".join(ROLE_LABELS[Role(role)] for role in row["roles"])
        say(f"{row['login']}: {row['name']} – {told}{'' if row['active'] else ', отключён'}")
    if not rows and not json:
        say("Учётных записей ещё нет. Завести: egisz-access user add ЛОГИН --role administrator --role officer")


@app.command()
def add(
    login: _Login,
    role: Annotated[list[str], typer.Option("--role", help=f"Роль: {_ROLES}; можно несколько раз.")],
    name: Annotated[str, typer.Option("--name", help="Имя, как его видят в журнале. По умолчанию – логин.")] = "",
    inn: Annotated[
        list[str] | None, typer.Option("--inn", help="Видит только эти организации. Без этого – все.")
    ] = None,
) -> None:
    """Завести пользователя; пароль печатается один раз, при первом входе его меняют."""
    from actions.accounts import accounts, passwords
    from actions.cards import organisations
    from actions.context import Conflict
    from models.account import Role

    unknown = [each for each in role if each not in set(Role)]
    if unknown:
        raise typer.BadParameter(f"«{unknown[0]}»: такой роли нет. Есть {_ROLES}.")
    password = passwords.made_up()
    hash = passwords.hashed(password, login=login)
    try:
        with working() as work:
            seen = [organisations.card(work, each).id or 0 for each in inn or ()]
            accounts.create(
                work,
                login=login,
                name=name or login,
                roles={Role(each) for each in role},
                everywhere=not seen,
                organisation_ids=seen,
                password_hash=hash,
            )
    except (accounts.BadAccount, Conflict) as wrong:
        refuse(str(wrong))
    say(f"Пользователь {login.strip().lower()} заведён. Пароль для первого входа: {password}")


@app.command("reset-password")
def reset_password(login: _Login) -> None:
    """Дать новый пароль: печатается один раз, все сеансы завершаются."""
    from actions.accounts import accounts, passwords

    password = passwords.made_up()
    with working() as work:
        account = accounts.find(work, login)
        if account is None:
            refuse(f"Пользователя «{login}» нет. Список: egisz-access user list")
        accounts.set_password(work, account, passwords.hashed(password, login=account.login), by_other=True)
    say(f"Новый пароль для {account.login}: {password}. При входе его попросят сменить.")


@app.command("reset-second-step")
def reset_second_step(login: _Login) -> None:
    """Снять второй шаг входа с того, кто потерял телефон и запасные коды; все сеансы завершаются."""
    from actions.accounts import accounts, second_step

    with working() as work:
        account = accounts.find(work, login)
        if account is None:
            refuse(f"Пользователя «{login}» нет. Список: egisz-access user list")
        second_step.switch_off(work, account, by_other=True)
    say(f"Второй шаг у {account.login} снят: при входе хватит пароля.")
