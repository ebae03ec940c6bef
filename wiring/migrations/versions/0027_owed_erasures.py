"""what an erasure owes outside its transaction; letters that were erased say so"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from models.columns import PORTABLE_JSON

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owed_erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("line", PORTABLE_JSON, nullable=False),
        sa.Column("owed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owed_erasure")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("owed_erasure") as batch_op:
        batch_op.create_index(batch_op.f("ix_owed_erasure_kind"), ["kind"])
    with op.batch_alter_table("inbox_letter") as batch_op:
        batch_op.add_column(sa.Column("erased_on", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.execute(
        "UPDATE inbox_letter SET erased_on = COALESCE(settled_at, received_at) "
        "WHERE state = 'settled' AND sender = '' AND CAST(reading AS TEXT) = '{}'"
    )


def downgrade() -> None:
    with op.batch_alter_table("inbox_letter") as batch_op:
        batch_op.drop_column("erased_on")
    op.drop_table("owed_erasure")
