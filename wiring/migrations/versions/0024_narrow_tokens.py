"""tokens that only read, or see one organisation"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.add_column(sa.Column("reads_only", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_api_token_organisation_id_organisation"), "organisation", ["organisation_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.drop_constraint(op.f("fk_api_token_organisation_id_organisation"), type_="foreignkey")
        batch_op.drop_column("organisation_id")
        batch_op.drop_column("reads_only")
