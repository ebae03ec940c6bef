"""Personal links of employees."""

import datetime as dt

from sqlmodel import SQLModel

from models.columns import enum_type, plain
from models.grant import EndedFor


class PersonalLink(SQLModel, table=True):
    """Личная ссылка работника: of its token only the hash is kept, and a random word that opens nothing without the key.

    An ended one stays, without its line when that is gone. `letter_id` is the only letter that carries it.
    """

    __tablename__ = "personal_link"

    id: int | None = plain(None, primary_key=True)
    nonce: str = plain(unique=True)
    token_hash: str = plain(unique=True)
    letter_id: int | None = plain(None, foreign_key="outbox_letter.id", index=True)
    line_id: int | None = plain(None, foreign_key="request_line.id", index=True)
    purpose: str = plain()
    created_at: dt.datetime = plain()
    expires_at: dt.datetime = plain()
    ended_at: dt.datetime | None = plain(None)
    ended_for: EndedFor | None = plain(None, sa_type=enum_type(EndedFor))
