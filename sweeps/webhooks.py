"""Tell subscribers of state changes: events become deliveries, each posted until it is taken or given up.

At least once, under a name that never changes. A subscriber's own order is kept only while nothing fails; a delivery
that failed waits for its time and lets the next ones pass.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from actions.accounts import idempotency
from actions.subscriptions import webhooks
from actions.subscriptions.webhooks import Telling
from notifications.webhooks import NotTaken, WebhookGateway, headers
from wiring.gateways import webhook_gateway
from wiring.work import Installation

BY = "уведомления программ"
_AT_ONCE = 8  # subscribers: a slow one holds up no other
_SECONDS = 240.0  # after which a subscriber's further deliveries are left to the next sweep


@dataclass
class Told:
    """What became of the deliveries of one sweep."""

    taken: int = 0
    failed: int = 0
    given_up: int = 0

    def as_json(self) -> dict[str, int]:
        return {"taken": self.taken, "failed": self.failed, "given_up": self.given_up}


def sweep(installation: Installation) -> dict[str, int]:
    """Counts of deliveries taken, failed, given up. Answers kept for repeated calls of the API are cleared away too."""
    with installation.work(BY) as work:
        idempotency.erase_old(work)
        subscribers = webhooks.running(work)
    if not subscribers:
        return Told().as_json()
    gateway = webhook_gateway(installation.settings)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhooks") as pool:
        told = list(pool.map(lambda each: _serve(installation, gateway, *each), subscribers))
    return Told(*(sum(getattr(each, name) for each in told) for name in ("taken", "failed", "given_up"))).as_json()


def _serve(installation: Installation, gateway: WebhookGateway, webhook_id: int, only_of: int | None) -> Told:
    more = True
    while more:
        with installation.work(BY, only_of=only_of) as work:
            more = webhooks.take_up(work, webhook_id)
    with installation.reading(BY) as work:
        waiting = webhooks.due(work, webhook_id)
    told, until = Told(), time.monotonic() + _SECONDS
    for number in waiting:
        if time.monotonic() > until or not _tell(installation, gateway, number, told):
            break
    return told


def _tell(installation: Installation, gateway: WebhookGateway, number: int, told: Told) -> bool:
    """False when the receiver cannot be reached at all: the others would fare alike, and are spared a try."""
    with installation.work(BY) as work:
        telling = webhooks.begin(work, number)
    if telling is None:
        return True
    try:
        answer = gateway.post(telling.url, telling.body, _signed(installation, telling))
    except NotTaken as problem:
        with installation.work(BY) as work:
            given_up = webhooks.not_taken(work, number, str(problem), problem.answer)
        told.failed += 1
        told.given_up += given_up
        return problem.answer is not None and problem.answer != 410
    with installation.work(BY) as work:
        webhooks.taken(work, number, answer)
    told.taken += 1
    return True


def _signed(installation: Installation, telling: Telling) -> dict[str, str]:
    """The moment of this try is signed, so that a receiver can refuse what somebody replays later."""
    signed = headers(telling.secret, telling.message_id, int(installation.clock().timestamp()), telling.body)
    return {**signed, "X-Practice": "true"} if installation.practice else signed
