"""One sweep of a kind at a time; a killed holder's lease runs out by itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from actions.context import Work
from models.lease import Lease


def take(work: Work, name: str, owner: str, *, seconds: int) -> bool:
    """True when the lease is now the owner's."""
    until = work.now + dt.timedelta(seconds=seconds)
    result: CursorResult[object] = work.session.execute(  # type: ignore[assignment]
        update(Lease)
        .where(col(Lease.name) == name, col(Lease.expires_at) <= work.now)
        .values(owner=owner, expires_at=until)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount:
        return True
    if work.session.get(Lease, name) is not None:
        return False
    try:
        with work.session.begin_nested():
            work.session.add(Lease(name=name, owner=owner, expires_at=until))
    except IntegrityError:
        return False
    return True


def drop(work: Work, name: str, owner: str) -> None:
    work.session.execute(delete(Lease).where(col(Lease.name) == name, col(Lease.owner) == owner))
