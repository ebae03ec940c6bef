"""What an organisation was called, and its numbers, on any day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlmodel import col

from actions.context import Work
from models.organisation import Organisation, OrganisationChange
from models.request import AccessRequest, RequestFile, Status

NAMED = ("inn", "kpp", "ogrn", "oid", "full_name", "short_name")
_MOSCOW = ZoneInfo("Europe/Moscow")
_PAPERS = (Status.VALIDATED, Status.SIGNED)


def named(organisation: Organisation) -> dict[str, str]:
    """Its names and numbers as they stand on the card."""
    return {name: getattr(organisation, name) for name in NAMED}


def told(values: dict[str, str]) -> str:
    """As people call it."""
    return values.get("short_name") or values.get("full_name") or f"ИНН {values.get('inn', '')}"


class OrganisationNames:
    """Of all organisations that the user sees, on any day; one query, however often it is asked."""

    def __init__(self, work: Work) -> None:
        self._changes: dict[int, list[OrganisationChange]] = {}
        query = select(OrganisationChange).where(col(OrganisationChange.successor_id).is_(None))
        for row in work.session.execute(query.order_by(col(OrganisationChange.since))).scalars():
            self._changes.setdefault(row.organisation_id, []).append(row)

    def on(self, organisation: Organisation, day: dt.date) -> dict[str, str]:
        for change in self._changes.get(organisation.id or 0, ()):
            if day < change.since:
                return change.before
        return named(organisation)

    def at(self, organisation: Organisation, moment: dt.datetime) -> str:
        """What it was called then, by the Moscow calendar."""
        return told(self.on(organisation, moment.astimezone(_MOSCOW).date()))


def on_papers(work: Work, request: AccessRequest, files: Iterable[RequestFile]) -> str:
    """The former name, where the request's papers were made before the change was recorded; "" else."""
    if request.status not in _PAPERS:
        return ""
    made = [file.added_at for file in files if file.purpose.startswith("application")]
    since = min(made, default=request.status_since)
    place = request.organisation_id
    query = (
        select(OrganisationChange)
        .where(
            or_(col(OrganisationChange.organisation_id) == place, col(OrganisationChange.successor_id) == place),
            col(OrganisationChange.recorded_at) > since,
        )
        .order_by(col(OrganisationChange.recorded_at))
    )
    for change in work.session.execute(query).scalars():
        if change.successor_id is None or request.id in change.requests:
            return f"{told(change.before)}, ИНН {change.before.get('inn', '')}"
    return ""
