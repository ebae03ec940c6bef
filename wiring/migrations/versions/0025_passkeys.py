"""passkeys; sessions hold what a passkey is to sign, and when their user proved himself anew"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("account_session", sa.Column("proven_anew_at", _MOMENT(), nullable=True))
    op.add_column("account_session", sa.Column("challenge", _TEXT(), nullable=True))
    op.add_column("account_session", sa.Column("challenge_at", _MOMENT(), nullable=True))
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("credential", _TEXT(), nullable=False),
        sa.Column("public_key", _TEXT(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", _TEXT(), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("used_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_passkey_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    op.create_index(op.f("ix_passkey_account_id"), "passkey", ["account_id"])


def downgrade() -> None:
    op.drop_table("passkey")
    with op.batch_alter_table("account_session") as batch_op:
        for column in ("challenge_at", "challenge", "proven_anew_at"):
            batch_op.drop_column(column)
