"""personal links: a random word in each, the letter that carries it, why it ended; letters written from their template"""

from __future__ import annotations

import datetime as dt
import re
import secrets

import sqlalchemy as sa
import sqlmodel
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime
_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_LINK = sa.table(
    "personal_link",
    sa.column("id", sa.Integer),
    sa.column("line_id", sa.Integer),
    sa.column("nonce", sa.String),
    sa.column("ended_for", sa.String),
    sa.column("expires_at", _MOMENT()),
    *(sa.column(name, _MOMENT()) for name in ("created_at", "used_at", "ended_at")),
)
_LETTER = sa.table(
    "outbox_letter",
    *(sa.column(name, sa.String) for name in ("purpose", "state", "text", "error")),
    sa.column("id", sa.Integer),
)
_PLACE = re.compile(r"\{link:\d+\}")
_PERSONAL = ("first-login", "login-check", "nudge")
_WHY = "Письмо составила прежняя версия программы, его личная ссылка больше не действует. Пригласите работника заново."


def upgrade() -> None:
    with op.batch_alter_table("outbox_letter") as batch_op:
        batch_op.add_column(sa.Column("made_from", _JSON, nullable=False, server_default="{}"))
    with op.batch_alter_table("outbox_letter") as batch_op:
        batch_op.alter_column("made_from", existing_type=_JSON, server_default=None)
    with op.batch_alter_table("personal_link") as batch_op:
        batch_op.add_column(sa.Column("nonce", sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column("letter_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", _MOMENT(), nullable=True))
        batch_op.add_column(sa.Column("ended_for", sa.String(length=32), nullable=True))
        batch_op.alter_column("line_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(
            op.f("fk_personal_link_letter_id_outbox_letter"), "outbox_letter", ["letter_id"], ["id"]
        )
    _end_former_links(op.get_bind())
    with op.batch_alter_table("personal_link") as batch_op:
        batch_op.alter_column("nonce", existing_type=sqlmodel.sql.sqltypes.AutoString(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_personal_link_nonce"), ["nonce"])
        batch_op.create_index(op.f("ix_personal_link_letter_id"), ["letter_id"])
        batch_op.drop_column("used_at")


def _end_former_links(bound: sa.Connection) -> None:
    """Their secret was computed from a row number that may have been another's. Letters that have not left would carry them."""
    now = dt.datetime.now(dt.UTC)
    for number, used in bound.execute(sa.select(_LINK.c.id, _LINK.c.used_at)).all():
        ended = {"ended_at": used or now, "ended_for": "used" if used else "renewed"}
        bound.execute(sa.update(_LINK).where(_LINK.c.id == number).values(nonce=secrets.token_hex(16), **ended))
    personal = _LETTER.c.purpose.in_(_PERSONAL)
    waiting = _LETTER.c.state.in_(("promised", "claimed", "failed"))
    bound.execute(sa.update(_LETTER).where(personal, waiting).values(state="cancelled", error=_WHY))
    for number, words in bound.execute(sa.select(_LETTER.c.id, _LETTER.c.text).where(personal)).all():
        bound.execute(
            sa.update(_LETTER).where(_LETTER.c.id == number).values(text=_PLACE.sub("[личная ссылка работника]", words))
        )


def downgrade() -> None:
    with op.batch_alter_table("personal_link") as batch_op:
        batch_op.add_column(sa.Column("used_at", _MOMENT(), nullable=True))
        batch_op.drop_constraint(op.f("fk_personal_link_letter_id_outbox_letter"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_personal_link_nonce"), type_="unique")
        batch_op.drop_index(op.f("ix_personal_link_letter_id"))
        batch_op.drop_column("nonce")
        batch_op.drop_column("letter_id")
    bound = op.get_bind()
    bound.execute(sa.update(_LINK).where(_LINK.c.ended_for == "used").values(used_at=_LINK.c.ended_at))
    bound.execute(sa.update(_LINK).where(_LINK.c.ended_at < _LINK.c.expires_at).values(expires_at=_LINK.c.ended_at))
    bound.execute(sa.delete(_LINK).where(_LINK.c.line_id.is_(None)))
    with op.batch_alter_table("personal_link") as batch_op:
        batch_op.alter_column("line_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("ended_at")
        batch_op.drop_column("ended_for")
    with op.batch_alter_table("outbox_letter") as batch_op:
        batch_op.drop_column("made_from")
