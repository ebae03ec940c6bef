"""yearly reviews of who still needs which role"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "review_campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_campaign")),
    )
    with op.batch_alter_table("review_campaign", schema=None) as batch_op:
        batch_op.create_index(
            "uq_review_campaign_open", ["year"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        )

    op.create_table(
        "review_organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reminded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["review_campaign.id"], name=op.f("fk_review_organisation_campaign_id_review_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_review_organisation_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_organisation")),
        sa.UniqueConstraint(
            "campaign_id", "organisation_id", name=op.f("uq_review_organisation_campaign_id_organisation_id")
        ),
    )
    op.create_table(
        "review_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column(
            "answer", sa.Enum("keep", "drop", "ended", name="reviewanswer", native_enum=False, length=32), nullable=True
        ),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["review_organisation.id"], name=op.f("fk_review_question_asked_id_review_organisation")
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_review_question_grant_id_role_grant")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_review_question_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_question")),
        sa.UniqueConstraint("asked_id", "grant_id", name=op.f("uq_review_question_asked_id_grant_id")),
    )
    with op.batch_alter_table("review_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_question_grant_id"), ["grant_id"], unique=False)


def downgrade() -> None:
    op.drop_table("review_question")
    op.drop_table("review_organisation")
    op.drop_table("review_campaign")
