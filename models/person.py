"""Employees."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import SQLModel

from models.columns import personal, plain


class Person(SQLModel, table=True):
    """Работник. `esia_confirmed_on` and `first_login_on` are recorded once and count for every later request."""

    __table_args__ = (Index("ix_person_fold", "fold", postgresql_ops={"fold": "text_pattern_ops"}),)  # LIKE 'иван%'

    id: int | None = plain(None, primary_key=True)
    snils: str = personal(unique=True)
    surname: str = personal("")
    given: str = personal("")
    patronymic: str = personal("")
    fold: str = personal("")
    email: str = personal("")
    email_fold: str = personal("", index=True)
    email_is_esia: bool | None = plain(None)
    post: str = personal("")
    unit: str | None = plain(None)
    esia_confirmed_on: dt.datetime | None = plain(None)
    first_login_on: dt.datetime | None = plain(None)
    erased_on: dt.datetime | None = plain(None)

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.surname, self.given, self.patronymic) if part)
