"""Words for what programs are told of by themselves."""

from __future__ import annotations

from models.webhook import DeliveryState

DELIVERIES = {
    DeliveryState.WAITING: "ждёт отправки",
    DeliveryState.DONE: "принято",
    DeliveryState.FAILED: "не доставлено",
}
