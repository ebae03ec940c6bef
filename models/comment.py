"""What people say to each other about a request."""

import datetime as dt

from sqlmodel import SQLModel

from models.columns import personal, plain


class Comment(SQLModel, table=True):
    """Замечание к заявке; a removed one keeps its place without its text."""

    __tablename__ = "comment"

    id: int | None = plain(None, primary_key=True)
    request_id: int = plain(foreign_key="request.id", index=True)
    at: dt.datetime = plain()
    by: str = personal()
    text: str = personal()
    removed_at: dt.datetime | None = plain(None)
