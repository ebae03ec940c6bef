"""second step of the login, recovery codes; where sessions come from; keys of users who are switched off end"""

import datetime as dt

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
_TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.add_column("account_session", sa.Column("address", _TEXT(), nullable=False, server_default=""))
    op.add_column("account_session", sa.Column("proven", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret", _TEXT(), nullable=False),
        sa.Column("created_at", _MOMENT(), nullable=False),
        sa.Column("confirmed_at", _MOMENT(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("account_id", name=op.f("uq_second_factor_account_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", _TEXT(), nullable=False),
        sa.Column("used_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"])
    account = sa.table("account", sa.column("id", sa.Integer), sa.column("active", sa.Boolean))
    token = sa.table("api_token", sa.column("account_id", sa.Integer), sa.column("revoked_at", _MOMENT()))
    off = sa.select(account.c.id).where(account.c.active.is_(sa.false()))
    op.execute(
        sa.update(token)
        .where(token.c.account_id.in_(off), token.c.revoked_at.is_(None))
        .values(revoked_at=dt.datetime.now(dt.UTC))
    )


def downgrade() -> None:
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    with op.batch_alter_table("account_session") as batch_op:
        batch_op.drop_column("proven")
        batch_op.drop_column("address")
