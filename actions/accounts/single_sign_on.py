"""Whoever comes by single sign-on: his account is found or made, his roles follow the groups of the provider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from actions.accounts import accounts
from actions.accounts.accounts import BadAccount
from actions.context import Conflict, Work
from actions.log import audit
from models.account import Account, Role
from models.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider says of a user. `inns` None: an administrator says which organisations he sees."""

    issuer: str
    subject: str
    login: str
    name: str
    email: str
    roles: frozenset[Role]
    everywhere: bool
    inns: tuple[str, ...] | None


def arrived(work: Work, claims: Claims) -> Account:
    """The account of this user, as the provider describes him today.

    An account with a password is never taken over by a name that somebody chose at the provider.
    Raises BadAccount for a user without a role or switched off here, Conflict for a login that is another's.
    """
    if not claims.roles:
        raise BadAccount(
            "У вас нет роли в «Доступе ЕГИСЗ». Попросите администратора единого входа добавить вас в группу."
        )
    key = f"{claims.issuer}#{claims.subject}"
    account = _known(work, key) or _awaited(work, claims, key)
    if account is None:
        return accounts.create(
            work,
            login=claims.login,
            name=claims.name or claims.login,
            email=claims.email,
            roles=claims.roles,
            everywhere=claims.everywhere,
            organisation_ids=_numbers(work, claims.inns or ()),
            password_by_other=False,
            subject_of_sso=key,
        )
    if not account.active:
        raise BadAccount("Ваша учётная запись отключена. Обратитесь к администратору.")
    return _brought_up_to_date(work, account, claims)


def _known(work: Work, key: str) -> Account | None:
    found: Account | None = work.session.execute(
        select(Account).where(col(Account.subject) == key)
    ).scalar_one_or_none()
    return found


def _awaited(work: Work, claims: Claims, key: str) -> Account | None:
    """An account that an administrator made without a password, for whoever bears this login at the provider."""
    account = accounts.find(work, claims.login)
    if account is None:
        return None
    if account.password_hash is not None or account.subject is not None:
        raise Conflict(f"Логин «{account.login}» здесь уже занят другим пользователем. Обратитесь к администратору.")
    account.subject = key
    audit.record(work, "account.linked", accounts.subject(account))
    return account


def _brought_up_to_date(work: Work, account: Account, claims: Claims) -> Account:
    seen = accounts.organisations_of(work, account) if claims.inns is None else _numbers(work, claims.inns)
    wanted = (sorted(claims.roles), claims.everywhere, set(seen), claims.name or account.name, claims.email)
    present = (
        sorted(account.roles),
        account.everywhere,
        accounts.organisations_of(work, account),
        account.name,
        account.email,
    )
    if wanted != present:
        accounts.change(
            work,
            account,
            name=claims.name or account.name,
            roles=claims.roles,
            email=claims.email,
            everywhere=claims.everywhere,
            organisation_ids=seen,
            active=True,
        )
    return account


def _numbers(work: Work, inns: Iterable[str]) -> set[int]:
    found = work.session.execute(select(col(Organisation.id)).where(col(Organisation.inn).in_(set(inns)))).scalars()
    return {number for number in found if number is not None}
