"""What is filled in after access: opened checklists, the employees entered into them, their items."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from models.columns import personal, plain


class OpenedChecklist(SQLModel, table=True):
    """Открытый список дел организации; `code` of the catalogue."""

    __tablename__ = "checklist"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: int | None = plain(None, primary_key=True)
    organisation_id: int = plain(foreign_key="organisation.id")
    code: str = plain()
    opened_at: dt.datetime = plain()


class ChecklistWorker(SQLModel, table=True):
    """Работник, которого вносят в регистр. Of an employee on record only `person_id` is kept."""

    __tablename__ = "checklist_worker"
    __table_args__ = (
        UniqueConstraint("checklist_id", "person_id"),
        Index(
            "uq_checklist_worker_snils",
            "checklist_id",
            "snils",
            unique=True,
            sqlite_where=text("snils <> ''"),
            postgresql_where=text("snils <> ''"),
        ),
    )

    id: int | None = plain(None, primary_key=True)
    checklist_id: int = plain(foreign_key="checklist.id")
    person_id: int | None = plain(None, foreign_key="person.id", index=True)
    name: str = personal("")
    snils: str = personal("")
    added_at: dt.datetime = plain()
    erased_on: dt.datetime | None = plain(None)


class ChecklistItem(SQLModel, table=True):
    """Пункт списка: of the organisation, or of one employee. `item` is the catalogue's code.

    Assigned to an employee on record, or to a name as typed. `revision` grows with every change (stale clicks).
    """

    __tablename__ = "checklist_item"
    __table_args__ = (
        UniqueConstraint("worker_id", "item"),
        Index(
            "uq_checklist_item_of_organisation",
            "checklist_id",
            "item",
            unique=True,
            sqlite_where=text("worker_id IS NULL"),
            postgresql_where=text("worker_id IS NULL"),
        ),
        Index("ix_checklist_item_open", "done_at", "checklist_id"),
    )

    id: int | None = plain(None, primary_key=True)
    checklist_id: int = plain(foreign_key="checklist.id", index=True)
    worker_id: int | None = plain(None, foreign_key="checklist_worker.id")
    item: str = plain()
    opened_at: dt.datetime = plain()
    due_on: dt.date | None = plain(None)
    assignee_id: int | None = plain(None, foreign_key="person.id", index=True)
    assignee_name: str = personal("")
    done_at: dt.datetime | None = plain(None)
    done_by: str = personal("")
    note: str = personal("")
    revision: int = plain(0)
