"""each organisation has its own card of a person, and what he was called before"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TEXTS = ("surname", "given", "patronymic", "fold", "email", "email_fold", "post")
_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
_NAME = ("surname", "given", "patronymic")
_LATER = ("draft", "withdrawn")


def upgrade() -> None:
    operators = {"fold": "text_pattern_ops"}
    op.create_table(
        "employee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("patronymic", sa.String(), nullable=False),
        sa.Column("fold", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_fold", sa.String(), nullable=False),
        sa.Column("email_is_esia", sa.Boolean(), nullable=True),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("esia_confirmed_on", _MOMENT(), nullable=True),
        sa.Column("first_login_on", _MOMENT(), nullable=True),
        sa.Column("stated_on", _MOMENT(), nullable=True),
        sa.Column("erased_on", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_employee_person_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_employee_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employee")),
        sa.UniqueConstraint("person_id", "organisation_id", name=op.f("uq_employee_person_id_organisation_id")),
    )
    op.create_index("ix_employee_fold", "employee", ["fold"], postgresql_ops=operators)
    op.create_index(op.f("ix_employee_email_fold"), "employee", ["email_fold"])
    op.create_index(op.f("ix_employee_organisation_id"), "employee", ["organisation_id"])
    op.create_table(
        "employee_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employee_id", sa.Integer(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("given", sa.String(), nullable=False),
        sa.Column("patronymic", sa.String(), nullable=False),
        sa.Column("fold", sa.String(), nullable=False),
        sa.Column("next_surname", sa.String(), nullable=False),
        sa.Column("next_given", sa.String(), nullable=False),
        sa.Column("next_patronymic", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("recorded_at", _MOMENT(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"], name=op.f("fk_employee_name_employee_id_employee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employee_name")),
    )
    op.create_index("ix_employee_name_fold", "employee_name", ["fold"], postgresql_ops=operators)
    op.create_index(op.f("ix_employee_name_employee_id"), "employee_name", ["employee_id"])
    _carry_over()
    op.drop_index("ix_person_fold", table_name="person")
    op.drop_index("ix_person_email_fold", table_name="person")
    # Not in a batch: on SQLite that makes the table anew, which every row that refers to a person forbids.
    for name in (*_TEXTS, "email_is_esia", "unit", "esia_confirmed_on", "first_login_on"):
        op.drop_column("person", name)


def _rows(sql: str) -> list[Mapping[str, Any]]:
    return list(op.get_bind().execute(sa.text(sql)).mappings())


def _carry_over() -> None:
    """A person of one organisation keeps what is on record; of several, each gets what its own newest line says.

    Marks of logins counted for every organisation until now: they stay with all that could rely on them.
    """
    persons = {row["id"]: dict(row) for row in _rows("SELECT * FROM person")}
    places = _places()
    newest = _newest_lines()
    made = []
    for person_id, organisation_id in sorted(places):
        known = persons[person_id]
        values = {name: known[name] for name in known if name not in ("id", "snils")}
        if len([1 for person, _ in places if person == person_id]) > 1 and known["erased_on"] is None:
            values |= _own(newest.get((person_id, organisation_id), {}))
        made.append({"person_id": person_id, "organisation_id": organisation_id, **values})
    if made:
        columns = [sa.Column(name) for name in made[0]]
        op.get_bind().execute(sa.insert(sa.table("employee", *columns)), made)


def _places() -> set[tuple[int, int]]:
    found = _rows(
        "SELECT line.person_id, request.organisation_id FROM request_line line "
        "JOIN request ON request.id = line.request_id WHERE line.person_id IS NOT NULL "
        "UNION SELECT person_id, organisation_id FROM role_grant "
        "UNION SELECT worker.person_id, checklist.organisation_id FROM checklist_worker worker "
        "JOIN checklist ON checklist.id = worker.checklist_id WHERE worker.person_id IS NOT NULL "
        "UNION SELECT item.assignee_id, checklist.organisation_id FROM checklist_item item "
        "JOIN checklist ON checklist.id = item.checklist_id WHERE item.assignee_id IS NOT NULL"
    )
    return {tuple(row.values()) for row in found}  # type: ignore[misc]


def _newest_lines() -> dict[tuple[int, int], dict[str, Any]]:
    """What each organisation typed last, rather in a request that went on than in a draft."""
    line = sa.table(
        "request_line", sa.column("id"), sa.column("person_id"), sa.column("request_id"), sa.column("typed", sa.JSON())
    )
    request = sa.table("request", sa.column("id"), sa.column("organisation_id"), sa.column("status"))
    query = (
        sa.select(line.c.person_id, request.c.organisation_id, request.c.status, line.c.typed)
        .join(request, request.c.id == line.c.request_id)
        .where(line.c.person_id.is_not(None))
        .order_by(line.c.id)
    )
    rows = [row for row in op.get_bind().execute(query) if row.typed]
    ordered = sorted(rows, key=lambda row: row.status not in _LATER)
    return {(row.person_id, row.organisation_id): row.typed | {"_later": row.status in _LATER} for row in ordered}


def _own(typed: Mapping[str, Any]) -> dict[str, Any]:
    from models.text import fold

    values = {name: str(typed.get(name) or "") for name in (*_NAME, "post")}
    values["fold"] = fold(" ".join(values[name] for name in _NAME if values[name]))
    email = "" if typed.get("_later", True) else str(typed.get("email") or "")  # a draft's address was not judged
    return {
        **values, "email": email, "email_fold": fold(email), "unit": typed.get("unit"),
        "email_is_esia": typed.get("email_is_esia") if email else None,
    }  # fmt: skip


def downgrade() -> None:
    """A person has one name again: the newest card's."""
    for name in _TEXTS:
        op.add_column("person", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("person", sa.Column("email_is_esia", sa.Boolean(), nullable=True))
    op.add_column("person", sa.Column("unit", sa.String(), nullable=True))
    for name in ("esia_confirmed_on", "first_login_on"):
        op.add_column("person", sa.Column(name, _MOMENT(), nullable=True))
    kept = (*_TEXTS, "email_is_esia", "unit", "esia_confirmed_on", "first_login_on")
    newest = "SELECT MAX(id) FROM employee WHERE employee.person_id = person.id"
    for name in kept:
        op.execute(
            f"UPDATE person SET {name} = (SELECT {name} FROM employee WHERE id = ({newest})) "
            f"WHERE EXISTS (SELECT 1 FROM employee WHERE employee.person_id = person.id)"
        )
    op.create_index("ix_person_fold", "person", ["fold"], postgresql_ops={"fold": "text_pattern_ops"})
    op.create_index("ix_person_email_fold", "person", ["email_fold"])
    op.drop_table("employee_name")
    op.drop_table("employee")
