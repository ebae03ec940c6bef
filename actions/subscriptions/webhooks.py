"""Subscriptions to state changes: who is told over HTTP, what exactly, and what became of each telling."""

from __future__ import annotations

import base64
import datetime as dt
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlmodel import col

from actions.cards import organisations
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.requests import lookup
from models.account import Account
from models.audit import Event
from models.request import AccessRequest
from models.webhook import DeliveryState, Webhook, WebhookDelivery
from notifications.webhooks import SECRET_BEGINS, BadTarget, check_url
from refusals import Refusal
from states.lifecycle import STEPS

TRIGGERS = tuple(dict.fromkeys(step.trigger for step in STEPS))
RETRY_MINUTES = (1, 5, 30, 120, 360, 720, 1440)  # after the first try, the second …: eight tries in two days
TRIES = len(RETRY_MINUTES) + 1
_BATCH = 500


class BadWebhook(Refusal, ValueError):
    """What a subscription cannot be; the text says in Russian why and what to do."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One try: to whom, signed with what, under which name, which bytes."""

    delivery_id: int
    url: str
    secret: str
    message_id: str
    body: bytes


def subject(webhook: Webhook) -> str:
    return f"webhook:{webhook.id}"


def create(work: Work, account: Account, *, url: str, steps: Collection[str] = ()) -> Webhook:
    """Tells of what happens from now on, in the organisations that the account sees. Raises BadWebhook."""
    strange = sorted(set(steps) - set(TRIGGERS))
    if strange:
        raise BadWebhook(f"Шага «{strange[0]}» нет. Есть: {', '.join(TRIGGERS)}.")
    try:
        check_url(url.strip(), work.policy.webhook_networks)
    except BadTarget as wrong:
        raise BadWebhook(str(wrong)) from None
    if len(url) > 2000:
        raise BadWebhook("Адрес длиннее 2000 знаков.")
    row = Webhook(
        account_id=account.id or 0,
        url=url.strip(),
        steps=[name for name in TRIGGERS if name in set(steps)],
        secret=SECRET_BEGINS + base64.b64encode(secrets.token_bytes(32)).decode(),
        after_seq=audit.anchor(work.session).seq,
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "webhook.created", subject(row), account=account.id, steps=row.steps)
    return row


def get(work: Work, webhook_id: int) -> Webhook:
    row = work.session.get(Webhook, webhook_id)
    if row is None:
        raise NotFound("Такой подписки нет.")
    return row


def listed(work: Work) -> Sequence[tuple[Webhook, Account]]:
    """Running ones first, then the newest."""
    query = (
        select(Webhook, Account)
        .join(Account, col(Account.id) == col(Webhook.account_id))
        .order_by(col(Webhook.stopped_at).is_not(None), col(Webhook.id).desc())
    )
    return work.session.execute(query).tuples().all()


def stop(work: Work, webhook: Webhook) -> None:
    """Nothing more is told, also what still waits. Raises Conflict when it is stopped already."""
    if webhook.stopped_at is not None:
        raise Conflict("Эта подписка уже остановлена.")
    webhook.stopped_at = work.now
    audit.record(work, "webhook.stopped", subject(webhook))


def stop_all(work: Work, account: Account) -> None:
    """Of an account that is switched off."""
    query = select(Webhook).where(col(Webhook.account_id) == account.id, col(Webhook.stopped_at).is_(None))
    for row in work.session.execute(query).scalars().all():
        stop(work, row)


def deliveries(
    work: Work, webhook: Webhook, *, before: int | None = None, limit: int = 50
) -> Sequence[WebhookDelivery]:
    """The newest first, older than number `before`."""
    query = select(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook.id)
    if before is not None:
        query = query.where(col(WebhookDelivery.id) < before)
    return work.session.execute(query.order_by(col(WebhookDelivery.id).desc()).limit(limit)).scalars().all()


def counts(work: Work) -> dict[int, dict[DeliveryState, int]]:
    """Deliveries by subscription and state."""
    query = select(col(WebhookDelivery.webhook_id), col(WebhookDelivery.state), func.count()).group_by(
        col(WebhookDelivery.webhook_id), col(WebhookDelivery.state)
    )
    found: dict[int, dict[DeliveryState, int]] = {}
    for webhook_id, state, number in work.session.execute(query):
        found.setdefault(webhook_id, {})[state] = number
    return found


def steps_of(work: Work, rows: Sequence[WebhookDelivery]) -> dict[int, Event]:
    """The events that deliveries tell, by their numbers."""
    query = select(Event).where(col(Event.seq).in_([row.event_seq for row in rows if row.event_seq > 0]))
    return {event.seq: event for event in work.session.execute(query).scalars()}


def ping(work: Work, webhook: Webhook) -> WebhookDelivery:
    """A test without a request; its numbers go down from −1. Raises Conflict for a stopped subscription."""
    _running(webhook)
    lowest = select(func.min(col(WebhookDelivery.event_seq))).where(col(WebhookDelivery.webhook_id) == webhook.id)
    number = min(work.session.execute(lowest).scalar_one() or 0, 0) - 1
    row = WebhookDelivery(webhook_id=webhook.id or 0, event_seq=number, next_attempt_at=work.now)
    work.session.add(row)
    work.session.flush()
    audit.record(work, "webhook.tested", subject(webhook), delivery=row.id)
    return row


def retry(work: Work, webhook: Webhook, delivery_id: int) -> WebhookDelivery:
    """All tries anew, under the same name, so that the receiver knows a repetition. Raises NotFound, Conflict."""
    _running(webhook)
    row = work.session.get(WebhookDelivery, delivery_id)
    if row is None or row.webhook_id != webhook.id:
        raise NotFound("Такого уведомления у этой подписки нет.")
    row.state, row.attempts, row.next_attempt_at, row.done_at = DeliveryState.WAITING, 0, work.now, None
    audit.record(work, "webhook.retried", subject(webhook), delivery=row.id, event=row.event_seq)
    return row


def _running(webhook: Webhook) -> None:
    if webhook.stopped_at is not None:
        raise Conflict("Подписка остановлена. Заведите новую.")


# What the sweep does


def running(work: Work) -> list[tuple[int, int | None]]:
    """(subscription, the account whose organisations narrow it or None) of those that tell; an account switched off tells nothing."""
    query = (
        select(col(Webhook.id), Account)
        .join(Account, col(Account.id) == col(Webhook.account_id))
        .where(col(Webhook.stopped_at).is_(None), col(Account.active).is_(True))
        .order_by(col(Webhook.id))
    )
    return [
        (number, None if account.everywhere else account.id) for number, account in work.session.execute(query).tuples()
    ]


def take_up(work: Work, webhook_id: int) -> bool:
    """Events since the last look become deliveries; a session narrowed to an account sees only his requests.

    True while there is more. Killed before the commit, nothing has happened; after it, nothing happens twice.
    """
    webhook = get(work, webhook_id)
    head = audit.anchor(work.session).seq
    wanted = [f"request.{name}" for name in webhook.steps or TRIGGERS]
    query = (
        select(Event)
        .where(col(Event.seq) > webhook.after_seq, col(Event.seq) <= head, col(Event.action).in_(wanted))
        .order_by(col(Event.seq))
        .limit(_BATCH)
    )
    found = work.session.execute(query).scalars().all()
    numbers = {event.seq: _request_of(event) for event in found}
    seen = select(col(AccessRequest.id)).where(col(AccessRequest.id).in_(set(numbers.values())))
    seen_ids = set(work.session.execute(seen).scalars())
    for event in found:
        if numbers[event.seq] in seen_ids:
            work.session.add(WebhookDelivery(webhook_id=webhook_id, event_seq=event.seq, next_attempt_at=work.now))
    more = len(found) == _BATCH
    webhook.after_seq = found[-1].seq if more else head
    work.session.flush()
    return more


def _request_of(event: Event) -> int:
    return int(event.subject.partition(":")[2])


def due(work: Work, webhook_id: int, *, limit: int = 200) -> list[int]:
    """In the order of events."""
    query = (
        select(col(WebhookDelivery.id))
        .where(
            col(WebhookDelivery.webhook_id) == webhook_id,
            col(WebhookDelivery.state) == DeliveryState.WAITING,
            col(WebhookDelivery.next_attempt_at) <= work.now,
        )
        .order_by(col(WebhookDelivery.event_seq))
        .limit(limit)
    )
    return [number for number in work.session.execute(query).scalars() if number is not None]


def begin(work: Work, delivery_id: int) -> Telling | None:
    """The next try's time is set before this one: two workers never try at once, a killed one's try comes again.

    None when it is another's by now.
    """
    row = work.session.get(WebhookDelivery, delivery_id)
    if row is None:
        return None
    wait = RETRY_MINUTES[min(row.attempts, len(RETRY_MINUTES) - 1)]
    taken: CursorResult[object] = work.session.execute(  # type: ignore[assignment]
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.id) == delivery_id,
            col(WebhookDelivery.state) == DeliveryState.WAITING,
            col(WebhookDelivery.attempts) == row.attempts,
            col(WebhookDelivery.next_attempt_at) <= work.now,
        )
        .values(attempts=row.attempts + 1, next_attempt_at=work.now + dt.timedelta(minutes=wait))
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        return None
    webhook = get(work, row.webhook_id)
    return Telling(delivery_id, webhook.url, webhook.secret, message_id(row), _body(work, row))


def message_id(row: WebhookDelivery) -> str:
    """The same at every try: by it a receiver knows a repetition."""
    return f"msg_{row.webhook_id}_{row.event_seq}"


def _body(work: Work, row: WebhookDelivery) -> bytes:
    told = _ping(work) if row.event_seq < 0 else _told(work, row.event_seq)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _ping(work: Work) -> dict[str, object]:
    return {"type": "ping", "timestamp": work.now.isoformat(), "data": {}}


def _told(work: Work, seq: int) -> dict[str, object]:
    """Numbers, codes and times: nothing of people."""
    event = work.session.get(Event, seq)
    assert event is not None, "the log only grows"
    data = json.loads(event.data)
    request = lookup.get(work, _request_of(event))
    card = organisations.get(work, request.organisation_id)
    return {
        "type": event.action,
        "timestamp": event.at.isoformat(),
        "data": {
            "event": seq,
            "step": event.action.removeprefix("request."),
            "source": data.get("source"),
            "target": data.get("target"),
            "version": data.get("version"),
            "request": {
                "id": request.id, "number": request.number, "kind": request.kind,
                "url": f"{work.policy.page_url}/requests/{request.id}",
            },
            "organisation": {"id": card.id, "inn": card.inn},
        },
    }  # fmt: skip


def taken(work: Work, delivery_id: int, answer: int) -> None:
    row = work.session.get(WebhookDelivery, delivery_id)
    if row is not None and row.state is DeliveryState.WAITING:
        row.state, row.answer, row.problem, row.done_at = DeliveryState.DONE, answer, "", work.now


def not_taken(work: Work, delivery_id: int, problem: str, answer: int | None) -> bool:
    """True when it is given up: after the last try, or when the receiver says that it is gone for good (410)."""
    row = work.session.get(WebhookDelivery, delivery_id)
    if row is None or row.state is not DeliveryState.WAITING:
        return False
    row.problem, row.answer = problem, answer
    gone = answer == 410
    if not gone and row.attempts < TRIES:
        return False
    row.state, row.done_at = DeliveryState.FAILED, work.now
    webhook = get(work, row.webhook_id)
    audit.record(
        work,
        "webhook.failed",
        subject(webhook),
        delivery=row.id,
        event=row.event_seq,
        attempts=row.attempts,
        answer=answer,
    )
    if gone and webhook.stopped_at is None:
        stop(work, webhook)
    return True
