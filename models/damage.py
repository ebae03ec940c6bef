"""What is known of the data's soundness: when each file was read last, how each row stood, what was found damaged."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import SQLModel

from models.columns import enum_type, plain


class DamageKind(StrEnum):
    """`row` changed though nothing wrote it; `file` is not what its name says; `backup` could not be put back on trial."""

    DATABASE = "database"
    ROW = "row"
    FILE = "file"
    MISSING = "missing"
    BACKUP = "backup"


class Damage(SQLModel, table=True):
    """Something damaged, as long as it is. `told` says in Russian what it is and what helps, without personal data."""

    __table_args__ = (UniqueConstraint("kind", "what"),)

    id: int | None = plain(None, primary_key=True)
    kind: DamageKind = plain(sa_type=enum_type(DamageKind))
    what: str = plain()
    told: str = plain("")
    found_at: dt.datetime = plain()


class FileLook(SQLModel, table=True):
    """When the bytes of a stored file were last read and compared with their name."""

    __tablename__ = "file_look"

    sha256: str = plain(primary_key=True)
    looked_at: dt.datetime = plain(index=True)


class RowSum(SQLModel, table=True):
    """A digest of a row as the nightly check saw it. The row of no table holds the schema's revision."""

    __tablename__ = "row_sum"

    of_table: str = plain(primary_key=True)
    of_row: int = plain(primary_key=True)
    digest: int = plain(sa_type=BigInteger)


class TouchedRow(SQLModel, table=True):
    """A row that was changed or deleted by a statement since the check before; triggers write it down (SQLite)."""

    __tablename__ = "touched_row"

    of_table: str = plain(primary_key=True)
    of_row: int = plain(primary_key=True)
    times: int = plain(1)
