"""Anchors signed by a key that the service cannot read: another user of the machine runs `audit sign-anchor` by the clock.

Whoever takes over the service and its key can seal another history, but not sign it.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
from pathlib import Path

from actions.log import audit
from actions.log.audit import Anchor
from refusals import Refusal
from wiring.settings import Settings, SettingsError


class SigningError(Refusal):
    """Why an anchor could not be signed or believed, in Russian."""

    http_status = 500


def make_pair(private: Path) -> Path:
    """A new Ed25519 key for its owner only, and beside it `.pub`, which the service gets. Returns the path of the latter."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if private.exists():
        raise SigningError(f"Файл {private} уже есть. Ключ не заменён: прежние отметки было бы не проверить.")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with os.fdopen(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    public = private.with_name(private.name + ".pub")
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    public.chmod(0o644)
    return public


def sign(head: Anchor, private: Path, target: Path, now: dt.datetime) -> None:
    """Add the signed head to the file that only grows."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise SigningError(
            f"Ключ {private} не прочитать. Создайте его: egisz-access audit new-key {private}."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"Ключ {private} другого вида: нужен Ed25519, его делает egisz-access audit new-key.")
    at = now.astimezone(dt.UTC).isoformat()
    signature = base64.b64encode(key.sign(_body(at, head))).decode()
    line = json.dumps({"at": at, "anchor": str(head), "signature": signature}) + "\n"
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), "w") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _body(at: str, head: Anchor) -> bytes:
    return f"egisz-access anchor\n{at}\n{head}".encode()


def signed(settings: Settings) -> list[Anchor]:
    """Anchors that the other user signed; nothing where the settings name no file. Raises SettingsError for what cannot be believed."""
    if settings.log.signed_anchors is None:
        return []
    if settings.log.public_key is None:
        raise SettingsError(
            "settings.toml: у log.signed_anchors должен быть log.public_key, иначе подписи не проверить."
        )
    return read(settings.log.signed_anchors, settings.log.public_key)


def read(path: Path, public: Path) -> list[Anchor]:
    """Raises SettingsError, with the number of the line, for a signature of another key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(public.read_bytes())
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise SettingsError(f"Подписанные отметки журнала не прочитать: проверьте файлы {path} и {public}.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"Ключ {public} другого вида: нужен Ed25519, его делает egisz-access audit new-key.")
    found = []
    for number, line in enumerate(lines, 1):
        try:
            told = json.loads(line)
            head = Anchor.parse(told["anchor"])
            key.verify(base64.b64decode(told["signature"]), _body(told["at"], head))
        except (InvalidSignature, ValueError, TypeError, KeyError) as error:
            raise SettingsError(f"Строка {number} файла {path} подписана не тем ключом или испорчена.") from error
        found.append(head)
    return found


def sign_present(settings: Settings, private: Path, target: Path, now: dt.datetime) -> Anchor:
    """Look at the log without writing to it, see that it goes on from what was signed before, sign where it stands.

    Raises SigningError when the log is not whole or another one was signed before.
    """
    from sqlmodel import Session

    from wiring import database

    engine = database.engine_for(settings.url)
    try:
        with Session(engine.execution_options(**database.READ_ONLY)) as session:
            before = _before(target, private)
            verdict = audit.verify(session, before)
            head = Anchor(verdict.events, verdict.head)
    finally:
        engine.dispose()
    if not verdict.ok:
        raise SigningError(f"Отметка не подписана: журнал нарушен. {verdict.why}")
    sign(head, private, target, now)
    return head


def _before(target: Path, private: Path) -> list[Anchor]:
    return read(target, private.with_name(private.name + ".pub")) if target.exists() else []
