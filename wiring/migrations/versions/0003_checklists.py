"""checklists of what is filled in after access"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ANONYMOUS = sa.text("snils <> ''")
_OF_ORGANISATION = sa.text("worker_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "checklist",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_checklist_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_checklist_organisation_id_code")),
    )
    op.create_table(
        "checklist_worker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("snils", sa.String(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("erased_on", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_worker_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_checklist_worker_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_worker")),
        sa.UniqueConstraint("checklist_id", "person_id", name=op.f("uq_checklist_worker_checklist_id_person_id")),
    )
    with op.batch_alter_table("checklist_worker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checklist_worker_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_checklist_worker_snils",
            ["checklist_id", "snils"],
            unique=True,
            sqlite_where=_ANONYMOUS,
            postgresql_where=_ANONYMOUS,
        )

    op.create_table(
        "checklist_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("checklist_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("assignee_name", sa.String(), nullable=False),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["person.id"], name=op.f("fk_checklist_item_assignee_id_person")),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_item_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["checklist_worker.id"], name=op.f("fk_checklist_item_worker_id_checklist_worker")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
        sa.UniqueConstraint("worker_id", "item", name=op.f("uq_checklist_item_worker_id_item")),
    )
    with op.batch_alter_table("checklist_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checklist_item_assignee_id"), ["assignee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_checklist_item_checklist_id"), ["checklist_id"], unique=False)
        batch_op.create_index("ix_checklist_item_open", ["done_at", "checklist_id"], unique=False)
        batch_op.create_index(
            "uq_checklist_item_of_organisation",
            ["checklist_id", "item"],
            unique=True,
            sqlite_where=_OF_ORGANISATION,
            postgresql_where=_OF_ORGANISATION,
        )


def downgrade() -> None:
    op.drop_table("checklist_item")
    op.drop_table("checklist_worker")
    op.drop_table("checklist")
