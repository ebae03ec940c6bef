"""the roles that a line asks for are rows, each with an outcome of its own"""

from collections.abc import Iterator

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), "postgresql")
_STATE = sa.Enum(
    "open", "granted", "rejected", "verified", "trouble", "moved", name="linestate", native_enum=False, length=32
)
_AT_ONCE = 1000

_LINE = sa.table(
    "request_line",
    sa.column("id", sa.Integer()),
    sa.column("roles", _JSON),
    sa.column("state", sa.String()),
    sa.column("reason", sa.String()),
    sa.column("evidence", sa.String()),
)
_ROLE = sa.table(
    "requested_role",
    sa.column("id", sa.Integer()),
    sa.column("line_id", sa.Integer()),
    sa.column("position", sa.Integer()),
    sa.column("subsystem", sa.String()),
    sa.column("role", sa.String()),
    sa.column("state", sa.String()),
    sa.column("reason", sa.String()),
    sa.column("quote", sa.String()),
)


def upgrade() -> None:
    op.create_table(
        "requested_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subsystem", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("asked_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["inbox_letter.id"], name=op.f("fk_requested_role_letter_id_inbox_letter")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["request_line.id"], name=op.f("fk_requested_role_line_id_request_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_role")),
        sa.UniqueConstraint("line_id", "subsystem", "role", name=op.f("uq_requested_role_line_id_subsystem_role")),
    )
    for lines in _lines():
        op.get_bind().execute(sa.insert(_ROLE), [row for line in lines for row in _roles_of(line)])
    for name in ("roles", "reason", "evidence"):
        op.drop_column("request_line", name)


def _lines() -> Iterator[list[sa.Row]]:
    """By their numbers, a thousand at once."""
    last = 0
    while True:
        query = sa.select(_LINE).where(_LINE.c.id > last).order_by(_LINE.c.id).limit(_AT_ONCE)
        found = list(op.get_bind().execute(query))
        if not found:
            return
        yield found
        last = found[-1].id


def _roles_of(line: sa.Row) -> list[dict[str, object]]:
    """What came of the line came of each of its roles; where it has none, of the one row that stands for it."""
    asked = list(dict.fromkeys((subsystem, role) for subsystem, role in line.roles or [])) or [("", "")]
    return [
        {
            "line_id": line.id,
            "position": place,
            "subsystem": subsystem,
            "role": role,
            "state": line.state,
            "reason": line.reason,
            "quote": line.evidence,
        }
        for place, (subsystem, role) in enumerate(asked)
    ]


def downgrade() -> None:
    op.add_column("request_line", sa.Column("roles", _JSON, nullable=False, server_default="[]"))
    op.add_column("request_line", sa.Column("reason", sa.String(), nullable=True))
    op.add_column("request_line", sa.Column("evidence", sa.String(), nullable=True))
    for lines in _lines():
        for number, told in _told(line.id for line in lines).items():
            op.get_bind().execute(sa.update(_LINE).where(_LINE.c.id == number).values(**told))
    if op.get_bind().dialect.name == "postgresql":  # SQLite could only by making the table anew
        op.alter_column("request_line", "roles", server_default=None)
    op.drop_table("requested_role")


def _told(numbers: Iterator[int]) -> dict[int, dict[str, object]]:
    """Each line's roles, reasons and quotes as its columns held them."""
    query = sa.select(_ROLE).where(_ROLE.c.line_id.in_(list(numbers))).order_by(_ROLE.c.line_id, _ROLE.c.position)
    rows: dict[int, list[sa.Row]] = {}
    for row in op.get_bind().execute(query):
        rows.setdefault(row.line_id, []).append(row)
    return {
        number: {
            "roles": [[row.subsystem, row.role] for row in own if row.subsystem],
            "reason": "; ".join(dict.fromkeys(row.reason for row in own if row.reason)) or None,
            "evidence": " … ".join(dict.fromkeys(row.quote for row in own if row.quote)) or None,
        }
        for number, own in rows.items()
    }
