"""What an organisation knows of an employee, and what he was called before."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Relationship, SQLModel

from models.columns import personal, plain
from models.person import Person


class Employee(SQLModel, table=True):
    """Карточка работника в организации: one person as one organisation knows him; no other organisation reads it.

    `esia_confirmed_on` and `first_login_on` are recorded once and count for every later request of the organisation.
    `stated_on`: somebody vouched for the name itself, so that no line typed later writes over it.
    """

    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id"),
        Index("ix_employee_fold", "fold", postgresql_ops={"fold": "text_pattern_ops"}),  # LIKE 'иван%'
    )

    id: int | None = plain(None, primary_key=True)
    person_id: int = plain(foreign_key="person.id")
    organisation_id: int = plain(foreign_key="organisation.id", index=True)
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
    stated_on: dt.datetime | None = plain(None)
    erased_on: dt.datetime | None = plain(None)

    person: Person = Relationship(sa_relationship_kwargs={"lazy": "joined"})

    @property
    def snils(self) -> str:
        return self.person.snils

    @property
    def name(self) -> str:
        return spelled(self.surname, self.given, self.patronymic)


class FormerName(SQLModel, table=True):
    """Прежние фамилия, имя, отчество работника.

    `until` is the day from which he bears the next name; None for a typing error, which never was his name.
    """

    __tablename__ = "employee_name"
    __table_args__ = (Index("ix_employee_name_fold", "fold", postgresql_ops={"fold": "text_pattern_ops"}),)

    id: int | None = plain(None, primary_key=True)
    employee_id: int = plain(foreign_key="employee.id", index=True)
    surname: str = personal("")
    given: str = personal("")
    patronymic: str = personal("")
    fold: str = personal("")
    next_surname: str = personal("")
    next_given: str = personal("")
    next_patronymic: str = personal("")
    until: dt.date | None = plain(None)
    ground: str = personal("")
    recorded_at: dt.datetime = plain()
    recorded_by: str = personal("")

    @property
    def name(self) -> str:
        return spelled(self.surname, self.given, self.patronymic)


def spelled(surname: str, given: str, patronymic: str) -> str:
    """As it is written everywhere, the surname first."""
    return " ".join(part for part in (surname, given, patronymic) if part)
