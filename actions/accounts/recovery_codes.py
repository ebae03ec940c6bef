"""Запасные коды of the second step, for whoever has lost his phone or his key: each opens once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlmodel import col

from actions.context import Work
from actions.log import audit
from models.account import Account, RecoveryCode

CODES = 10
_GROUPS = 6  # of four letters: 118 bits, so that a plain digest tells nothing of them
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def renew(work: Work, account: Account) -> list[str]:
    """Told this once; the former ones open nothing any more."""
    forget(work, account)
    made = ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(_GROUPS)) for _ in range(CODES)]
    work.session.add_all(RecoveryCode(account_id=account.id or 0, code_hash=_digest(account, each)) for each in made)
    work.session.flush()
    return made


def forget(work: Work, account: Account) -> None:
    work.session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account.id))


def left(work: Work, account: Account) -> int:
    return len(_unused(work, account))


def take(work: Work, account: Account, code: str) -> bool:
    """Whether it fits; it opens once, also for two who come at the same moment."""
    digest = _digest(account, code)
    row = next((each for each in _unused(work, account) if hmac.compare_digest(each.code_hash, digest)), None)
    if row is None:
        return False
    taken = (
        update(RecoveryCode)
        .where(col(RecoveryCode.id) == row.id, col(RecoveryCode.used_at).is_(None))
        .values(used_at=work.now)
    )
    if work.session.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        return False
    audit.record(work, "account.code-used", f"account:{account.id}", left=left(work, account))
    return True


def _unused(work: Work, account: Account) -> Sequence[RecoveryCode]:
    query = select(RecoveryCode).where(col(RecoveryCode.account_id) == account.id, col(RecoveryCode.used_at).is_(None))
    return work.session.execute(query).scalars().all()


def _digest(account: Account, code: str) -> str:
    """Codes are long and random, so a plain digest is enough."""
    plain = "".join(sign for sign in code[:100].lower() if sign.isalnum())
    return hashlib.sha256(f"{account.id}:{plain}".encode()).hexdigest()
