"""roles that are held by word, without a request; the day a role ends"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    op.create_table(
        "holdings_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("imported_at", _MOMENT(), nullable=False),
        sa.Column("imported_by", sa.String(), nullable=False),
        sa.Column("withdrawn_at", _MOMENT(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_holdings_import_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings_import")),
    )
    op.create_index(op.f("ix_holdings_import_organisation_id"), "holdings_import", ["organisation_id"])
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.alter_column("request_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("line_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("end_reminded_at", _MOMENT(), nullable=True))
        batch_op.add_column(sa.Column("import_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("told_by", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("told_on", sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_role_grant_import_id_holdings_import"), "holdings_import", ["import_id"], ["id"]
        )
        batch_op.create_index(op.f("ix_role_grant_import_id"), ["import_id"])
        batch_op.create_index(op.f("ix_role_grant_ends_on"), ["ends_on"])
    op.add_column("grant_entry", sa.Column("ends_on", sa.Date(), nullable=True))
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.alter_column("told_by", existing_type=sa.String(), server_default=None)


def downgrade() -> None:
    """What rests on words alone has no place in the older schema."""
    bound = op.get_bind()
    by_word = "(SELECT id FROM role_grant WHERE request_id IS NULL)"
    for table in ("review_question", "grant_entry"):
        bound.execute(sa.text(f"DELETE FROM {table} WHERE grant_id IN {by_word}"))
    with op.batch_alter_table("grant_entry") as batch_op:
        batch_op.drop_column("ends_on")
    bound.execute(sa.text("DELETE FROM role_grant WHERE request_id IS NULL"))
    with op.batch_alter_table("role_grant") as batch_op:
        batch_op.drop_index(op.f("ix_role_grant_ends_on"))
        batch_op.drop_index(op.f("ix_role_grant_import_id"))
        batch_op.drop_constraint(op.f("fk_role_grant_import_id_holdings_import"), type_="foreignkey")
        for name in ("told_on", "told_by", "import_id", "end_reminded_at", "ends_on"):
            batch_op.drop_column(name)
        batch_op.alter_column("line_id", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("request_id", existing_type=sa.Integer(), nullable=False)
    op.drop_index(op.f("ix_holdings_import_organisation_id"), table_name="holdings_import")
    op.drop_table("holdings_import")
