"""One transaction per request or task, opened here and committed nowhere else."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlmodel import Session

import catalog
from actions.context import Policy, Seen, Work
from actions.log import practice
from wiring import database, moving_in
from wiring.practice import refuse_mixture
from wiring.scope import narrow
from wiring.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from documents.store import FileStore
    from states.calendar import WorkingCalendar
    from states.deadlines import Schedule


def system_clock() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass
class Installation:
    """Settings, engine, clock, files: what one running process is wired from. Tests swap the clock here."""

    settings: Settings
    clock: Callable[[], dt.datetime] = field(default=system_clock)

    @cached_property
    def engine(self) -> Engine:
        """Migrated on first use; a backup that was being put back is in its place before."""
        moving_in.finish(self.settings)
        engine = database.engine_for(self.settings.url)
        database.migrate(engine)
        return engine

    @cached_property
    def practice(self) -> bool:
        """Whether all data here are invented; the database itself says so. Raises WrongFolder for a mixture."""
        begun = self._agree(self.settings)
        if self.settings.practice and not begun:
            self._begin_practice()
        return begun or self.settings.practice

    def _agree(self, settings: Settings) -> bool:
        """Whether the database is one of practice. Raises WrongFolder when the settings are not of the same kind."""
        with Session(self.engine.execution_options(**database.READ_ONLY)) as session:
            begun, empty = practice.is_begun(session), practice.is_empty(session)
        refuse_mixture(settings, begun=begun, empty=empty)
        return begun

    def _begin_practice(self) -> None:
        with Session(self.engine) as session:
            practice.begin(self._work(session, "служба", None, Policy(practice=True, log_key=log_key(self.settings))))
            session.commit()

    @property
    def has_data(self) -> bool:
        """Whether anything was ever done here."""
        with self.reading(by="служба") as work:
            return not practice.is_empty(work.session)

    @cached_property
    def catalog(self) -> catalog.Catalog:
        return catalog.load(self.settings.catalog_folder)

    @cached_property
    def files(self) -> FileStore:
        from documents.store import FileStore

        return FileStore(self.settings.files_folder)

    @property
    def has_database(self) -> bool:
        """Whether there is something to ask: on SQLite the file is made with the first use."""
        name = make_url(self.settings.url).database
        return not self.settings.url.startswith("sqlite") or (name is not None and Path(name).exists())

    @cached_property
    def calendar(self) -> WorkingCalendar:
        from wiring.calendar import working_calendar

        return working_calendar(self.settings)

    @cached_property
    def desk_schedule(self) -> Schedule:
        from wiring.calendar import desk_schedule

        return desk_schedule(self.settings)

    @cached_property
    def policy(self) -> Policy:
        mail, reminders = self.settings.mail, self.settings.reminders
        return Policy(
            sender=mail.sender,
            sender_name=mail.sender_name,
            desk_address=mail.desk_address,
            officers=reminders.officers,
            lease_seconds=mail.lease_seconds,
            page_url=self.settings.page_url,
            answers_apply=self.settings.answers.apply,
            trusted_forwarders=tuple(one.lower() for one in self.settings.answers.trusted_forwarders),
            authserv_ids=self.settings.imap.authserv_ids,
            results_below_received=self.settings.imap.results_below_received,
            first_login_link_days=self.settings.links.first_login_days,
            login_check_link_days=self.settings.links.login_check_days,
            first_login_reminder_days=reminders.first_login_days,
            idle_days=reminders.idle_days,
            verify_reminder_days=reminders.verify_days,
            digest_from=reminders.digest_from,
            digest_until=reminders.digest_until,
            retention_days=self.settings.personal_data.retention_days,
            patient_days=self.settings.personal_data.patient_days,
            session_idle_hours=self.settings.accounts.idle_hours,
            session_days=self.settings.accounts.session_days,
            webhook_networks=self.settings.webhooks.networks,
            second_step=self.settings.accounts.second_step,
            follow_up_by_machine=reminders.follow_up,
            link_secret=installation_key(self.settings.home),
            log_key=log_key(self.settings),
            place=place_of(self.settings),
            own_catalog=self.settings.catalog_folder,
            practice=self.practice,
        )

    def take_up(self, settings: Settings) -> None:
        """From now on this process follows these settings; its database and folder stay those it was started with.

        Raises WrongFolder for real mail in a folder of practice; then nothing has changed.
        """
        from catalog.forgetting import forget

        self._agree(settings)
        forget()
        self.settings = settings
        for name in ("catalog", "calendar", "desk_schedule", "policy"):
            self.__dict__.pop(name, None)

    @contextmanager
    def work(self, by: str, only_of: Seen = None) -> Iterator[Work]:
        """A transaction: committed when the block ends well, rolled back when it raises.

        `only_of`: the account whose organisations are the only ones that it sees, or one organisation.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            work = self._work(session, by, only_of)
            yield work
            session.commit()
        for act in work.after_commit:
            act()

    @contextmanager
    def reading(self, by: str, only_of: Seen = None) -> Iterator[Work]:
        """A look that waits for no writer; the database itself refuses to write in it."""
        with Session(
            self.engine.execution_options(**database.READ_ONLY), autoflush=False, expire_on_commit=False
        ) as session:
            yield self._work(session, by, only_of)

    def _work(self, session: Session, by: str, only_of: Seen, policy: Policy | None = None) -> Work:
        if only_of is not None:
            narrow(session, only_of)
        return Work(
            session=session,
            now=self.clock(),
            by=by,
            catalog=self.catalog,
            files=self.files,
            policy=policy or self.policy,
            calendar=self.calendar,
            desk_schedule=self.desk_schedule,
            narrowed=only_of is not None,
        )


def place_of(settings: Settings) -> str:
    """Where the data lie: a copied or moved folder has another number on its disk. "" for a database on a server."""
    if not settings.url.startswith("sqlite"):
        return ""
    folder = settings.home.resolve()
    with suppress(OSError):
        return hashlib.sha256(f"{folder.stat().st_ino} {_machine()}".encode()).hexdigest()[:16]
    return ""


def _machine() -> str:
    """The machine's own number; a copy on another machine has another one even where the disk numbers alike.

    A container has none that stays: its image is made anew with every update.
    """
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return ""
    with suppress(OSError):
        return Path("/etc/machine-id").read_text("ascii").strip()
    return ""


def installation_key(home: Path) -> bytes:
    """The secret from which personal links are computed; made once, readable by the owner only."""
    path = home / "secret.key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
        fresh = home / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(fresh, path)  # the first of two processes wins, both read the same key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return path.read_bytes()


def log_key(settings: Settings) -> bytes:
    """What seals the events of the log; of a file of its own, or computed from the installation's secret. Raises SettingsError."""
    path = settings.log.key_file
    if path is not None:
        try:
            return hashlib.sha256(path.read_bytes()).digest()
        except OSError as error:
            raise SettingsError(
                f"settings.toml, ключ log.key_file: файл {path} не прочитать. Проверьте путь и права."
            ) from error
    return hmac.new(installation_key(settings.home), b"audit log", hashlib.sha256).digest()


def installation() -> Installation:
    """This process's installation, from the environment and settings.toml."""
    return Installation(load())
