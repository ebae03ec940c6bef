"""that a reorganisation was recorded by mistake: when, by whom, why"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("organisation_change") as batch_op:
        batch_op.add_column(sa.Column("withdrawn_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
        batch_op.add_column(sa.Column("withdrawn_by", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("withdrawn_reason", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("organisation_change") as batch_op:
        batch_op.alter_column("withdrawn_by", existing_type=sa.String(), server_default=None)
        batch_op.alter_column("withdrawn_reason", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("organisation_change") as batch_op:
        for column in ("withdrawn_reason", "withdrawn_by", "withdrawn_at"):
            batch_op.drop_column(column)
