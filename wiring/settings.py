"""Settings: one file `settings.toml` in the data folder, over it the environment (EGISZ_…)."""

from __future__ import annotations

import datetime as dt
import os
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from models.moments import MOSCOW
from refusals import Refusal

_SERVER = re.compile(r"(\*\.[\w-]+\.)?[\w-]+(\.[\w-]+)*")
Tls = Literal["tls", "starttls", "plain"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SmtpPart(Part):
    """Исходящая почта."""

    host: str = ""
    port: int = Field(default=465, ge=1, le=65535)
    tls: Tls = "tls"
    login: str = ""
    password: SecretStr = SecretStr("")
    ca_bundle: Path | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=600)
    data_timeout_seconds: float = Field(
        default=300, gt=0, le=3600
    )  # how long the server may think about a whole letter


class ImapPart(Part):
    """Входящая почта: the same mailbox that the letters leave from (SND-5).

    `authserv_id`: what its server calls itself in Authentication-Results, «*.mail.example» for many of one name; several with
    spaces between. `results_below_received`: it writes them right under its own Received line instead of above it.
    """

    host: str = ""
    port: int = Field(default=993, ge=1, le=65535)
    tls: Tls = "tls"
    login: str = ""
    password: SecretStr = SecretStr("")
    ca_bundle: Path | None = None
    folders: tuple[str, ...] = ("INBOX",)
    sent_folder: str = ""
    copy_sent: bool = False  # true when the server itself keeps no copies of what is sent through it
    authserv_id: str = Field(default="", max_length=1000)
    results_below_received: bool = False
    timeout_seconds: float = Field(default=30, gt=0, le=600)
    max_letter_megabytes: int = Field(default=40, ge=1)

    @field_validator("authserv_id")
    @classmethod
    def _servers(cls, given: str) -> str:
        for each in given.split():
            if not _SERVER.fullmatch(each):
                raise ValueError(f"«{each}» – не имя сервера; пишут так: mx.clinic.ru или *.mail.example.ru")
        return " ".join(given.split())

    @property
    def authserv_ids(self) -> tuple[str, ...]:
        return tuple(self.authserv_id.lower().split())


class MailPart(Part):
    """От чьего имени письма, куда заявки. That the desk's address is right a person confirms on record, not a setting."""

    sender: str = "clinic@example.com"
    sender_name: str = "Доступ ЕГИСЗ"
    desk_address: str | None = None
    lease_seconds: int = Field(default=300, ge=1)  # after which a killed worker's letters are taken up again

    @model_validator(mode="before")
    @classmethod
    def _without_former_yes(cls, given: Any) -> Any:
        """Files of earlier releases may hold the yes to the address; it holds no more, and is no reason not to start."""
        return (
            {key: value for key, value in given.items() if key != "desk_address_confirmed"}
            if isinstance(given, dict)
            else given
        )


class AnswersPart(Part):
    """`clear`: clear answers of the desk are applied by the machine; `never`: a person settles each.

    `trusted_forwarders`: addresses whose forwards of the desk's letters are believed like the desk itself.
    """

    apply: Literal["clear", "never"] = "clear"
    trusted_forwarders: tuple[str, ...] = ()


class DeskPart(Part):
    """Часы работы СТП: unknown, so a setting."""

    opens: dt.time = dt.time(9, 0)
    closes: dt.time = dt.time(18, 0)
    break_from: dt.time = dt.time(13, 0)
    break_until: dt.time = dt.time(14, 0)
    time_zone: str = MOSCOW.key


class RemindersPart(Part):
    """Напоминания: days are working days."""

    officers: tuple[str, ...] = ()
    first_login_days: int = Field(default=2, ge=1)
    idle_days: int = Field(default=3, ge=1)
    verify_days: int = Field(default=2, ge=1)
    digest_from: dt.time = dt.time(9, 0)
    digest_until: dt.time = dt.time(18, 0)
    follow_up: bool = True


class LinksPart(Part):
    """Личные ссылки работников: how many days each works, if it is not used before."""

    first_login_days: int = Field(default=14, ge=1, le=90)
    login_check_days: int = Field(default=14, ge=1, le=90)


class RegistryPart(Part):
    """ФРНСИ: address, key of route B, bundle of the site's certificates, proxy."""

    url: str = "https://nsi.rosminzdrav.ru"
    user_key: SecretStr = SecretStr("")
    ca_bundle: Path | None = None
    proxy: str = ""


def _checked_networks(given: tuple[str, ...] | None) -> tuple[str, ...] | None:
    for each in given or ():
        try:
            ip_network(each, strict=False)
        except ValueError:
            raise ValueError(f"«{each}» – не адрес и не сеть; пишут так: 10.0.0.5 или 10.0.0.0/24") from None
    return given


class PagePart(Part):
    """Страница: where it listens and what address employees' links bear; with `https:` plain http is refused.

    `proxies`: addresses or networks whose word on who calls (X-Forwarded-For) is believed; without it, with a public
    address, this machine's own proxy.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    proxies: tuple[str, ...] | None = None
    calls_per_minute: int = Field(default=600, ge=60)  # of one session or token, in each process of the page

    _check = field_validator("proxies")(lambda given: _checked_networks(given))

    @property
    def believed(self) -> tuple[str, ...]:
        if self.proxies is not None:
            return self.proxies
        return ("127.0.0.1", "::1") if self.public_url else ()


class AccountsPart(Part):
    """Учётные записи: how long a session lasts without a look, and at the longest; who must prove himself by a second step."""

    idle_hours: int = Field(default=12, ge=1)
    session_days: int = Field(default=7, ge=1)
    second_step: Literal["wish", "administrators", "everybody"] = "wish"


class OidcPart(Part):
    """Единый вход (OpenID Connect): the provider's address, our client there, and which of its groups give which role.

    `organisations_claim` names the claim with ИНН of the organisations that the user sees; empty: an administrator says.
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    label: str = "Войти через единый вход"
    scope: str = "openid profile email"
    login_claim: str = "preferred_username"
    groups_claim: str = "groups"
    officers: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    auditors: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()
    everywhere: tuple[str, ...] = ()
    organisations_claim: str = ""
    ca_bundle: Path | None = None
    proxy: str = ""

    @field_validator("issuer")
    @classmethod
    def _over_https(cls, given: str) -> str:
        """What a provider says in the open anybody on the way may say. On this machine there is no way in between."""
        if given and not is_private_way(given):
            raise ValueError("адрес единого входа должен начинаться с https://")
        return given


def is_private_way(url: str) -> bool:
    """Whether nobody can listen or answer on the way to this address: https, or the machine itself."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))
    )


class WebhooksPart(Part):
    """Уведомления программ: the networks of the house where they may go; without them public addresses by https only."""

    networks: tuple[str, ...] = ()

    _check = field_validator("networks")(lambda given: _checked_networks(given))


class BackupPart(Part):
    """Резервные копии: the key («age1…») that those made on the page are locked by; its other half is kept elsewhere."""

    recipient: str = ""


class LogPart(Part):
    """Журнал действий: what keeps who writes the database from rewriting the log.

    `key_file`: the key that seals events, where it is not computed from secret.key; the same file on every machine of one
    installation. `anchors_file`: where nightly anchors go, best on another disk. `signed_anchors` and `public_key`: anchors
    that another user of the machine signs (`audit sign-anchor`), and the key to check them by.
    """

    key_file: Path | None = None
    anchors_file: Path | None = None
    signed_anchors: Path | None = None
    public_key: Path | None = None


class PersonalDataPart(Part):
    """Персональные данные: how long closed requests keep those of employees and those of patients."""

    retention_days: int = Field(default=365 * 3, ge=1)
    patient_days: int = Field(default=90, ge=1)


class ChecksPart(Part):
    """Сохранность: within how many days the bytes of every stored file are read again; those of open requests every night."""

    files_days: int = Field(default=7, ge=1, le=90)


class Settings(BaseSettings):
    """Everything that an administrator may set. `EGISZ_HOME` names the data folder (default `data`).

    `practice`: a new folder is to be one of practice; `up --practice` and `demo` say so, nobody writes it into the file.
    """

    model_config = SettingsConfigDict(
        env_prefix="EGISZ_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    home: Path = Path("data")
    practice: bool = False
    database_url: SecretStr = SecretStr("")
    catalog_folder: Path | None = None
    calendar_file: Path | None = None
    smtp: SmtpPart = SmtpPart()
    imap: ImapPart = ImapPart()
    mail: MailPart = MailPart()
    answers: AnswersPart = AnswersPart()
    desk: DeskPart = DeskPart()
    reminders: RemindersPart = RemindersPart()
    links: LinksPart = LinksPart()
    registry: RegistryPart = RegistryPart()
    page: PagePart = PagePart()
    accounts: AccountsPart = AccountsPart()
    oidc: OidcPart = OidcPart()
    personal_data: PersonalDataPart = PersonalDataPart()
    log: LogPart = LogPart()
    backup: BackupPart = BackupPart()
    webhooks: WebhooksPart = WebhooksPart()
    checks: ChecksPart = ChecksPart()

    @property
    def files_folder(self) -> Path:
        return self.home / "files"

    @property
    def url(self) -> str:
        """SQLAlchemy address of the database; SQLite in the data folder unless set."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.home / 'egisz-access.sqlite3'}"

    @property
    def page_url(self) -> str:
        return self.page.public_url.rstrip("/") or f"http://{self.page.host}:{self.page.port}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        path = home_folder() / "settings.toml"
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=path))


def home_folder() -> Path:
    """The data folder, absolute: children started elsewhere find the same."""
    return Path(os.environ.get("EGISZ_HOME", "data")).absolute()


def load() -> Settings:
    """Settings of this installation. Raises SettingsError with a Russian sentence."""
    from pydantic import ValidationError

    from catalog.wrong_values import sentence

    try:
        return Settings(home=home_folder())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"settings.toml, ключ {key}: {sentence(first)}") from error
    except ValueError as error:
        raise SettingsError(f"settings.toml не разобрать: {error}") from error


class SettingsError(Refusal, ValueError):
    """A setting is wrong; the text names it."""

    http_status = 500
