"""Roles that somebody holds, put on record as an answer would put them."""

from __future__ import annotations

import datetime as dt

from actions.context import Work
from actions.roles import giving
from models.facts import RoleRef
from models.grant import Grant


def granted(
    work: Work,
    *,
    person_id: int,
    organisation_id: int,
    subsystem: str,
    role: str,
    request_id: int,
    line_id: int,
    since: dt.datetime | None = None,
    ends_on: dt.date | None = None,
) -> Grant:
    given = giving.Given(person_id, RoleRef(subsystem, role), line_id, ends_on)
    [row] = giving.give(work, [given], organisation_id=organisation_id, request_id=request_id, since=since)
    return row
