"""what the board asks of a hundred thousand requests"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ASKED = sa.text("question IS NOT NULL")
_NEW = {
    "ix_request_status_status_since": ["status", "status_since", "kind", "organisation_id"],
    "ix_request_status_kind": ["status", "kind"],
    "ix_request_organisation_id_status": ["organisation_id", "status", "status_since", "kind"],
    "ix_request_kind_status": ["kind", "status", "status_since"],
    "ix_request_created_by_status": ["created_by", "status", "status_since"],
    "ix_request_status_since": ["status_since"],
    "ix_request_due_at": ["due_at"],
}
_OLD = {"ix_request_organisation_id": ["organisation_id"], "ix_request_kind": ["kind"]}

# The same names with more columns: an answer from the index alone does not read the long rows.
_WIDER = {
    "ix_request_line_request_id": ("request_line", ["request_id", "state", "person_id"]),
    "ix_outbox_letter_request_id": ("outbox_letter", ["request_id", "purpose", "version", "state"]),
}


def upgrade() -> None:
    for name, (table, columns) in _WIDER.items():
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns)
    for name, columns in _NEW.items():
        op.create_index(name, "request", columns)
    op.create_index("ix_request_question", "request", ["status", "kind"], sqlite_where=_ASKED, postgresql_where=_ASKED)
    for name in _OLD:  # each is the beginning of a new one
        op.drop_index(name, table_name="request")
    _search_by_beginning({"fold": "text_pattern_ops"})


def _search_by_beginning(operators: dict[str, str]) -> None:
    """PostgreSQL finds the beginning of a name by an index that compares by bytes; SQLite's do."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_person_fold", table_name="person")
        op.create_index("ix_person_fold", "person", ["fold"], postgresql_ops=operators)


def downgrade() -> None:
    _search_by_beginning({})
    for name, (table, columns) in _WIDER.items():
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns[:1])
    for name, columns in _OLD.items():
        op.create_index(name, "request", columns)
    for name in ("ix_request_question", *_NEW):
        op.drop_index(name, table_name="request")
