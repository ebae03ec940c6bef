"""Who is written to about an organisation: its own officer, else the officers of the installation."""

from __future__ import annotations

from actions.context import Work
from models.organisation import Organisation


def officers_of(work: Work, organisation: Organisation | None) -> tuple[str, ...]:
    """Ответственные за доступ."""
    if organisation is not None and organisation.officer_email:
        return (organisation.officer_email,)
    return work.policy.officers
