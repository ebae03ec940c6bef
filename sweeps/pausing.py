"""After a mail server refused our settings nobody knocks for a while: repeated wrong passwords lock mailboxes."""

from __future__ import annotations

from actions.keeping import leases
from models.lease import Lease
from wiring.work import Installation

_SECONDS = 300


def rest(installation: Installation, by: str) -> None:
    """The sweep of this name leaves its server alone for five minutes."""
    with installation.work(by) as work:
        leases.take(work, _lease(by), by, seconds=_SECONDS)


def is_resting(installation: Installation, by: str) -> bool:
    with installation.work(by) as work:
        lease = work.session.get(Lease, _lease(by))
        return lease is not None and lease.expires_at > work.now


def _lease(by: str) -> str:
    return f"{by}: передышка"
