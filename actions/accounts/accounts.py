"""Accounts: made and changed by an administrator; each change is in the audit log by the account's number."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, select
from sqlmodel import col

from actions.accounts import api_tokens, known_browsers, sessions
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.subscriptions import webhooks
from models.account import Account, AccountOrganisation, Role
from models.lengths import within
from models.organisation import Organisation
from refusals import Refusal

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")


class BadAccount(Refusal, ValueError):
    """What an account cannot be; the text says in Russian why and what to do."""


def subject(account: Account) -> str:
    return f"account:{account.id}"


def get(work: Work, account_id: int) -> Account:
    account = work.session.get(Account, account_id)
    if account is None:
        raise NotFound("Такого пользователя нет.")
    return account


def find(work: Work, login: str) -> Account | None:
    query = select(Account).where(col(Account.login) == login.strip().lower())
    found: Account | None = work.session.execute(query).scalar_one_or_none()
    return found


def there_are_any(work: Work) -> bool:
    return work.session.execute(select(col(Account.id)).limit(1)).first() is not None


def listed(work: Work) -> Sequence[Account]:
    return (
        work.session.execute(select(Account).order_by(col(Account.active).desc(), col(Account.login))).scalars().all()
    )


def organisations_of(work: Work, account: Account) -> set[int]:
    """Numbers of the organisations that he sees when he does not see all."""
    query = select(col(AccountOrganisation.organisation_id)).where(col(AccountOrganisation.account_id) == account.id)
    return set(work.session.execute(query).scalars())


def organisation_names(work: Work, account: Account) -> list[str]:
    """Of those that he works for; of the first fifty for who sees all."""
    query = select(col(Organisation.short_name), col(Organisation.full_name)).order_by(col(Organisation.id)).limit(50)
    if not account.everywhere:
        query = query.where(col(Organisation.id).in_(organisations_of(work, account)))
    return [name for row in work.session.execute(query) for name in row if name]


def create(
    work: Work,
    *,
    login: str,
    name: str,
    roles: Collection[Role],
    email: str = "",
    everywhere: bool = False,
    organisation_ids: Iterable[int] = (),
    password_hash: str | None = None,
    password_by_other: bool = True,
    subject_of_sso: str | None = None,
) -> Account:
    """Raises BadAccount, Conflict when the login is taken."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise BadAccount(
            "Логин: латинские буквы, цифры, точка, дефис, подчёркивание или «@», до 64 знаков. Пример: ivanova."
        )
    if find(work, login) is not None:
        raise Conflict(f"Логин «{login}» уже занят. Выберите другой.")
    account = Account(
        login=login,
        name=_named(name),
        email=email.strip(),
        roles=_roles(roles),
        everywhere=everywhere,
        password_hash=password_hash,
        password_by_other=password_by_other,
        subject=subject_of_sso,
        created_at=work.now,
    )
    work.session.add(account)
    work.session.flush()
    _put_organisations(work, account, organisation_ids)
    audit.record(
        work,
        "account.created",
        subject(account),
        roles=account.roles,
        everywhere=everywhere,
        organisations=sorted(organisations_of(work, account)),
    )
    return account


def change(
    work: Work,
    account: Account,
    *,
    name: str,
    roles: Collection[Role],
    email: str,
    everywhere: bool,
    organisation_ids: Iterable[int],
    active: bool,
) -> Account:
    """Whoever is switched off loses his sessions and keys at once, and gets none of them back when he is switched on.

    Raises BadAccount, Conflict for the last administrator.
    """
    administered = account.active and Role.ADMINISTRATOR.value in account.roles
    account.name, account.email = _named(name), email.strip()
    account.roles, account.everywhere, account.active = _roles(roles), everywhere, active
    work.session.flush()
    if administered and not _administrators(work):
        raise Conflict("Это последний действующий администратор. Сначала назначьте другого.")
    _put_organisations(work, account, organisation_ids)
    if not active:
        sessions.end_all(work, account)
        api_tokens.revoke_all(work, account)
        webhooks.stop_all(work, account)
        known_browsers.forget_all(work, account)
    audit.record(
        work,
        "account.changed",
        subject(account),
        roles=account.roles,
        everywhere=everywhere,
        active=active,
        organisations=sorted(organisations_of(work, account)),
    )
    return account


def set_password(work: Work, account: Account, password_hash: str, *, by_other: bool, keep: int | None = None) -> None:
    """Every session ends, but for the one with number `keep`.

    Whose password is reset by somebody else may have lost his keys with it: programs' keys and feeds end too.
    """
    account.password_hash, account.password_by_other = password_hash, by_other
    sessions.end_all(work, account, keep=keep)
    revoked = api_tokens.revoke_all(work, account) if by_other else 0
    if by_other:
        known_browsers.forget_all(work, account)
    audit.record(work, "account.password-set", subject(account), by_other=by_other, revoked=revoked)


def set_theme(work: Work, account: Account, theme: str) -> None:
    if theme not in ("auto", "light", "dark"):
        raise BadAccount("Оформление: светлое, тёмное или как в системе.")
    account.theme = theme


def _named(name: str) -> str:
    if not name.strip():
        raise BadAccount("Впишите имя: так пользователя видят в журнале и в заявках.")
    return within(" ".join(name.split()), 200, "Имя")


def _roles(roles: Collection[Role]) -> list[str]:
    if not roles:
        raise BadAccount("Отметьте хотя бы одну роль.")
    return [role.value for role in Role if role in roles]


def _put_organisations(work: Work, account: Account, organisation_ids: Iterable[int]) -> None:
    work.session.execute(delete(AccountOrganisation).where(col(AccountOrganisation.account_id) == account.id))
    for organisation_id in sorted(set(organisation_ids)) if not account.everywhere else ():
        work.session.add(AccountOrganisation(account_id=account.id or 0, organisation_id=organisation_id))
    work.session.flush()


def _administrators(work: Work) -> int:
    """Active ones; roles are counted here, for JSON is asked differently by each database."""
    active = work.session.execute(select(col(Account.roles)).where(col(Account.active).is_(True))).scalars()
    return sum(Role.ADMINISTRATOR.value in roles for roles in active)


def names(work: Work, logins: Collection[str]) -> dict[str, str]:
    """Login → name, for pages that tell who did what."""
    query = select(col(Account.login), col(Account.name)).where(col(Account.login).in_(set(logins)))
    return dict(work.session.execute(query).tuples().all())
