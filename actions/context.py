"""What every action is given: an open session, the moment, who acts, and the installation's policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlmodel import Session

from catalog import Catalog
from refusals import Refusal
from states.calendar import WorkingCalendar
from states.deadlines import Schedule


class Files(Protocol):
    """Content-addressed files (see documents.store)."""

    def put(self, data: bytes) -> str: ...
    def has(self, sha256: str) -> bool: ...
    def read(self, sha256: str) -> bytes: ...
    def delete(self, sha256: str) -> None: ...
    def path(self, sha256: str) -> Path: ...
    def derived(self, sha256: str, what: str) -> Path: ...
    def keep_derived(self, sha256: str, what: str, data: bytes) -> Path: ...


# Execution option of a query whose answer must not depend on who asks: what rules judge by is the same for everybody.
EVERYWHERE = {"everywhere": True}


@dataclass(frozen=True, slots=True)
class OneOrganisation:
    """A view narrower than an account's: one organisation, as long as the account `of` sees it (None: sees all)."""

    number: int
    of: int | None = None


# Whose organisations a session sees: an account's by its number, one of them, or all (None).
Seen = int | OneOrganisation | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that decide, not how to connect. Times of day are Moscow's unless a field says otherwise."""

    sender: str = "clinic@example.com"
    sender_name: str = "Доступ ЕГИСЗ"
    desk_address: str | None = None  # overrides the catalogue's destination by date
    officers: tuple[str, ...] = ()
    page_url: str = "http://127.0.0.1:8000"
    answers_apply: str = "clear"  # "clear": by machine when clear and trusted; "never": always a person
    trusted_forwarders: tuple[str, ...] = ()  # whose forwards of the desk's letters are believed
    authserv_ids: tuple[str, ...] = ()  # what the mailbox's server calls itself in Authentication-Results
    results_below_received: bool = False  # it writes them under its own Received line
    first_login_link_days: int = 14
    login_check_link_days: int = 14
    lease_seconds: int = 300
    retry_minutes: tuple[int, ...] = (1, 5, 15, 60, 240)
    server_away_minutes: int = 5  # between two tries of a mail server that is away or refuses the password
    first_login_reminder_days: int = 2
    idle_days: int = 3
    verify_reminder_days: int = 2
    digest_from: dt.time = dt.time(9, 0)
    digest_until: dt.time = dt.time(18, 0)
    retention_days: int = 365 * 3
    patient_days: int = 90  # how long a closed request keeps patients' data
    session_idle_hours: int = 12  # of the page, without a look
    session_days: int = 7  # of the page, at the longest
    webhook_networks: tuple[str, ...] = ()  # of the house, where notifications may go besides public addresses
    second_step: str = "wish"  # whom the second step of the login is obligatory for: wish, administrators, everybody
    follow_up_by_machine: bool = True
    link_secret: bytes = b""
    place: str = ""  # where the data lie, as a digest; "" where that cannot be told
    log_key: bytes = b""  # seals the events of the log; "" seals nothing
    own_catalog: Path | None = None  # the administrator's folder, for forms
    practice: bool = False  # everything here is invented: letters and papers say so on every page

    @property
    def number_prefix(self) -> str:
        """Of our numbers of requests: a practice number is no other's, on paper and in letters."""
        return "УЧ" if self.practice else "ЕД"


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction's worth of work. Actions write through `session` and never commit."""

    session: Session
    now: dt.datetime
    by: str
    catalog: Catalog
    files: Files
    policy: Policy
    calendar: WorkingCalendar
    desk_schedule: Schedule
    narrowed: bool = False  # whether only some organisations are seen
    after_commit: list[Callable[[], object]] = field(default_factory=list)


class NotFound(Refusal, LookupError):
    """There is no such thing; the text is a Russian sentence without personal data."""

    http_status = 404


class Conflict(Refusal):
    """Somebody else was faster; the text says in Russian what changed."""

    http_status = 409
