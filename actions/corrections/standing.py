"""Where a request and all that hangs on it stand, as flat values: two of them side by side show what a correction changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlmodel import col

from actions.context import Work
from actions.requests import lookup
from models.checklist import OpenedChecklist
from models.grant import Grant
from models.letters import InboxLetter, OutboxLetter
from models.request import AccessRequest, RequestLine

Values = dict[str, object]
WORDS = ("reason", "quote", "ground", "question")  # kept with the correction, never in the log


def standing(work: Work, request: AccessRequest) -> Values:
    """By «what:number.field», row numbers only; empty values are left out."""
    work.session.flush()
    return {key: value for key, value in _told(work, request) if value not in (None, "")}


def differences(before: Values, after: Values) -> tuple[Values, Values]:
    """What was and what is, of what has changed."""
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in changed}, {key: after.get(key) for key in changed}


def without_words(values: Values) -> Values:
    return {key: value for key, value in values.items() if key.rpartition(".")[2] not in WORDS}


def _told(work: Work, request: AccessRequest) -> Iterator[tuple[str, object]]:
    linked = select(AccessRequest).where(
        or_(col(AccessRequest.id) == request.id, col(AccessRequest.parent_id) == request.id)
    )
    for each in work.session.execute(linked.order_by(col(AccessRequest.id))).scalars():
        yield from _request(each)
    lines = lookup.lines_of(work, request)
    for line in lines:
        yield from _line(line)
    yield from _grants(work, request, lines)
    lists = select(OpenedChecklist).where(col(OpenedChecklist.organisation_id) == request.organisation_id)
    for opened in work.session.execute(lists).scalars():
        yield f"checklist:{opened.code}", _text(opened.opened_at)
    out = select(OutboxLetter).where(col(OutboxLetter.request_id) == request.id)
    for letter in work.session.execute(out).scalars():
        yield f"letter:{letter.id}.state", letter.state.value
    received = select(InboxLetter).where(col(InboxLetter.request_id) == request.id)
    for entry in work.session.execute(received).scalars():
        yield f"inbox:{entry.id}.state", entry.state.value


def _request(request: AccessRequest) -> Iterator[tuple[str, object]]:
    own = f"request:{request.id}"
    yield f"{own}.status", request.status.value
    for name in ("ticket", "channel", "outcome", "question"):
        yield f"{own}.{name}", getattr(request, name)
    for name in ("sent_at", "due_at", "next_reminder_at"):
        yield f"{own}.{name}", _text(getattr(request, name))
    yield f"{own}.signed_on", (request.signature or {}).get("signed_on")


def _line(line: RequestLine) -> Iterator[tuple[str, object]]:
    yield f"line:{line.id}.verified_at", _text(line.verified_at)
    for pair in line.asked:
        own = f"role:{pair.id}"
        yield f"{own}.state", pair.state.value
        yield f"{own}.until", _text(pair.until)
        yield f"{own}.decided_at", _text(pair.decided_at)
        yield f"{own}.letter", pair.letter_id
        for name in ("reason", "quote", "ground"):
            yield f"{own}.{name}", getattr(pair, name)


def _grants(work: Work, request: AccessRequest, lines: list[RequestLine]) -> Iterator[tuple[str, object]]:
    people = {line.person_id for line in lines if line.person_id is not None}
    own = or_(
        col(Grant.organisation_id) == request.organisation_id, col(Grant.line_id).in_([line.id for line in lines])
    )
    query = select(Grant).where(own, col(Grant.person_id).in_(people))
    for grant in work.session.execute(query.order_by(col(Grant.id))).scalars():
        yield from of_grant(grant)


def of_grant(grant: Grant) -> Iterator[tuple[str, object]]:
    yield f"grant:{grant.id}.role", f"{grant.subsystem}/{grant.role}"
    for name in ("since", "until", "ends_on", "verified_at"):
        yield f"grant:{grant.id}.{name}", _text(getattr(grant, name))


def _text(value: dt.date | None) -> str | None:
    if isinstance(value, dt.datetime):
        value = value.astimezone(dt.UTC)
    return value.isoformat() if value else None
