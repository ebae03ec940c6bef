"""Versions that were refused: kept as they stood when the next one began, and put back where the refusal was none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlmodel import col

from actions.cards import enrolling
from actions.context import Conflict, Work
from actions.requests import cases, creation, lookup, pairs
from actions.roles import giving, grants
from models.grant import Grant
from models.request import AccessRequest, FormerVersion, RequestedRole, RequestLine

_STOOD = ("ticket", "channel", "question", "note", "fields", "intake", "signature", "sent_at", "due_at", "outcome")
_OF_ROLE = ("position", "state", "reason", "quote", "letter_id", "ground", "decided_at", "asked_until", "until")


def keep(work: Work, request: AccessRequest) -> None:
    """The next version begins: what stood of the refused one stays on record."""
    lines = [
        {**line.model_dump(mode="json"), "asked": [pair.model_dump(mode="json") for pair in line.asked]}
        for line in lookup.lines_of(work, request)
    ]
    stood = request.model_dump(mode="json", include=set(_STOOD))
    work.session.add(
        FormerVersion(request_id=request.id or 0, version=request.version, left_at=work.now, stood=stood, lines=lines)
    )


def former(work: Work, request: AccessRequest) -> list[FormerVersion]:
    """The latest first; those before the present version only."""
    query = select(FormerVersion).where(
        col(FormerVersion.request_id) == request.id, col(FormerVersion.last_number).is_(None)
    )
    return list(work.session.execute(query.order_by(col(FormerVersion.id).desc())).scalars())


def get(work: Work, request: AccessRequest, version: int | None = None) -> FormerVersion:
    """The latest when `version` is None. Raises Conflict where it was not refused."""
    found = next((row for row in former(work, request) if version in (None, row.version)), None)
    if found is None:
        raise Conflict("Отказа прежней версии в заявке не записано: возвращать нечего.")
    return found


def answers_in(row: FormerVersion) -> list[tuple[str, RequestedRole]]:
    """(СНИЛС, role with the answer to it) as they stood."""
    return [
        (str(cast("dict[str, Any]", line["typed"]).get("snils") or ""), RequestedRole.model_validate(pair))
        for line in row.lines
        for pair in cast("list[dict[str, Any]]", line["asked"])
    ]


def put_back(work: Work, request: AccessRequest, version: int) -> None:
    """The request stands again as when that version was refused; later numbers stay used."""
    chosen = get(work, request, version)
    for later in former(work, request):
        if (later.id or 0) >= (chosen.id or 0):
            later.last_number = request.version
    stood = AccessRequest.model_validate({**_EMPTY, **chosen.stood})
    for name in _STOOD:
        setattr(request, name, getattr(stood, name))
    request.version, request.next_reminder_at = chosen.version, None
    _lines_back(work, request, chosen)
    work.session.flush()


_EMPTY = {
    "number": "",
    "kind": "",
    "organisation_id": 0,
    "created_at": dt.datetime.min,
    "status_since": dt.datetime.min,
}


def _lines_back(work: Work, request: AccessRequest, chosen: FormerVersion) -> None:
    """Rows of the same people stay, so that their links go on."""
    now = lookup.lines_of(work, request)
    lines: list[RequestLine] = []
    for values in chosen.lines:
        was = RequestLine.model_validate({name: value for name, value in values.items() if name != "asked"})
        number = was.typed.get("snils")
        line = next((row for row in now if row.id == was.id or (number and row.typed.get("snils") == number)), None)
        if line is None:
            line = RequestLine(request_id=request.id or 0)
            work.session.add(line)
        else:
            now.remove(line)
        line.position, line.typed, line.verified_at = was.position, was.typed, was.verified_at
        _roles_back(work, line, [RequestedRole.model_validate(pair) for pair in cast("list[Any]", values["asked"])])
        lines.append(line)
    creation.remove_lines(work, request, now)
    work.session.flush()
    cards = enrolling.enrol(work, request.organisation_id, [cases.line_facts(line, None) for line in lines])
    for line, card in zip(lines, cards, strict=True):
        line.person_id = card.person_id if card else None


def _roles_back(work: Work, line: RequestLine, was: list[RequestedRole]) -> None:
    now = {(pair.subsystem, pair.role): pair for pair in line.asked}
    asked = []
    for old in was:
        pair = now.pop((old.subsystem, old.role), None) or RequestedRole(subsystem=old.subsystem, role=old.role)
        for name in _OF_ROLE:
            setattr(pair, name, getattr(old, name))
        asked.append(pair)
    for gone in now.values():
        work.session.delete(gone)
    line.asked = asked
    pairs.sum_up(line)


def give_earlier(work: Work, request: AccessRequest, earlier: Mapping[int, dt.datetime]) -> None:
    """`earlier`: moments by row numbers of roles that the refused version was granted, or had ended, already then."""
    revokes = work.catalog.kind(request.kind).revokes
    for line in lookup.lines_of(work, request):
        for pair in line.asked:
            moment = earlier.get(pair.id or 0)
            if moment is not None and pair.subsystem:
                _role_earlier(work, request, line, pair, moment, revokes=revokes)


def _role_earlier(
    work: Work, request: AccessRequest, line: RequestLine, pair: RequestedRole, moment: dt.datetime, *, revokes: bool
) -> None:
    query = select(Grant).where(
        col(Grant.person_id) == line.person_id,
        col(Grant.organisation_id) == request.organisation_id,
        col(Grant.subsystem) == pair.subsystem,
        col(Grant.role) == pair.role,
    )
    for role in work.session.execute(query).scalars():
        if revokes and role.until is not None and role.until == pair.decided_at and not role.never:
            grants.restore(work, role, until=max(moment, role.since))
        elif not revokes and role.line_id == line.id and not role.never and moment < role.since:
            giving.begin_earlier(work, role, moment)
