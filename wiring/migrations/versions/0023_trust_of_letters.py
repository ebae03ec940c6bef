"""the random end of a request's number in letters"""

import secrets

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_LETTERS, _DIGITS = "dfjqrsvwz", "23456789"


def upgrade() -> None:
    op.add_column("request", sa.Column("tail", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""))
    request = sa.table("request", sa.column("id", sa.Integer), sa.column("tail", sa.String))
    connection = op.get_bind()
    numbers = list(connection.execute(sa.select(request.c.id)).scalars())
    if numbers:
        connection.execute(
            sa.update(request).where(request.c.id == sa.bindparam("number")).values(tail=sa.bindparam("end")),
            [{"number": number, "end": _tail()} for number in numbers],
        )


def _tail() -> str:
    return secrets.choice(_LETTERS) + "".join(secrets.choice(_LETTERS + _DIGITS) for _ in range(3))


def downgrade() -> None:
    with op.batch_alter_table("request") as batch_op:
        batch_op.drop_column("tail")
