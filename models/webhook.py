"""Who is told of state changes over HTTP, and each telling."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from models.columns import PORTABLE_JSON, enum_type, plain
from models.columns import secret as a_secret


class DeliveryState(StrEnum):
    """Состояние уведомления."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Webhook(SQLModel, table=True):
    """Подписка: steps of requests are posted to `url`, signed with `secret`.

    `after_seq` is the last event of the audit log that was looked at. An empty `steps` means every step;
    `account_id` is whose organisations it tells of.
    """

    __tablename__ = "webhook"

    id: int | None = plain(None, primary_key=True)
    account_id: int = plain(foreign_key="account.id", index=True)
    url: str = plain()
    secret: str = a_secret()
    steps: list[str] = plain(default_factory=list, sa_type=PORTABLE_JSON)
    after_seq: int = plain(0)
    created_at: dt.datetime = plain()
    stopped_at: dt.datetime | None = plain(None)


class WebhookDelivery(SQLModel, table=True):
    """One event told to one subscription: retried until it is taken or given up."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_seq"),
        Index("ix_webhook_delivery_state_next_attempt_at", "state", "next_attempt_at"),
    )

    id: int | None = plain(None, primary_key=True)
    webhook_id: int = plain(foreign_key="webhook.id")
    event_seq: int = plain()
    state: DeliveryState = plain(DeliveryState.WAITING, sa_type=enum_type(DeliveryState))
    attempts: int = plain(0)
    next_attempt_at: dt.datetime = plain()
    answer: int | None = plain(None)  # HTTP status of the last try
    problem: str = plain("")
    done_at: dt.datetime | None = plain(None)
