"""End the roles whose last day is over; promise today's digests and follow-ups."""

from __future__ import annotations

from actions.keeping import endings, reminders
from wiring.work import Installation


def sweep(installation: Installation) -> dict[str, int]:
    with installation.work("срок роли") as work:
        ended = endings.end_over(work)
    with installation.work("напоминания") as work:
        return {"ended": ended, "promised": reminders.send_due(work)}
