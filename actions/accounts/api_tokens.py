"""Tokens of programs and of calendar feeds: random, shown once, only their hash is kept, revoked at any moment."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select
from sqlmodel import col

from actions.accounts.sessions import hashed
from actions.context import Conflict, NotFound, OneOrganisation, Seen, Work
from actions.log import audit
from models.account import Account, AccountOrganisation, ApiToken
from models.lengths import within
from models.organisation import Organisation
from refusals import Refusal

Use = Literal["api", "calendar"]
LONGEST_DAYS = 366
_MOST = 20  # that work at the same time, of one account and use
_USED_EVERY = dt.timedelta(minutes=5)  # a write per call would be too many
_BEGINNING = {"api": "egisz_", "calendar": ""}  # so that a leaked token is recognised by scanners of secrets


class BadToken(Refusal, ValueError):
    """What a token cannot be; the text says in Russian why and what to do."""


def subject(token: ApiToken) -> str:
    return f"token:{token.id}"


def create(
    work: Work,
    account: Account,
    *,
    use: Use,
    name: str,
    days: int | None = None,
    reads_only: bool = False,
    organisation_id: int | None = None,
) -> tuple[ApiToken, str]:
    """The row and the token itself, which nobody can read again. Without `days` it works until it is revoked.

    Raises BadToken, Conflict when there are too many.
    """
    if organisation_id is not None and organisation_id not in _seen(work, account):
        raise BadToken("Выберите организацию из своих: чужой ключ не откроет.")
    named = within(" ".join(name.split()), 100, "Название")
    if not named:
        raise BadToken("Впишите название: по нему вы узнаете ключ, когда решите его отозвать.")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise BadToken(f"Срок ключа – от 1 до {LONGEST_DAYS} дней.")
    if sum(is_alive(work, token) for token in of(work, account, use)) >= _MOST:
        raise Conflict(f"Действующих ключей уже {_MOST}. Отзовите те, которыми никто не пользуется.")
    secret = _BEGINNING[use] + secrets.token_urlsafe(32)
    row = ApiToken(
        account_id=account.id or 0,
        use=use,
        name=named,
        token_hash=hashed(secret),
        created_at=work.now,
        expires_at=work.now + dt.timedelta(days=days) if days is not None else None,
        reads_only=reads_only,
        organisation_id=organisation_id,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(
        work,
        "token.created",
        subject(row),
        account=account.id,
        use=use,
        days=days,
        reads_only=reads_only,
        organisation=organisation_id,
    )
    return row, secret


def _seen(work: Work, account: Account) -> set[int]:
    """Numbers of the organisations that its owner sees."""
    query = select(col(Organisation.id))
    if not account.everywhere:
        mine = select(col(AccountOrganisation.organisation_id)).where(col(AccountOrganisation.account_id) == account.id)
        query = query.where(col(Organisation.id).in_(mine))
    return {number for number in work.session.execute(query).scalars() if number is not None}


def scope_of(token: ApiToken, account: Account) -> Seen:
    """Whose organisations a call with it sees: never more than its owner does at that moment."""
    mine = None if account.everywhere else account.id
    return mine if token.organisation_id is None else OneOrganisation(token.organisation_id, mine)


def find(work: Work, secret: str, *, use: Use) -> tuple[ApiToken, Account] | None:
    """None when there is no such token, its time is over, or its account is switched off."""
    query = (
        select(ApiToken, Account)
        .join(Account, col(Account.id) == col(ApiToken.account_id))
        .where(col(ApiToken.token_hash) == hashed(secret), col(ApiToken.use) == use, col(Account.active).is_(True))
    )
    found = work.session.execute(query).first()
    if found is None:
        return None
    token, account = found
    return (token, account) if is_alive(work, token) else None


def is_alive(work: Work, token: ApiToken) -> bool:
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > work.now)


def is_stale(work: Work, token: ApiToken) -> bool:
    """Whether it is time to note that the token is in use."""
    return token.used_at is None or work.now - token.used_at > _USED_EVERY


def get(work: Work, token_id: int) -> ApiToken:
    """Raises NotFound."""
    token = work.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound("Такого ключа нет.")
    return token


def touch(work: Work, token_id: int) -> None:
    token = work.session.get(ApiToken, token_id)
    if token is not None:
        token.used_at = work.now


def of(work: Work, account: Account, use: Use) -> Sequence[ApiToken]:
    """All of them, the newest first."""
    query = select(ApiToken).where(col(ApiToken.account_id) == account.id, col(ApiToken.use) == use)
    return work.session.execute(query.order_by(col(ApiToken.id).desc())).scalars().all()


def revoke_all(work: Work, account: Account) -> int:
    """Every key of the account that still opens; how many there were."""
    query = select(ApiToken).where(col(ApiToken.account_id) == account.id, col(ApiToken.revoked_at).is_(None))
    found = work.session.execute(query).scalars().all()
    for token in found:
        revoke(work, account, token.id or 0)
    return len(found)


def revoke(work: Work, account: Account, token_id: int) -> ApiToken:
    """Once and for all; a second time changes nothing. Raises NotFound for another's."""
    token = work.session.get(ApiToken, token_id)
    if token is None or token.account_id != account.id:
        raise NotFound("Такого ключа у вас нет.")
    if token.revoked_at is None:
        token.revoked_at = work.now
        audit.record(work, "token.revoked", subject(token), account=account.id, use=token.use)
    return token
