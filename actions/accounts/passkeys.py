"""Ключи доступа (passkeys, WebAuthn): the second step by a device that knows its user and signs for our address only."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlmodel import col

from actions.accounts import challenges, refusals, second_step
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from models.account import Account, Passkey
from models.lengths import within
from refusals import Refusal

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MOST = 20
_NAME = "Доступ ЕГИСЗ"
_MILLISECONDS = 120_000  # to find the key and touch it
_ATTESTATIONS = ("none", "packed")  # whose make a key is we do not ask, and who says it unasked is not read
WRONG = "Ключ не подошёл. Попробуйте ещё раз или впишите код."
COPIED = "Ключ ответил так, как отвечает копия с него. Войдите иначе, удалите этот ключ и скажите администратору."
AWAY = (
    "Ключи доступа браузеры принимают только по адресу https с именем (или http://localhost). "
    "Адрес страницы задаёт администратор: settings.toml, раздел [page], ключ public_url."
)


class WrongKey(Refusal, ValueError):
    """The text says in Russian what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where keys work: the page's origin, and the name that they are bound to."""

    origin: str
    name: str


def place(page_url: str) -> Place | None:
    """None where browsers take no keys: in the open, or at an address without a name."""
    parts = urlsplit(page_url)
    try:
        name = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port not in (None, {"http": 80, "https": 443}.get(parts.scheme)) else ""
    except ValueError:
        return None
    if not name or _is_number(name) or not (parts.scheme == "https" or (parts.scheme, name) == ("http", "localhost")):
        return None
    return Place(f"{parts.scheme}://{name}{port}", name)


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def of(work: Work, account: Account) -> Sequence[Passkey]:
    query = select(Passkey).where(col(Passkey.account_id) == account.id).order_by(col(Passkey.id))
    return work.session.execute(query).scalars().all()


def begin_adding(work: Work, account: Account, session_id: int) -> str:
    """What the browser asks the device for, as JSON. Raises Conflict where keys do not work or he has enough."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    here, keys = _place(work), of(work, account)
    if len(keys) >= MOST:
        raise Conflict(f"Ключей уже {MOST}. Удалите лишний.")
    options = webauthn.generate_registration_options(
        rp_id=here.name, rp_name=_NAME, user_name=account.login, user_display_name=account.name or account.login, user_id=_handle(work, account),
        challenge=challenges.make(work, session_id), timeout=_MILLISECONDS, exclude_credentials=_described(keys),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )  # fmt: skip
    return webauthn.options_to_json(options)


def add(work: Work, account: Account, challenge: bytes | None, answer: str, name: str) -> list[str]:
    """The key is his; with his first second step the recovery codes are told this once. Raises WrongKey, Conflict."""
    import webauthn

    here, name = _place(work), " ".join(name.split())
    if not name:
        raise WrongKey("Назовите ключ, например «Телефон» или «Ключ в сейфе».")
    if challenge is None:
        raise WrongKey("Время вышло. Нажмите «Добавить ключ» ещё раз.")
    if len(of(work, account)) >= MOST:
        raise Conflict(f"Ключей уже {MOST}. Удалите лишний.")
    try:
        _check_answer(answer, created=True)
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=here.name, expected_origin=here.origin, require_user_verification=True,
        )  # fmt: skip
    except Exception:  # what the browser sent is anybody's word: whatever breaks on it proves nothing
        raise WrongKey(
            "Браузер не подтвердил новый ключ. Попробуйте ещё раз; нужен ключ с отпечатком, лицом или ПИН-кодом."
        ) from None
    credential = _text(made.credential_id)
    if work.session.execute(select(col(Passkey.id)).where(col(Passkey.credential) == credential)).first() is not None:
        raise WrongKey("Этот ключ уже добавлен.")
    codes = second_step.switched_on(work, account)
    key = Passkey(
        account_id=account.id or 0, credential=credential, public_key=_text(made.credential_public_key),
        sign_count=made.sign_count, name=within(name, 60, "Название ключа"), created_at=work.now,
    )  # fmt: skip
    work.session.add(key)
    work.session.flush()
    audit.record(work, "account.passkey-added", f"account:{account.id}", passkey=key.id)
    return codes


def remove(work: Work, account: Account, number: int) -> None:
    """Raises NotFound for another's. Without an app or a key left the second step is off."""
    key = work.session.get(Passkey, number)
    if key is None or key.account_id != account.id:
        raise NotFound("Такого ключа у вас нет: возможно, он уже удалён.")
    work.session.delete(key)
    work.session.flush()
    audit.record(work, "account.passkey-removed", f"account:{account.id}", passkey=number)
    second_step.off_with_the_last(work, account)


def begin_proof(work: Work, account: Account, session_id: int) -> str:
    """What the browser asks one of his devices to sign, as JSON. Raises Conflict where keys do not work or he has none."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    here, keys = _place(work), of(work, account)
    if not keys:
        raise Conflict("Ключей доступа у вас нет. Впишите код.")
    options = webauthn.generate_authentication_options(
        rp_id=here.name, challenge=challenges.make(work, session_id), timeout=_MILLISECONDS, allow_credentials=_described(keys),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return webauthn.options_to_json(options)


def fault(work: Work, account: Account, challenge: bytes | None, answer: str) -> str:
    """ "" where one of his devices has signed this challenge now, else what to tell him; what did not fit is in the log."""
    told = _fault(work, account, challenge, answer)
    if told:
        refusals.note(work, "refused.passkey-copy" if told is COPIED else "refused.passkey", f"account:{account.id}")
    return told


def _fault(work: Work, account: Account, challenge: bytes | None, answer: str) -> str:
    import webauthn
    from webauthn.helpers import parse_authentication_credential_json

    here = place(work.policy.page_url)
    try:
        _check_answer(answer, created=False)
        given = parse_authentication_credential_json(answer)
        key = _own_key(work, account, _text(given.raw_id))
        handle = given.response.user_handle
        if (
            here is None
            or key is None
            or challenge is None
            or (handle and not hmac.compare_digest(handle, _handle(work, account)))
        ):
            return WRONG
        proven = webauthn.verify_authentication_response(
            credential=given, expected_challenge=challenge, expected_rp_id=here.name, expected_origin=here.origin,
            credential_public_key=_bytes(key.public_key), credential_current_sign_count=0, require_user_verification=True,
        )  # fmt: skip
    except Exception:  # what the browser sent is anybody's word: whatever breaks on it proves nothing
        return WRONG
    return "" if _has_counted(work, key, proven.new_sign_count) else COPIED


def _has_counted(work: Work, key: Passkey, count: int) -> bool:
    """Whether the counter has grown since the last use; devices that keep their keys in several places do not count at all."""
    grown = update(Passkey).where(
        col(Passkey.id) == key.id, (col(Passkey.sign_count) < count) | ((col(Passkey.sign_count) == 0) & (count == 0))
    )
    done = work.session.execute(grown.values(sign_count=count, used_at=work.now))
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]


def _check_answer(answer: str, *, created: bool) -> None:
    """What the library leaves to us: nobody's page around ours asked for it, and a new key brings no chain of certificates.

    Raises ValueError, and whatever else a broken answer makes the readers raise.
    """
    from webauthn.helpers import parse_attestation_object, parse_client_data_json
    from webauthn.helpers.parse_authentication_credential_json import parse_authentication_credential_json
    from webauthn.helpers.parse_registration_credential_json import parse_registration_credential_json

    if created:
        made = parse_registration_credential_json(answer).response
        client = made.client_data_json
        if parse_attestation_object(made.attestation_object).fmt not in _ATTESTATIONS:
            raise ValueError("attestation")
    else:
        client = parse_authentication_credential_json(answer).response.client_data_json
    if parse_client_data_json(client).cross_origin:
        raise ValueError("cross origin")


def _own_key(work: Work, account: Account, credential: str) -> Passkey | None:
    query = (
        select(Passkey)
        .where(col(Passkey.account_id) == account.id, col(Passkey.credential) == credential)
        .with_for_update()
    )
    found: Passkey | None = work.session.execute(query).scalar_one_or_none()
    return found


def _described(keys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    return [PublicKeyCredentialDescriptor(id=_bytes(key.credential)) for key in keys]


def _place(work: Work) -> Place:
    found = place(work.policy.page_url)
    if found is None:
        raise Conflict(AWAY)
    return found


def _handle(work: Work, account: Account) -> bytes:
    """What a device knows him by: the same for all his keys, and it tells nobody anything."""
    return hmac.new(work.policy.link_secret, f"passkey:{account.id}".encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(raw)


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}===")
