"""One sweep of a kind at a time; a killed holder's lease runs out by itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, or_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from actions.context import Work
from models.lease import Lease

_LONGEST = dt.timedelta(hours=2)


def take(work: Work, name: str, owner: str, *, seconds: int) -> bool:
    """True when the lease is now the owner's. One that ends later than any could is of a clock that ran ahead."""
    until = work.now + dt.timedelta(seconds=seconds)
    free = or_(col(Lease.expires_at) <= work.now, col(Lease.expires_at) > until + _LONGEST)
    result: CursorResult[object] = work.session.execute(  # type: ignore[assignment]
        update(Lease)
        .where(col(Lease.name) == name, free)
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


def runs(work: Work, name: str) -> bool:
    """Whether somebody has the lease."""
    lease = work.session.get(Lease, name)
    return lease is not None and work.now < lease.expires_at <= work.now + _LONGEST
