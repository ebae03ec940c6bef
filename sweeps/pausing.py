"""After a mail server refused our settings nobody knocks for a while: repeated wrong passwords lock mailboxes."""

from __future__ import annotations

from actions.keeping import leases
from actions.post import copies
from wiring.work import Installation

_SECONDS = 300


def rest(installation: Installation, by: str) -> None:
    """The sweep of this name leaves its server alone for five minutes."""
    with installation.work(by) as work:
        leases.take(work, _lease(by), by, seconds=_SECONDS)


def is_resting(installation: Installation, by: str) -> bool:
    with installation.work(by) as work:
        return leases.runs(work, _lease(by))


def stands(installation: Installation, by: str) -> bool:
    """Whether another copy of this installation may send the same letters: then nothing is sent or read."""
    with installation.work(by) as work:
        copies.settle_in(work)
        return bool(copies.why_it_stands(work))


def _lease(by: str) -> str:
    return f"{by}: передышка"
