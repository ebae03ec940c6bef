"""Accounts of the page: who works here, in which organisations, his sessions, tokens, and failed logins."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import SQLModel

from models.columns import PORTABLE_JSON, personal, plain


class Role(StrEnum):
    """Роль пользователя: what he may do with what he sees."""

    OFFICER = "officer"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Account(SQLModel, table=True):
    """Учётная запись. `login` is what the audit log calls its owner; `everywhere` sees every organisation.

    `password_hash` is argon2's; None for those who come by single sign-on (`subject`) or have not set one yet.
    """

    __tablename__ = "account"

    id: int | None = plain(None, primary_key=True)
    login: str = personal(unique=True)
    name: str = personal("")
    email: str = personal("")
    roles: list[str] = plain(default_factory=list, sa_type=PORTABLE_JSON)
    everywhere: bool = plain(False)
    password_hash: str | None = plain(None)
    password_by_other: bool = plain(False)  # somebody else chose it: a new one is asked for at the next login
    subject: str | None = personal(None, unique=True)  # issuer and subject of the single sign-on
    active: bool = plain(True)
    theme: str = plain("auto")
    created_at: dt.datetime = plain()
    last_login_at: dt.datetime | None = plain(None)


class AccountOrganisation(SQLModel, table=True):
    """An organisation that a user without `everywhere` sees."""

    __tablename__ = "account_organisation"

    account_id: int = plain(foreign_key="account.id", primary_key=True)
    organisation_id: int = plain(foreign_key="organisation.id", primary_key=True, index=True)


class AccountSession(SQLModel, table=True):
    """Сеанс: only the hash of its token is kept; ended ones stay until they would have run out."""

    __tablename__ = "account_session"

    id: int | None = plain(None, primary_key=True)
    token_hash: str = plain(unique=True)
    account_id: int = plain(foreign_key="account.id", index=True)
    started_at: dt.datetime = plain()
    seen_at: dt.datetime = plain()
    ends_at: dt.datetime = plain()
    agent: str = personal("")  # the browser, so that a person knows his sessions apart
    address: str = personal("")  # where it was last seen from
    proven: bool = plain(True)  # False: the password was right, the second step is awaited; opens nothing else
    proven_anew_at: dt.datetime | None = plain(
        None
    )  # when its user last showed that it is he, before he changes how he logs in
    challenge: str | None = plain(None)  # what a passkey is to sign, once and soon
    challenge_at: dt.datetime | None = plain(None)


class SecondFactor(SQLModel, table=True):
    """Второй шаг входа: the secret of an app's codes (TOTP), encrypted by a key outside the database.

    It counts once its owner has shown that his app works (`confirmed_at`). `last_step`: of a code that was taken; no
    code opens twice.
    """

    __tablename__ = "second_factor"

    id: int | None = plain(None, primary_key=True)
    account_id: int = plain(foreign_key="account.id", unique=True)
    secret: str = plain()
    created_at: dt.datetime = plain()
    confirmed_at: dt.datetime | None = plain(None)
    last_step: int = plain(0)


class RecoveryCode(SQLModel, table=True):
    """Запасной код of the second step, for whoever has lost his phone: opens once, only its hash is kept."""

    __tablename__ = "recovery_code"

    id: int | None = plain(None, primary_key=True)
    account_id: int = plain(foreign_key="account.id", index=True)
    code_hash: str = plain()
    used_at: dt.datetime | None = plain(None)


class Passkey(SQLModel, table=True):
    """Ключ доступа (passkey, WebAuthn): a device that signs for its user. Only its public half is here.

    `sign_count` grows with each use where the device counts; one that does not grow was copied.
    """

    __tablename__ = "passkey"

    id: int | None = plain(None, primary_key=True)
    account_id: int = plain(foreign_key="account.id", index=True)
    credential: str = plain(unique=True)  # the device's number of the key, base64url
    public_key: str = plain()  # COSE, base64url
    sign_count: int = plain(0, sa_type=BigInteger)
    name: str = personal("")
    created_at: dt.datetime = plain()
    used_at: dt.datetime | None = plain(None)


class KnownBrowser(SQLModel, table=True):
    """A browser in which its user has logged in before; only the hash of its cookie is kept. `misses`: wrong passwords in a row."""

    __tablename__ = "known_browser"

    id: int | None = plain(None, primary_key=True)
    account_id: int = plain(foreign_key="account.id", index=True)
    token_hash: str = plain(unique=True)
    seen_at: dt.datetime = plain()
    misses: int = plain(0)


class FailedLogin(SQLModel, table=True):
    """How often a login or an address failed in a row. `key` is a keyed digest: what was typed may be a password."""

    __tablename__ = "failed_login"

    key: str = plain(primary_key=True)
    failures: int = plain(0)
    failed_at: dt.datetime = plain()


class ApiToken(SQLModel, table=True):
    """Ключ программы (`use` = api) or of a calendar feed (`use` = calendar): only its hash is kept.

    It may be narrower than its owner: `reads_only` changes nothing, `organisation_id` sees that one organisation.
    """

    __tablename__ = "api_token"

    id: int | None = plain(None, primary_key=True)
    account_id: int = plain(foreign_key="account.id", index=True)
    use: str = plain("api")
    name: str = personal("")
    token_hash: str = plain(unique=True)
    created_at: dt.datetime = plain()
    expires_at: dt.datetime | None = plain(None)
    used_at: dt.datetime | None = plain(None)
    revoked_at: dt.datetime | None = plain(None)
    reads_only: bool = plain(False)
    organisation_id: int | None = plain(None, foreign_key="organisation.id")


class IdempotencyKey(SQLModel, table=True):
    """An answer of the API kept under the key that the caller chose, so that a repeated call acts once."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: int | None = plain(None, primary_key=True)
    account_id: int = plain(foreign_key="account.id")
    key: str = plain()
    digest: str = plain()  # of method, path and body
    status: int = plain()
    media_type: str = plain("application/json")
    body: str = personal("")
    created_at: dt.datetime = plain(index=True)
