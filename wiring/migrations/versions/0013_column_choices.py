"""which of two columns an organisation means in its lists"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "column_choices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("field", text, nullable=False),
        sa.Column("among", text, nullable=False),
        sa.Column("heading", text, nullable=False),
        sa.Column("chosen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("chosen_by", text, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_column_choices_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_choices")),
        sa.UniqueConstraint(
            "organisation_id", "field", "among", name=op.f("uq_column_choices_organisation_id_field_among")
        ),
    )
    op.create_index(op.f("ix_column_choices_organisation_id"), "column_choices", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("column_choices")
