"""Linked drafts in which refused roles go on: what a correction takes back from them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from actions import audit, pairs, requests, steps
from actions.context import Conflict, Work
from models.record import Event
from models.request import AccessRequest, LineState, RequestedRole, RequestLine, Status
from states.guards import STATUS_LABELS

_OVER = (Status.VERIFIED, Status.WITHDRAWN)


def take_back(work: Work, request: AccessRequest, lines: Sequence[RequestLine], wrong: Sequence[RequestedRole]) -> None:
    """These roles are not asked for again, nor is their trouble the desk's. Raises Conflict where a draft was touched."""
    _no_trouble(work, request, wrong)
    moved = [pair for pair in wrong if pair.state is LineState.MOVED]
    people = {line.id: line.person_id for line in lines}
    keys = {(people[pair.line_id], pair.subsystem, pair.role) for pair in moved}
    for draft in _children(work, request, "refused-lines") if moved else ():
        mine = [
            (line, pair)
            for line in requests.lines_of(work, draft)
            for pair in line.asked
            if (line.person_id, pair.subsystem, pair.role) in keys
        ]
        if mine and draft.status is not Status.WITHDRAWN:
            _refuse_touched(work, draft)
            _take_out(work, draft, mine)


def _no_trouble(work: Work, request: AccessRequest, wrong: Sequence[RequestedRole]) -> None:
    if not any(pair.state is LineState.TROUBLE for pair in wrong):
        return
    report = next((each for each in _children(work, request, "trouble") if each.status not in _OVER), None)
    if report is not None:
        raise Conflict(
            f"Работник сообщил о неполадке, и об этом идёт заявка {report.number} («{STATUS_LABELS[report.status]}»). "
            "Сначала отзовите её, затем исправляйте ответ."
        )


def _children(work: Work, request: AccessRequest, relation: str) -> Sequence[AccessRequest]:
    query = select(AccessRequest).where(
        col(AccessRequest.parent_id) == request.id, col(AccessRequest.relation) == relation
    )
    return work.session.execute(query.order_by(col(AccessRequest.id))).scalars().all()


def _refuse_touched(work: Work, draft: AccessRequest) -> None:
    """Somebody works on it: what becomes of his work is his to say."""
    own = select(col(Event.action)).where(col(Event.subject) == requests.subject(draft))
    done = {action for action in work.session.execute(own).scalars() if not action.endswith("viewed")}
    if draft.status is Status.DRAFT and done <= {"request.created"}:
        return
    raise Conflict(
        f"Отказанные роли уже оформляют заявкой {draft.number} («{STATUS_LABELS[draft.status]}»). "
        "Сначала отзовите её, затем исправляйте ответ."
    )


def _take_out(work: Work, draft: AccessRequest, mine: Sequence[tuple[RequestLine, RequestedRole]]) -> None:
    gone = {pair.id for _, pair in mine}
    lines = requests.lines_of(work, draft)
    if all(pair.id in gone for pair in pairs.of(lines)):
        steps.take(work, draft, "withdraw")
        return
    for line in lines:
        left = [pair for pair in line.asked if pair.id not in gone]
        if not left:
            work.session.delete(line)
        elif len(left) < len(line.asked):
            line.asked = left
    for _, pair in mine:
        work.session.delete(pair)
    work.session.flush()
    audit.record(work, "request.lines-changed", requests.subject(draft), lines_left=len(requests.lines_of(work, draft)))
