"""Which stored files rows name: every reference, in one place."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from actions.context import EVERYWHERE, Work
from models.letters import InboxLetter, OutboxLetter
from models.request import RequestFile

ERASED = "erased:"  # before the SHA-256 of a file whose bytes are gone


def named(work: Work) -> set[str]:
    """SHA-256 of every file that has to be there."""
    ask = work.session.execute
    found = {
        digest
        for digest in ask(select(col(RequestFile.sha256)).execution_options(**EVERYWHERE)).scalars()
        if not digest.startswith(ERASED)
    }
    received = select(col(InboxLetter.sha256)).where(col(InboxLetter.erased_on).is_(None))
    found.update(ask(received.execution_options(**EVERYWHERE)).scalars())
    sent = select(col(OutboxLetter.raw_sha256), col(OutboxLetter.attachments)).execution_options(**EVERYWHERE)
    for raw, parts in ask(sent):
        found.update(part["sha256"] for part in parts)
        if raw is not None:
            found.add(raw)
    return found
