"""What an erasure owes: written with the act, paid by the sweep `erase`, so that a kill in between leaves nothing behind."""

import datetime as dt
from enum import StrEnum

from sqlmodel import SQLModel

from models.columns import PORTABLE_JSON, enum_type, plain


class Owed(StrEnum):
    """`file`: the bytes of a stored file and what was made from them. `line`: the act in the file that outlives the database.

    `pages`: free pages and the journal of the database. `memory`: what readers were told minutes ago. `copies`: backups
    made before the act, which a person removes.
    """

    FILE = "file"
    LINE = "line"
    PAGES = "pages"
    MEMORY = "memory"
    COPIES = "copies"


class OwedErasure(SQLModel, table=True):
    """One debt; its row goes once it is paid. `what` is the file's SHA-256, `line` the act as it is kept outside."""

    __tablename__ = "owed_erasure"

    id: int | None = plain(None, primary_key=True)
    kind: Owed = plain(sa_type=enum_type(Owed), index=True)
    what: str = plain("")
    line: dict[str, object] = plain(default_factory=dict, sa_type=PORTABLE_JSON)
    owed_at: dt.datetime = plain()
