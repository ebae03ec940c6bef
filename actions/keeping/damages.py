"""What was found damaged, as long as it is: on record when it is found and when it is whole again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from actions.log import audit
from models.damage import Damage, DamageKind

_MOST_TOLD = 50  # numbers of an event


def settle(work: Work, kind: DamageKind, found: Mapping[str, str]) -> None:
    """`found` is all of this kind that is damaged now, each with what is told of it."""
    known = {row.what: row for row in work.session.execute(select(Damage).where(col(Damage.kind) == kind)).scalars()}
    new = [what for what in found if what not in known]
    for what in new:
        work.session.add(Damage(kind=kind, what=what, told=found[what], found_at=work.now))
    mended = [what for what in known if what not in found]
    for what in mended:
        work.session.delete(known[what])
    for what in found.keys() & known.keys():
        known[what].told = found[what]
    work.session.flush()
    for action, which in (("damage.found", new), ("damage.mended", mended)):
        if which:
            audit.record(work, action, "data", kind=kind.value, number=len(which), which=which[:_MOST_TOLD])


def present(work: Work) -> Sequence[Damage]:
    """Oldest first."""
    return work.session.execute(select(Damage).order_by(col(Damage.id))).scalars().all()
