"""What an organisation was called, and its numbers, on any day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from operator import itemgetter

from sqlalchemy import or_, select
from sqlmodel import col

from actions.context import Work
from models.moments import MOSCOW
from models.organisation import Organisation, OrganisationChange
from models.request import AccessRequest, RequestFile, Status
from states.statuses import BEFORE_SENDING

NAMED = ("inn", "kpp", "ogrn", "oid", "full_name", "short_name")


def named(organisation: Organisation) -> dict[str, str]:
    """Its names and numbers as they stand on the card."""
    return {name: getattr(organisation, name) for name in NAMED}


def told(values: dict[str, str]) -> str:
    """As people call it."""
    return values.get("short_name") or values.get("full_name") or f"ИНН {values.get('inn', '')}"


class OrganisationNames:
    """Of all organisations that the user sees, on any day, as it was known at a moment (now when None); one query."""

    def __init__(self, work: Work, known_on: dt.datetime | None = None, *, only: int | None = None) -> None:
        """`only` of one organisation."""
        self._known_on = known_on
        self._changes: dict[int, list[OrganisationChange]] = {}
        query = select(OrganisationChange).where(col(OrganisationChange.successor_id).is_(None))
        if only is not None:
            query = query.where(col(OrganisationChange.organisation_id) == only)
        for row in work.session.execute(query.order_by(col(OrganisationChange.id))).scalars():
            self._changes.setdefault(row.organisation_id, []).append(row)

    def on(self, organisation: Organisation, day: dt.date) -> dict[str, str]:
        changes = self._changes.get(organisation.id or 0, ())
        for change in changes:  # the day of each is later than of the one before
            if day < change.since and _believed(change, self._known_on):
                return change.before
        return self._on_card(organisation, changes)

    def _on_card(self, organisation: Organisation, changes: Iterable[OrganisationChange]) -> dict[str, str]:
        """What stood there at that moment: before the next thing that was recorded or taken back."""
        later: list[tuple[dt.datetime, dict[str, str]]] = []
        for change in changes if self._known_on else ():
            later += [(change.recorded_at, change.before)]
            later += [(change.withdrawn_at, change.after)] if change.withdrawn_at else []
        return next(
            (values for at, values in sorted(later, key=itemgetter(0)) if self._known_on and at > self._known_on),
            named(organisation),
        )

    def at(self, organisation: Organisation, moment: dt.datetime) -> str:
        """What it was called then, by the Moscow calendar."""
        return told(self.on(organisation, moment.astimezone(MOSCOW).date()))


def in_request(work: Work, request: AccessRequest, organisation: Organisation) -> dict[str, str]:
    """Names and numbers as they were when it left the house, or was closed without leaving; today's before that."""
    moment = request.sent_at or (request.status_since if request.status is Status.WITHDRAWN else None)
    if moment is None:
        return named(organisation)
    return OrganisationNames(work, only=organisation.id).on(organisation, moment.astimezone(MOSCOW).date())


def _believed(change: OrganisationChange, known_on: dt.datetime | None) -> bool:
    if known_on is None:
        return change.withdrawn_at is None
    return change.recorded_at <= known_on and (change.withdrawn_at is None or change.withdrawn_at > known_on)


def on_papers(work: Work, request: AccessRequest, files: Iterable[RequestFile]) -> str:
    """The name that its papers still bear, where a change was recorded or taken back after they were made; "" else."""
    if request.status not in BEFORE_SENDING:
        return ""
    made = [file.added_at for file in files if file.purpose.startswith("application")]
    since = min(made, default=request.status_since)
    place = request.organisation_id
    query = (
        select(OrganisationChange)
        .where(
            or_(col(OrganisationChange.organisation_id) == place, col(OrganisationChange.successor_id) == place),
            or_(col(OrganisationChange.recorded_at) > since, col(OrganisationChange.withdrawn_at) > since),
        )
        .order_by(col(OrganisationChange.id))
    )
    for change in work.session.execute(query).scalars():
        made_under_it = change.recorded_at <= since
        if change.withdrawn_at is not None and not made_under_it:
            continue  # the papers are older than the mistake
        if change.successor_id is None or request.id in change.requests:
            bears = change.after if made_under_it else change.before
            return f"{told(bears)}, ИНН {bears.get('inn', '')}"
    return ""
