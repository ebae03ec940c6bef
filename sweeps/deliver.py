"""Send what was promised: one connection for the batch, each letter recorded before and after it leaves."""

from __future__ import annotations

import asyncio
import os
import secrets

from actions import delivery, outbox
from actions.context import Conflict
from notifications.errors import DeliveryError, DeliveryUncertain, MailboxError, PostError, explain
from notifications.smtp_conversation import SmtpConversation
from wiring.gateways import has_mailbox, imap_gateway, smtp_gateway
from wiring.work import Installation

BY = "отправка"
_BATCH = 50


def sweep(installation: Installation) -> dict[str, int]:
    """Counts of letters sent, delayed, stopped, uncertain. Letters of a killed worker come first."""
    told = {"sent": 0, "failed": 0, "uncertain": 0, "released": 0}
    if not installation.settings.smtp.host:
        return told
    with installation.work(BY) as work:
        told["released"], lost = outbox.release_expired(work)
        told["uncertain"] += lost
    _settle_by_sent_folder(installation)
    owner = f"{os.getpid()}.{secrets.token_hex(4)}"
    while True:
        with installation.work(BY) as work:
            claimed = outbox.claim(work, owner=owner, limit=_BATCH)
        if not claimed:
            return told
        asyncio.run(_send_all(installation, claimed, owner, told))


async def _send_all(installation: Installation, claimed: list[int], owner: str, told: dict[str, int]) -> None:
    waiting = list(claimed)
    try:
        async with smtp_gateway(installation.settings).connection() as conversation:
            while waiting:
                await _send_one(installation, conversation, waiting[0], owner, told)
                waiting.pop(0)
    except PostError as error:  # the connection is gone: what has not begun is delayed, not lost
        for number in waiting:
            _failed(installation, number, error, told)


async def _send_one(
    installation: Installation, conversation: SmtpConversation, number: int, owner: str, told: dict[str, int]
) -> None:
    """Raises PostError only when nothing of this letter has left."""
    try:
        with installation.work(BY) as work:
            raw, recipient = outbox.begin(work, letter_id=number, owner=owner)
    except Conflict:
        return
    try:
        receipt = await conversation.send(raw, installation.settings.mail.sender, [recipient])
    except DeliveryUncertain as error:
        with installation.work(BY) as work:
            delivery.uncertain(work, number, explain(error))
        told["uncertain"] += 1
        return
    except DeliveryError as error:
        if error.before_any_letter:
            raise
        _failed(installation, number, error, told)
        return
    with installation.work(BY) as work:
        delivery.confirmed(work, number, receipt.reply)
    told["sent"] += 1


def _failed(installation: Installation, number: int, error: PostError, told: dict[str, int]) -> None:
    """Wrong settings fail every letter alike: they wait for the settings instead of stopping one by one."""
    with installation.work(BY) as work:
        permanent = error.permanent and not error.settings_at_fault
        delivery.failed(work, number, explain(error), permanent=permanent)
    told["failed"] += 1


def _settle_by_sent_folder(installation: Installation) -> None:
    """A copy among the sent letters proves that an uncertain letter arrived; its absence proves nothing."""
    with installation.work(BY) as work:
        unsure = [(letter.id or 0, letter.message_id) for letter in outbox.uncertain(work)]
    if not unsure or not has_mailbox(installation.settings):
        return
    try:
        with imap_gateway(installation.settings) as mailbox:
            found = [number for number, message_id in unsure if mailbox.find_in_sent(message_id)]
    except MailboxError:
        return  # the mailbox is looked into again at the next sweep
    for number in found:
        with installation.work(BY) as work:
            delivery.settled_as_sent(work, number, "копия в папке отправленных")
