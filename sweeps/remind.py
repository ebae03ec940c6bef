"""Promise today's digests and follow-ups."""

from __future__ import annotations

from actions import reminders
from wiring.work import Installation


def sweep(installation: Installation) -> dict[str, int]:
    with installation.work("напоминания") as work:
        return {"promised": reminders.send_due(work)}
