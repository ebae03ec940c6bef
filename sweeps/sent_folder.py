"""The mailbox's folder of sent letters: proof that an uncertain letter arrived, and copies of those that did."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from actions.answers import delivery
from actions.post import outbox
from notifications.errors import MailboxError
from wiring.gateways import imap_gateway, reads_mail
from wiring.work import Installation


def settle_uncertain(installation: Installation, by: str) -> None:
    """A copy among the sent letters proves that an uncertain letter arrived; its absence proves nothing."""
    with installation.work(by) as work:
        unsure = [(letter.id or 0, letter.message_id) for letter in outbox.uncertain(work)]
    if not unsure or not reads_mail(installation.settings):
        return
    try:
        with imap_gateway(installation.settings) as mailbox:
            found = [number for number, message_id in unsure if mailbox.find_in_sent(message_id)]
    except MailboxError:
        return  # the mailbox is looked into again at the next sweep
    for number in found:
        _settle(installation, by, number)


def _settle(installation: Installation, by: str, number: int) -> None:
    try:
        with installation.work(by) as work:
            delivery.settled_as_sent(work, number, "копия в папке отправленных")
    except SQLAlchemyError:
        raise
    except Exception:
        return  # it stays uncertain before people's eyes and holds up no other letter


def keep_copies(installation: Installation, by: str, sent: Sequence[int]) -> None:
    """Where the settings ask for it. A letter with a personal link is never copied: its secret is not kept."""
    settings = installation.settings
    if not sent or not settings.imap.copy_sent or not reads_mail(settings):
        return
    with installation.work(by) as work:
        letters = [outbox.get(work, number) for number in sent]
        copies = [(letter.raw_sha256, work.now) for letter in letters if letter.raw_sha256]
    try:
        with imap_gateway(settings) as mailbox:
            for digest, at in copies:
                mailbox.append_sent(installation.files.read(digest), at)
    except MailboxError:
        return  # the letters are out; a missing copy is no reason to fail
