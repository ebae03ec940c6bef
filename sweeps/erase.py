"""Erase personal data whose term is over."""

from __future__ import annotations

from actions.keeping import erasure
from wiring.work import Installation


def sweep(installation: Installation) -> dict[str, int]:
    with installation.work("стирание персональных данных") as work:
        return {"erased": erasure.erase_due(work), "patients": erasure.erase_patients(work)}
