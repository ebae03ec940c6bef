"""Human beings, each known by his СНИЛС and nothing else."""

import datetime as dt

from sqlmodel import SQLModel

from models.columns import personal, plain


class Person(SQLModel, table=True):
    """Человек. What is known of him belongs to the organisations that know it: their cards are `Employee`."""

    id: int | None = plain(None, primary_key=True)
    snils: str = personal(unique=True)
    erased_on: dt.datetime | None = plain(None)
