"""What was recorded wrongly and put right."""

import datetime as dt

from sqlmodel import SQLModel

from models.columns import PORTABLE_JSON, personal, plain


class Correction(SQLModel, table=True):
    """Исправительная запись: what was on record, what it is now, by whose word and why.

    `subject` is named as in the log. `before` and `after` hold row numbers, codes, moments and the words of an answer, no
    names. `letters` are those that had left because of the mistake, by row number of the outbox.
    """

    __tablename__ = "correction"

    id: int | None = plain(None, primary_key=True)
    at: dt.datetime = plain()
    by: str = personal("")
    kind: str = plain()
    subject: str = plain(index=True)
    organisation_id: int | None = plain(None, foreign_key="organisation.id", index=True)
    why: str = personal("")
    before: dict[str, object] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    after: dict[str, object] = personal(default_factory=dict, sa_type=PORTABLE_JSON)
    letters: list[int] = plain(default_factory=list, sa_type=PORTABLE_JSON)
