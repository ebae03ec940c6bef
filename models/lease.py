"""Leases: one sweep of a kind at a time."""

import datetime as dt

from sqlmodel import SQLModel

from models.columns import plain


class Lease(SQLModel, table=True):
    """Who runs a sweep now; a killed holder's lease expires by itself."""

    __tablename__ = "lease"

    name: str = plain(primary_key=True)
    owner: str = plain()
    expires_at: dt.datetime = plain()
