"""what was known of roles and when; corrections"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_GRANT = sa.table(
    "role_grant",
    sa.column("id", sa.Integer),
    *(sa.column(name, _MOMENT()) for name in ("since", "until", "verified_at")),
)
_ENTRY = sa.table(
    "grant_entry",
    sa.column("grant_id", sa.Integer),
    *(sa.column(name, _MOMENT()) for name in ("since", "until", "verified_at", "recorded_at", "superseded_at")),
)
_AT_ONCE = 1000


def upgrade() -> None:
    op.create_table(
        "grant_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT(), nullable=False),
        sa.Column("until", _MOMENT(), nullable=True),
        sa.Column("verified_at", _MOMENT(), nullable=True),
        sa.Column("recorded_at", _MOMENT(), nullable=False),
        sa.Column("superseded_at", _MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["grant_id"], ["role_grant.id"], name=op.f("fk_grant_entry_grant_id_role_grant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_entry")),
    )
    op.create_index("ix_grant_entry_grant_id", "grant_entry", ["grant_id", "recorded_at"])
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("before", _JSON, nullable=False),
        sa.Column("after", _JSON, nullable=False),
        sa.Column("letters", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_correction_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_subject"), "correction", ["subject"])
    op.create_index(op.f("ix_correction_organisation_id"), "correction", ["organisation_id"])
    _write_down_what_is_known()


def _write_down_what_is_known() -> None:
    """Until now nothing was corrected, so each time of a role was known from that very time on."""
    bound = op.get_bind()
    grants = bound.execute(sa.select(_GRANT)).all()
    entries: list[dict[str, object]] = []
    for number, since, until, verified in grants:
        entries += _entries(number, since, until, verified)
    for start in range(0, len(entries), _AT_ONCE):
        bound.execute(sa.insert(_ENTRY), entries[start : start + _AT_ONCE])


def _entries(
    number: int, since: dt.datetime, until: dt.datetime | None, verified: dt.datetime | None
) -> list[dict[str, object]]:
    moments = sorted({since, *(max(each, since) for each in (until, verified) if each is not None)})
    return [
        {
            "grant_id": number,
            "since": since,
            "until": until if until is not None and until <= moment else None,
            "verified_at": verified if verified is not None and verified <= moment else None,
            "recorded_at": moment,
            "superseded_at": following,
        }
        for moment, following in zip(moments, [*moments[1:], None], strict=True)
    ]


def downgrade() -> None:
    op.drop_table("correction")
    op.drop_table("grant_entry")
