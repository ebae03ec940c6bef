"""letters that the server does not give, the beginning of a large one, copies of one letter"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "not_given_letter",
        sa.Column("account", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("folder", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("uid_validity", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Integer(), nullable=False),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("next_try_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", "uid_validity", "uid", name=op.f("pk_not_given_letter")),
    )
    with op.batch_alter_table("inbox_letter") as batch_op:
        batch_op.add_column(sa.Column("size", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("essence", sa.String(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_inbox_letter_essence"), ["essence"])
    with op.batch_alter_table("inbox_letter") as batch_op:
        batch_op.alter_column("size", existing_type=sa.Integer(), server_default=None)
        batch_op.alter_column("essence", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("inbox_letter") as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_letter_essence"))
        batch_op.drop_column("essence")
        batch_op.drop_column("size")
    op.drop_table("not_given_letter")
