"""how an application stood when it was refused, before its next version began"""

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "former_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("stood", _JSON, nullable=False),
        sa.Column("lines", _JSON, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_former_version_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_version")),
    )
    op.create_index(op.f("ix_former_version_request_id"), "former_version", ["request_id"])


def downgrade() -> None:
    op.drop_table("former_version")
