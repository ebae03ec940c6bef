"""what is known of the soundness of rows and files"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from wiring import row_marks

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "damage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("what", _TEXT(), nullable=False),
        sa.Column("told", _TEXT(), nullable=False),
        sa.Column("found_at", _MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_damage")),
        sa.UniqueConstraint("kind", "what", name=op.f("uq_damage_kind_what")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "file_look",
        sa.Column("sha256", _TEXT(), nullable=False),
        sa.Column("looked_at", _MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_look")),
    )
    with op.batch_alter_table("file_look") as batch_op:
        batch_op.create_index(batch_op.f("ix_file_look_looked_at"), ["looked_at"])
    for name, last in (
        ("row_sum", sa.Column("digest", sa.BigInteger(), nullable=False)),
        ("touched_row", sa.Column("times", sa.Integer(), nullable=False)),
    ):
        op.create_table(
            name,
            sa.Column("of_table", _TEXT(), nullable=False),
            sa.Column("of_row", sa.Integer(), nullable=False),
            last,
            sa.PrimaryKeyConstraint("of_table", "of_row", name=op.f(f"pk_{name}")),
        )


def downgrade() -> None:
    row_marks.drop(op.get_bind())
    for name in ("touched_row", "row_sum", "file_look", "damage"):
        op.drop_table(name)
