"""letters that a person brought: from no mailbox; Message-ID of every letter, so that one is taken in once"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0014"
down_revision = "0009"
branch_labels = None
depends_on = None

_LETTER = sa.table(
    "inbox_letter",
    sa.column("id", sa.Integer),
    sa.column("uid", sa.Integer),
    sa.column("reading", sa.JSON),
    sa.column("message_id", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("inbox_letter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("brought_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("message_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.alter_column("uid", existing_type=sa.Integer(), nullable=True)
        batch_op.create_index("ix_inbox_letter_message_id", ["message_id"], unique=False)
    bound = op.get_bind()
    for number, reading in bound.execute(sa.select(_LETTER.c.id, _LETTER.c.reading)).all():
        known = str((reading or {}).get("message_id") or "")
        if known:
            bound.execute(sa.update(_LETTER).where(_LETTER.c.id == number).values(message_id=known))


def downgrade() -> None:
    op.get_bind().execute(sa.update(_LETTER).where(_LETTER.c.uid.is_(None)).values(uid=-_LETTER.c.id))
    with op.batch_alter_table("inbox_letter", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_letter_message_id")
        batch_op.alter_column("uid", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("message_id")
        batch_op.drop_column("brought_by")
