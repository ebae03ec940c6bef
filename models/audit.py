"""The audit log: a chain of hashes that the database itself keeps from changing."""

import datetime as dt

from sqlalchemy import DDL, Index, Text, event
from sqlmodel import SQLModel

from models.columns import personal, plain


class Event(SQLModel, table=True):
    """A line of the audit log. `data` is canonical JSON without names or СНИЛС; `hash` covers it and `previous`.

    `seal` is an HMAC of `hash` under a key that the database does not hold; "" in events of releases before it.
    No foreign keys: the log outlives the rows.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_subject_seq", "subject", "seq"),)

    seq: int = plain(primary_key=True, column={"autoincrement": False})
    at: dt.datetime = plain()
    actor: str = personal()
    action: str = plain(index=True)
    subject: str = plain()
    data: str = plain("{}", sa_type=Text)
    previous: str = plain()
    hash: str = plain(unique=True)
    seal: str = plain("")


class ChainHead(SQLModel, table=True):
    """The one row that every writer of events locks: where the chain stands."""

    __tablename__ = "chain_head"

    id: int = plain(1, primary_key=True)
    seq: int = plain(0)
    hash: str = plain("")


_SQLITE_GUARDS = tuple(
    DDL(
        f"CREATE TRIGGER event_refuses_{verb.lower()} BEFORE {verb} ON event "
        "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
    )
    for verb in ("UPDATE", "DELETE")
)


_POSTGRES_GUARDS = (
    DDL(
        "CREATE OR REPLACE FUNCTION event_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log only grows'; END $$"
    ),
    DDL(
        "CREATE TRIGGER event_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_only_grows()"
    ),
)


def guards_of_the_log(dialect: str) -> tuple[DDL, ...]:
    """The triggers by which the database itself refuses to change or delete events."""
    return _SQLITE_GUARDS if dialect == "sqlite" else _POSTGRES_GUARDS


for _name in ("sqlite", "postgresql"):
    for _guard in guards_of_the_log(_name):
        event.listen(Event.__table__, "after_create", _guard.execute_if(dialect=_name))  # type: ignore[attr-defined]
