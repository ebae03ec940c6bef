"""Letters out (a transactional outbox) and letters in (stored raw before they are read)."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from models.columns import PORTABLE_JSON, enum_type, personal, plain


class OutboxState(StrEnum):
    """`claimed`: a worker has it, nothing left yet. `sending`: the data may have left.

    `uncertain`: the line broke between the data and the server's 250; no machine sends it again.
    """

    PROMISED = "promised"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OutboxLetter(SQLModel, table=True):
    """A promised letter. `key` makes it unique (purpose, request, version); its Message-ID never changes.

    A letter with personal links is written from the template of its purpose and `made_from` when it leaves; `text` shows it without them.
    """

    __tablename__ = "outbox_letter"
    __table_args__ = (
        Index("ix_outbox_letter_state_next_attempt_at", "state", "next_attempt_at"),
        Index("ix_outbox_letter_request_id", "request_id", "purpose", "version", "state"),
    )

    id: int | None = plain(None, primary_key=True)
    key: str = plain(unique=True)
    purpose: str = plain()
    request_id: int | None = plain(None, foreign_key="request.id")
    person_id: int | None = plain(None, foreign_key="person.id")
    version: int = plain(1)
    message_id: str = plain(unique=True)
    recipient: str = personal()
    subject: str = personal()
    text: str = personal("")
    made_from: dict[str, object] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    in_reply_to: str | None = plain(None)
    attachments: list[dict[str, str]] = personal(default_factory=list, sa_type=PORTABLE_JSON)
    raw_sha256: str | None = plain(None)
    state: OutboxState = plain(OutboxState.PROMISED, sa_type=enum_type(OutboxState))
    attempts: int = plain(0)
    next_attempt_at: dt.datetime = plain()
    lease_until: dt.datetime | None = plain(None)
    lease_owner: str | None = plain(None)
    error: str | None = personal(None)
    promised_at: dt.datetime = plain()
    confirmed_at: dt.datetime | None = plain(None)


class InboxState(StrEnum):
    """`stored` is not read yet; `triage` waits for a person."""

    STORED = "stored"
    APPLIED = "applied"
    NOTED = "noted"
    TRIAGE = "triage"
    SETTLED = "settled"
    FAILED = "failed"


class InboxLetter(SQLModel, table=True):
    """A received letter: the raw bytes are in the file store under `sha256`; `reading` is what was understood.

    `brought_by`: who brought it by hand, at `received_at`; it came from no mailbox then, so it has no `uid`. `size`: in bytes,
    of one of whose only the beginning was taken in; else 0. `essence`: see `notifications.essence`. Of an erased one (`erased_on`)
    the digests stay: by them it is known when the mailbox gives it again.
    """

    __tablename__ = "inbox_letter"
    __table_args__ = (UniqueConstraint("account", "folder", "uid_validity", "uid"),)

    id: int | None = plain(None, primary_key=True)
    account: str = plain()
    folder: str = plain()
    uid_validity: int = plain()
    uid: int | None = plain()
    sha256: str = plain(unique=True)
    size: int = plain(0)
    essence: str = plain("", index=True)
    received_at: dt.datetime = plain()
    brought_by: str | None = personal(None)
    message_id: str | None = plain(None, index=True)
    state: InboxState = plain(InboxState.STORED, sa_type=enum_type(InboxState), index=True)
    flagged: bool = plain(False)
    sender: str = personal("")
    subject: str = personal("")
    request_id: int | None = plain(None, foreign_key="request.id", index=True)
    matched_by: str | None = plain(None)
    reading: dict[str, object] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    problem: str | None = personal(None)
    settled_at: dt.datetime | None = plain(None)
    settled_by: str | None = personal(None)
    erased_on: dt.datetime | None = plain(None)


class MailboxPosition(SQLModel, table=True):
    """How far a folder was read, when it was last looked at with success, and the failure since then.

    `problem` is a code of `notifications.errors`; it and `failed_at` are empty while the last look was a good one.
    """

    __tablename__ = "mailbox_position"

    account: str = plain(primary_key=True)
    folder: str = plain(primary_key=True)
    uid_validity: int = plain(0)
    last_uid: int = plain(0)
    looked_at: dt.datetime | None = plain(None)
    failed_at: dt.datetime | None = plain(None)
    problem: str | None = plain(None)


class NotGivenLetter(SQLModel, table=True):
    """A letter that lies on the server, which does not give it: stepped over, and tried again day by day.

    `problem` is a code of `notifications.errors`.
    """

    __tablename__ = "not_given_letter"

    account: str = plain(primary_key=True)
    folder: str = plain(primary_key=True)
    uid_validity: int = plain(primary_key=True)
    uid: int = plain(primary_key=True)
    problem: str = plain()
    first_at: dt.datetime = plain()
    next_try_at: dt.datetime = plain()
