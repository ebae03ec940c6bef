"""the seal of an event of the log, by a key that the database does not hold"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Without a batch: on SQLite that would make the table anew and lose the triggers that guard it."""
    op.add_column("event", sa.Column("seal", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("event", "seal")
