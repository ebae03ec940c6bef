"""What was known of roles, and when: every change of a grant is written down beside what was believed before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import col

from actions.context import Work
from models.grant import Grant, GrantEntry
from models.moments import MOSCOW
from models.numbering import number


def note(work: Work, *grants: Grant) -> None:
    """Write down what is known of the roles from now on."""
    work.session.flush()
    numbers = [grant.id for grant in grants]
    query = select(GrantEntry).where(col(GrantEntry.grant_id).in_(numbers), col(GrantEntry.superseded_at).is_(None))
    for entry in work.session.execute(query).scalars():
        entry.superseded_at = work.now
    begin(work, grants)


def begin(work: Work, grants: Sequence[Grant]) -> None:
    """Of new ones nothing was known before."""
    number(
        work.session,
        [
            GrantEntry(
                grant_id=grant.id or 0,
                since=grant.since,
                until=grant.until,
                ends_on=grant.ends_on,
                verified_at=grant.verified_at,
                recorded_at=work.now,
            )
            for grant in grants
        ],
    )


@dataclass(frozen=True, slots=True)
class Belief:
    """The times of roles as they were known at a moment; now when None."""

    known_on: dt.datetime | None = None

    @property
    def since(self) -> Any:
        return col(GrantEntry.since if self.known_on else Grant.since)

    @property
    def until(self) -> Any:
        return col(GrantEntry.until if self.known_on else Grant.until)

    @property
    def ends_on(self) -> Any:
        return col(GrantEntry.ends_on if self.known_on else Grant.ends_on)

    @property
    def verified_at(self) -> Any:
        return col(GrantEntry.verified_at if self.known_on else Grant.verified_at)

    def of(self, query: Select[Any]) -> Select[Any]:
        """The same query of grants, with what was known of them then."""
        if self.known_on is None:
            return query
        return query.join(
            GrantEntry,
            and_(
                col(GrantEntry.grant_id) == col(Grant.id),
                col(GrantEntry.recorded_at) <= self.known_on,
                or_(col(GrantEntry.superseded_at).is_(None), col(GrantEntry.superseded_at) > self.known_on),
            ),
        )

    def held(self, start: dt.datetime, end: dt.datetime) -> list[ColumnElement[bool]]:
        """Held at some moment from `start` to `end`; what was never given ended when it began."""
        return [self.since <= end, self.still(start)]

    def still(self, moment: dt.datetime) -> ColumnElement[bool]:
        """Not over at that moment: neither ended, nor past the last day that was named for it."""
        unnamed = or_(self.ends_on.is_(None), self.ends_on >= moment.astimezone(MOSCOW).date())
        return or_(and_(self.until.is_(None), unnamed), and_(self.until > moment, self.until > self.since))


def history(work: Work, grant_ids: list[int]) -> list[GrantEntry]:
    """Everything that was ever known of these roles, in the order of recording."""
    query = select(GrantEntry).where(col(GrantEntry.grant_id).in_(grant_ids)).order_by(col(GrantEntry.id))
    return list(work.session.execute(query).scalars())
