"""The same request once more while the first is still under way: the desk would get it twice."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from models.facts import LineFacts, RoleRef
from models.identifiers import valid_snils
from models.request import AccessRequest, RequestLine, Status
from models.text import fold
from states.statuses import UNDER_WAY

Asked = dict[str, frozenset[RoleRef]]


def twin_under_way(work: Work, request: AccessRequest, lines: Iterable[LineFacts]) -> str:
    """The number of a request of the same kind and organisation that asks the same for the same people; "" when there is none."""
    if request.status is not Status.DRAFT:
        return ""
    asked = {line.snils: frozenset(line.roles) for line in lines if valid_snils(line.snils)}
    fields = _folded(request)
    if not asked and not fields:
        return ""
    query = select(AccessRequest).where(
        col(AccessRequest.organisation_id) == request.organisation_id,
        col(AccessRequest.kind) == request.kind,
        col(AccessRequest.status).in_(UNDER_WAY),
        col(AccessRequest.id) != request.id,
    )
    found = [other for other in work.session.execute(query).scalars() if _folded(other) == fields]
    theirs = _asked(work, [other.id or 0 for other in found])
    return next((other.number for other in found if theirs.get(other.id or 0, {}) == asked), "")


def _folded(request: AccessRequest) -> dict[str, str]:
    return {code: fold(value) for code, value in request.fields.items() if value.strip()}


def _asked(work: Work, ids: list[int]) -> dict[int, Asked]:
    """By request: СНИЛС to the roles that are asked for."""
    told: dict[int, Asked] = {}
    if ids:
        for line in work.session.execute(select(RequestLine).where(col(RequestLine.request_id).in_(ids))).scalars():
            roles = frozenset(RoleRef(*pair) for pair in line.roles)
            told.setdefault(line.request_id, {})[str(line.typed.get("snils") or "")] = roles
    return told
