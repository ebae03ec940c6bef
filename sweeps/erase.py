"""Erase personal data whose term is over, and pay what that owes outside the database."""

from __future__ import annotations

from actions.keeping import erasure
from service import erasing, erasures
from wiring.work import Installation


def sweep(installation: Installation) -> dict[str, object]:
    """Counts of requests that lost their data, and what is owed still."""
    erasures.repeat_lost(installation, erasing.BY)
    with installation.work(erasing.BY) as work:
        erased, patients = erasure.erase_due(work), erasure.erase_patients(work)
    return {"erased": erased, "patients": patients, "owed": erasing.pay(installation)}
