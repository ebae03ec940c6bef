"""Where applications go today, and whether somebody has confirmed that address."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from actions import audit
from actions.context import Work
from models.record import Event

_CONFIRMED = "desk.address-confirmed"


def address(work: Work) -> str:
    """The setting, else the catalogue's address by date."""
    if work.policy.desk_address:
        return work.policy.desk_address
    today = work.now.date()
    known = [entry for entry in work.catalog.desk.destinations if entry.since <= today]
    return max(known, key=lambda entry: entry.since).address


def is_confirmed(work: Work) -> bool:
    """The regulation's address is stale and the newer one undated: the first send asks once for each address."""
    if work.policy.desk_address_confirmed:
        return True
    query = select(col(Event.seq)).where(col(Event.action) == _CONFIRMED, col(Event.subject) == f"desk:{address(work)}")
    return work.session.execute(query.limit(1)).first() is not None


def confirm(work: Work) -> None:
    if not is_confirmed(work):
        audit.record(work, _CONFIRMED, f"desk:{address(work)}")
