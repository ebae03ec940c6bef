"""What is to be erased outside the transaction that decides it: debts, see models.erasure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlmodel import col

from actions.context import Files, Work
from models.erasure import Owed, OwedErasure


def owe(work: Work, *kinds: Owed) -> None:
    for kind in kinds:
        work.session.add(OwedErasure(kind=kind, owed_at=work.now))


def owe_files(work: Work, digests: Iterable[str]) -> None:
    """The bytes go when nobody names them any more; rows that do are looked for when the debt is paid."""
    for digest in sorted(set(digests)):
        work.session.add(OwedErasure(kind=Owed.FILE, what=digest, owed_at=work.now))


def owe_line(work: Work, line: Mapping[str, object]) -> None:
    work.session.add(OwedErasure(kind=Owed.LINE, line=dict(line), owed_at=work.now))


def debts(work: Work, kind: Owed) -> Sequence[OwedErasure]:
    """Oldest first."""
    query = select(OwedErasure).where(col(OwedErasure.kind) == kind).order_by(col(OwedErasure.id))
    return work.session.execute(query).scalars().all()


def paid(work: Work, debts: Iterable[OwedErasure]) -> None:
    numbers = [debt.id for debt in debts]
    work.session.execute(delete(OwedErasure).where(col(OwedErasure.id).in_(numbers)))


def count(work: Work) -> dict[Owed, int]:
    """How many are open of each kind."""
    query = select(col(OwedErasure.kind), func.count()).group_by(col(OwedErasure.kind))
    return dict(work.session.execute(query).tuples().all())


def deleted(files: Files, digest: str) -> bool:
    """A file that the disk holds on to stays owed, and holds up no other."""
    try:
        files.delete(digest)
    except OSError:
        return False
    return True
