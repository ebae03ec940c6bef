"""Access requests, their lines and files."""

import datetime as dt
import re
import secrets
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Relationship, SQLModel

from models.columns import PORTABLE_JSON, enum_type, personal, plain

_NUMBER_IN_LETTERS = re.compile(r"^([A-Za-zА-Яа-яЁё]{2}-20\d\d-\d{6,})-[A-Za-z][A-Za-z0-9]{3}$")
_LETTERS, _DIGITS = "dfjqrsvwz", "23456789"  # none looks like another one or like a Russian letter


def new_tail() -> str:
    """Four characters by lot, that follow a request's number in letters and nowhere else: «ЕД-2026-000012-d7f3»."""
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_LETTERS + _DIGITS) for _ in range(3))


def without_tail(number: str) -> str:
    """«ЕД-2026-000012-d7f3», as letters say it, is «ЕД-2026-000012»."""
    return _NUMBER_IN_LETTERS.sub(r"\1", number.strip())


class Status(StrEnum):
    """Состояние заявки."""

    DRAFT = "draft"
    VALIDATED = "validated"
    SIGNED = "signed"
    SENT = "sent"
    AWAITING = "awaiting"
    GRANTED = "granted"
    REJECTED = "rejected"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"


class LineState(StrEnum):
    """What became of one asked role; of a line, what its roles come to (`states.outcomes`)."""

    OPEN = "open"
    GRANTED = "granted"
    REJECTED = "rejected"
    VERIFIED = "verified"
    TROUBLE = "trouble"
    MOVED = "moved"  # refused here, goes on in the linked draft


class AccessRequest(SQLModel, table=True):
    """Заявка на предоставление доступа к подсистеме ЕГИСЗ: one application of one organisation.

    `version` grows when a rejected or edited request becomes a draft again; `revision` with every step (stale clicks).
    In letters `tail` follows the number (`in_letters`): who names both has had one of them.
    """

    __tablename__ = "request"
    # What the board asks for. The state comes first; what follows it is the order of a column, then what filters it.
    __table_args__ = (
        Index("ix_request_status_due_at", "status", "due_at"),
        Index("ix_request_status_status_since", "status", "status_since", "kind", "organisation_id"),
        Index("ix_request_status_kind", "status", "kind"),
        Index("ix_request_organisation_id_status", "organisation_id", "status", "status_since", "kind"),
        Index("ix_request_kind_status", "kind", "status", "status_since"),
        Index("ix_request_created_by_status", "created_by", "status", "status_since"),
        Index(
            "ix_request_question",
            "status",
            "kind",
            sqlite_where=text("question IS NOT NULL"),
            postgresql_where=text("question IS NOT NULL"),
        ),
    )

    id: int | None = plain(None, primary_key=True)
    number: str = plain(unique=True)
    tail: str = plain(default_factory=new_tail)
    kind: str = plain()
    organisation_id: int = plain(foreign_key="organisation.id")
    status: Status = plain(Status.DRAFT, sa_type=enum_type(Status))
    version: int = plain(1)
    revision: int = plain(0)
    created_at: dt.datetime = plain()
    created_by: str = personal("")
    status_since: dt.datetime = plain(index=True)
    sent_at: dt.datetime | None = plain(None)
    due_at: dt.datetime | None = plain(None, index=True)
    ticket: str | None = plain(None, index=True)
    channel: str = plain("mail")
    question: str | None = personal(None)
    note: str = personal("")
    parent_id: int | None = plain(None, foreign_key="request.id", index=True)
    relation: str | None = plain(None)  # to the parent: companion, refused-lines, trouble
    intake: list[dict[str, object]] = personal(default_factory=list, sa_type=PORTABLE_JSON)  # findings of reading
    fields: dict[str, str] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    signature: dict[str, object] | None = personal(None, sa_type=PORTABLE_JSON)
    next_reminder_at: dt.datetime | None = plain(None, index=True)
    outcome: str | None = plain(None)  # code of the kind's outcomes: what was received
    patients_erased_on: dt.datetime | None = plain(None)  # before `erased_on`: patients' data have a shorter term
    erased_on: dt.datetime | None = plain(None)

    @property
    def in_letters(self) -> str:
        return f"{self.number}-{self.tail}"


class FormerVersion(SQLModel, table=True):
    """A refused version as it stood when the next one began: columns of the request and of its lines with their roles.

    With `last_number` it was put back, when the request had come to that version.
    """

    __tablename__ = "former_version"

    id: int | None = plain(None, primary_key=True)
    request_id: int = plain(foreign_key="request.id", index=True)
    version: int = plain()
    left_at: dt.datetime = plain()
    stood: dict[str, object] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    lines: list[dict[str, object]] = personal(default_factory=list, sa_type=PORTABLE_JSON)
    last_number: int | None = plain(None)


class RequestLine(SQLModel, table=True):
    """Строка заявки: one employee and the roles asked for; `state` sums up what came of them.

    `typed` is the line as the officer gave it (fields of LineFacts); `person_id` is set once its СНИЛС is right.
    `asked` has at least one row: where there is nothing to choose, one without a role.
    """

    __tablename__ = "request_line"
    # Whose lines and in which state is answered from the index alone: the rows are long.
    __table_args__ = (Index("ix_request_line_request_id", "request_id", "state", "person_id"),)

    id: int | None = plain(None, primary_key=True)
    request_id: int = plain(foreign_key="request.id")
    person_id: int | None = plain(None, foreign_key="person.id", index=True)
    position: int = plain(0)
    typed: dict[str, object] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    state: LineState = plain(LineState.OPEN, sa_type=enum_type(LineState))
    verified_at: dt.datetime | None = plain(None)
    asked: list["RequestedRole"] = Relationship(
        sa_relationship_kwargs={
            "lazy": "selectin",  # lines are always read with their roles: one more query, whatever their number
            "cascade": "all",
            "order_by": "RequestedRole.position",
        }
    )

    @property
    def roles(self) -> list[tuple[str, str]]:
        """(subsystem, role) of everything that is asked for, whatever came of it."""
        return [(each.subsystem, each.role) for each in self.asked if each.subsystem]


class RequestedRole(SQLModel, table=True):
    """Запрошенная роль: the unit of an outcome. `subsystem` and `role` are "" where the kind of request has no roles.

    `quote` is the sentence of the answer that decided it; `letter_id` the letter, or `ground` what a person gave instead.
    `asked_until` is the end date asked for, `until` the one that the answer names.
    """

    __tablename__ = "requested_role"
    __table_args__ = (UniqueConstraint("line_id", "subsystem", "role"),)

    id: int | None = plain(None, primary_key=True)
    line_id: int | None = plain(None, foreign_key="request_line.id", nullable=False)
    position: int = plain(0)
    subsystem: str = plain("")
    role: str = plain("")
    state: LineState = plain(LineState.OPEN, sa_type=enum_type(LineState))
    reason: str | None = personal(None)
    quote: str | None = personal(None)
    letter_id: int | None = plain(None, foreign_key="inbox_letter.id")
    ground: str | None = personal(None)
    decided_at: dt.datetime | None = plain(None)
    until: dt.date | None = plain(None)
    asked_until: dt.date | None = plain(None)


class RequestFile(SQLModel, table=True):
    """A file of one version of a request; `purpose` is scan, application-docx, attorney, screenshot …"""

    __tablename__ = "request_file"
    __table_args__ = (Index("ix_request_file_request_id_version", "request_id", "version"),)

    id: int | None = plain(None, primary_key=True)
    request_id: int = plain(foreign_key="request.id")
    version: int = plain(1)
    purpose: str = plain()
    name: str = personal("")
    media_type: str = plain("application/octet-stream")
    sha256: str = plain(index=True)
    size: int = plain(0)
    detail: dict[str, object] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    added_at: dt.datetime = plain()
    added_by: str = personal("")
    replaced_at: dt.datetime | None = plain(None)
