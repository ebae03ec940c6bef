"""Which of two columns an organisation means in its lists."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from models.columns import personal, plain


class ColumnChoice(SQLModel, table=True):
    """A person's word on a list with several columns for one field; the next list with the same headings asks nothing.

    `among`: the headings he chose from, folded, one a line; `heading`: the one that is meant.
    """

    __tablename__ = "column_choices"
    __table_args__ = (UniqueConstraint("organisation_id", "field", "among"),)

    id: int | None = plain(None, primary_key=True)
    organisation_id: int = plain(foreign_key="organisation.id", index=True)
    field: str = plain()
    among: str = plain()
    heading: str = plain()
    chosen_at: dt.datetime = plain()
    chosen_by: str = personal()
