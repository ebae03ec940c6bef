"""A letter that came to the mailbox, as the sweep stores and reads it."""

from __future__ import annotations

from actions.answers import inbox, mailbox
from models.letters import InboxLetter
from notifications.imap import FetchedLetter
from sweeps.inbox import _read_stored
from wiring.work import Installation


def arrived(installation: Installation, raw: bytes, uid: int = 1) -> InboxLetter:
    with installation.work("почта") as work:
        number = mailbox.store(work, FetchedLetter("clinic", "INBOX", 1, uid, None, raw, len(raw)))
    _read_stored(installation, {"read": 0, "failed": 0})
    with installation.work("почта") as work:
        return inbox.get(work, number)
