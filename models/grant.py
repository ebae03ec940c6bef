"""Roles that were granted, what was known of them when, and the lists by which earlier ones were brought."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from models.columns import personal, plain


class Grant(SQLModel, table=True):
    """Предоставление роли: person, role, organisation, from, until, with the event that proves it.

    It says what is known now; who changes `since`, `until`, `ends_on` or `verified_at` writes it down (`actions.roles.beliefs.note`).
    A role that turned out never to have been given ends when it began.

    It rests on a request's line, or on words: `import_id` is the list that it was entered with, `told_by` whose words or
    which paper, `told_on` of which day. `ends_on` is its last day, where the answer or the list names one.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        Index("ix_role_grant_holders", "organisation_id", "since", "until", "person_id"),
        Index("ix_role_grant_person_id", "person_id"),
        Index(
            "uq_role_grant_in_force",
            "person_id",
            "organisation_id",
            "subsystem",
            "role",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: int | None = plain(None, primary_key=True)
    person_id: int = plain(foreign_key="person.id")
    organisation_id: int = plain(foreign_key="organisation.id")
    subsystem: str = plain()
    role: str = plain()
    since: dt.datetime = plain()
    until: dt.datetime | None = plain(None)
    ends_on: dt.date | None = plain(None, index=True)
    end_reminded_at: dt.datetime | None = plain(None)
    request_id: int | None = plain(None, foreign_key="request.id", index=True)
    line_id: int | None = plain(None, foreign_key="request_line.id")
    import_id: int | None = plain(None, foreign_key="holdings_import.id", index=True)
    told_by: str = personal("")
    told_on: dt.date | None = plain(None)
    event_seq: int = plain(0)
    verified_at: dt.datetime | None = plain(None)

    @property
    def never(self) -> bool:
        """Recorded by mistake: nobody held it."""
        return self.until == self.since


class GrantEntry(SQLModel, table=True):
    """What was known of a role from `recorded_at` to `superseded_at`: since when, until when, when its login was proven."""

    __tablename__ = "grant_entry"
    __table_args__ = (Index("ix_grant_entry_grant_id", "grant_id", "recorded_at"),)

    id: int | None = plain(None, primary_key=True)
    grant_id: int = plain(foreign_key="role_grant.id")
    since: dt.datetime = plain()
    until: dt.datetime | None = plain(None)
    ends_on: dt.date | None = plain(None)
    verified_at: dt.datetime | None = plain(None)
    recorded_at: dt.datetime = plain()
    superseded_at: dt.datetime | None = plain(None)


class HoldingsImport(SQLModel, table=True):
    """Внесённый список имеющихся ролей: who entered which file when, and that it was taken back, if it was."""

    __tablename__ = "holdings_import"

    id: int | None = plain(None, primary_key=True)
    organisation_id: int = plain(foreign_key="organisation.id", index=True)
    file_name: str = personal("")
    sha256: str = plain()
    imported_at: dt.datetime = plain()
    imported_by: str = personal("")
    withdrawn_at: dt.datetime | None = plain(None)
    withdrawn_by: str = personal("")
    withdrawn_reason: str = personal("")


class EndedFor(StrEnum):
    """Why a personal link opens nothing any more, before its term."""

    USED = "used"
    LINE_GONE = "line-gone"
    CORRECTED = "corrected"  # what it asked about was recorded by mistake
    ERASED = "erased"
    RESTORED = "restored"  # the database was put back from a copy
    RECALLED = "recalled"  # an administrator ended all of them
    RENEWED = "renewed"  # a release of the program that makes links another way
