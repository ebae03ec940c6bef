"""Второй шаг входа: who has one, who must, and the codes of an app (TOTP, RFC 6238). Keys of devices are in passkeys."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlmodel import col

from actions.accounts import recovery_codes, refusals, sessions
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from models.account import Account, Passkey, Role, SecondFactor
from refusals import Refusal

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

OBLIGED: dict[str, frozenset[Role]] = {
    "wish": frozenset(),
    "administrators": frozenset({Role.ADMINISTRATOR}),
    "everybody": frozenset(Role),
}
_STEP = 30  # seconds of a code
_TO_CONFIRM = dt.timedelta(minutes=30)
_ISSUER = "Доступ ЕГИСЗ"


class WrongCode(Refusal, ValueError):
    """The text says in Russian what to do."""


WRONG = (
    "Код не подходит. Впишите шесть цифр, которые приложение показывает сейчас; время на телефоне должно быть точным."
)


def is_on(work: Work, account_id: int) -> bool:
    """By an app or by a passkey."""
    return has_app(work, account_id) or has_passkeys(work, account_id)


def has_app(work: Work, account_id: int) -> bool:
    query = select(col(SecondFactor.id)).where(
        col(SecondFactor.account_id) == account_id, col(SecondFactor.confirmed_at).is_not(None)
    )
    return work.session.execute(query).first() is not None


def has_passkeys(work: Work, account_id: int) -> bool:
    return (
        work.session.execute(select(col(Passkey.id)).where(col(Passkey.account_id) == account_id).limit(1)).first()
        is not None
    )


def is_lacking(work: Work, account: Account) -> bool:
    """Whether the setting obliges him and he has none yet. Whoever comes by single sign-on proves himself there."""
    obliged = {role.value for role in OBLIGED[work.policy.second_step]} & set(account.roles)
    return bool(obliged) and account.password_hash is not None and not is_on(work, account.id or 0)


def begin(work: Work, account: Account) -> str:
    """A new secret for his app; it counts for nothing until a code of it is shown. Raises Conflict where he has an app."""
    row = _row(work, account)
    if row is not None and row.confirmed_at is not None:
        raise Conflict("Приложение с кодами уже включено.")
    if row is not None:
        work.session.delete(row)
        work.session.flush()
    import pyotp

    made: str = pyotp.random_base32()
    work.session.add(
        SecondFactor(
            account_id=account.id or 0, secret=_fernet(work).encrypt(made.encode()).decode(), created_at=work.now
        )
    )
    work.session.flush()
    return made


def begun(work: Work, account: Account) -> str:
    """The secret that waits for its first code, "" when none does: what was begun and left is over after a while."""
    row = _waiting(work, account)
    return _opened(work, row) if row is not None else ""


def _waiting(work: Work, account: Account) -> SecondFactor | None:
    row = _row(work, account)
    return row if row is not None and row.confirmed_at is None and work.now - row.created_at < _TO_CONFIRM else None


def address_for_app(account: Account, secret: str) -> str:
    """What the QR code tells the app."""
    import pyotp

    told: str = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=_ISSUER)
    return told


def confirm(work: Work, account: Account, code: str) -> list[str]:
    """The app is on; recovery codes are told this once, none where he has them. Raises WrongCode, NotFound where nothing was begun."""
    row = _waiting(work, account)
    if row is None:
        raise NotFound("Начните заново: откройте «Второй шаг входа».")
    if not _is_of_app(work, row, code):
        raise WrongCode(WRONG)
    codes = switched_on(work, account)
    row.confirmed_at = work.now
    audit.record(work, "account.app-on", f"account:{account.id}")
    return codes


def switched_on(work: Work, account: Account) -> list[str]:
    """Before the first app or key counts: the recovery codes that come with it; none where there is a second step already."""
    if is_on(work, account.id or 0):
        return []
    audit.record(work, "account.second-step-on", f"account:{account.id}")
    return recovery_codes.renew(work, account)


def prove(work: Work, account: Account, code: str) -> bool:
    """Take a code of the app or a recovery code; each opens once, also for two who come at the same moment."""
    row = _row(work, account)
    of_app = row is not None and row.confirmed_at is not None and _is_of_app(work, row, code)
    if of_app or (is_on(work, account.id or 0) and recovery_codes.take(work, account, code)):
        return True
    refusals.note(work, "refused.code", f"account:{account.id}")
    return False


def renew_codes(work: Work, account: Account) -> list[str]:
    """The former ones open nothing any more. Raises Conflict where they would open nothing at all."""
    if not is_on(work, account.id or 0):
        raise Conflict("Второй шаг выключен: запасные коды нечего открывать.")
    audit.record(work, "account.codes-renewed", f"account:{account.id}")
    return recovery_codes.renew(work, account)


def remove_app(work: Work, account: Account) -> None:
    """Raises NotFound where there is none. Without a key left the second step is off."""
    if not has_app(work, account.id or 0):
        raise NotFound("Приложения с кодами у вас нет: возможно, оно уже отключено.")
    work.session.execute(delete(SecondFactor).where(col(SecondFactor.account_id) == account.id))
    audit.record(work, "account.app-off", f"account:{account.id}")
    off_with_the_last(work, account)


def off_with_the_last(work: Work, account: Account) -> None:
    if not is_on(work, account.id or 0):
        switch_off(work, account)


def switch_off(work: Work, account: Account, *, by_other: bool = False) -> None:
    """App, keys and codes go. Where somebody else does it, they may be in wrong hands: every session ends too."""
    for table in (SecondFactor, Passkey):
        work.session.execute(delete(table).where(col(table.account_id) == account.id))
    recovery_codes.forget(work, account)
    if by_other:
        sessions.end_all(work, account)
    audit.record(work, "account.second-step-off", f"account:{account.id}", by_other=by_other)


def _row(work: Work, account: Account) -> SecondFactor | None:
    query = select(SecondFactor).where(col(SecondFactor.account_id) == account.id).with_for_update()
    found: SecondFactor | None = work.session.execute(query).scalar_one_or_none()
    return found


def _is_of_app(work: Work, row: SecondFactor, code: str) -> bool:
    """The present code, or its neighbour of a clock half a minute off; not one that was taken, nor an older."""
    import pyotp

    digits = "".join(code[:20].split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return False
    app = pyotp.TOTP(_opened(work, row))
    now = int(work.now.timestamp()) // _STEP
    found = next(
        (
            step
            for step in (now, now - 1, now + 1)
            if step > row.last_step and hmac.compare_digest(app.at(step * _STEP), digits)
        ),
        None,
    )
    if found is None:
        return False
    row.last_step = found
    work.session.flush()
    return True


def _fernet(work: Work) -> Fernet:
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(hmac.new(work.policy.link_secret, b"second step", hashlib.sha256).digest()))


def _opened(work: Work, row: SecondFactor) -> str:
    """Raises Conflict where the key of this folder did not encrypt it: the database came from elsewhere."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(work).decrypt(row.secret.encode()).decode()
    except InvalidToken:
        raise Conflict(
            "Второй шаг заведён другой установкой и здесь не читается. Войдите по запасному коду или попросите администратора снять второй шаг."
        ) from None
