"""Linked drafts in which refused roles go on: what a correction takes back from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.context import Conflict, Work
from actions.log import audit
from actions.post.outbox import TO_DESK
from actions.requests import lookup, pairs
from actions.steps import taking
from models.letters import OutboxLetter
from models.request import AccessRequest, LineState, RequestedRole, RequestLine, Status
from states.statuses import BEFORE_SENDING, CLOSED, LEFT, UNSETTLED


def take_back(work: Work, request: AccessRequest, lines: Sequence[RequestLine], wrong: Sequence[RequestedRole]) -> None:
    """These roles are not asked for again, nor is their trouble the desk's. Raises Conflict, which names it, where others' roles
    stand on the same checked paper. What the desk has answered to a linked draft it did answer.
    """
    _no_trouble(work, request, wrong)
    for draft, mine in _mine(work, request, lines, wrong):
        if draft.status is Status.DRAFT or _whole(work, draft, mine):
            _take_out(work, draft, mine)
        elif draft.status in BEFORE_SENDING:
            raise Conflict(
                f"Отказанные роли уже оформляют заявкой {draft.number} («{lookup.state_label(work, draft)}») вместе с другими. "
                "Сначала верните её в черновик, затем исправляйте ответ."
            )


def letters_left(
    work: Work, request: AccessRequest, lines: Sequence[RequestLine], wrong: Collection[RequestedRole]
) -> list[int]:
    """Letters of the linked drafts that ask for these roles only, and have left."""
    gone = [draft.id for draft, mine in _mine(work, request, lines, wrong) if _whole(work, draft, mine)]
    query = select(col(OutboxLetter.id)).where(
        col(OutboxLetter.request_id).in_(gone),
        col(OutboxLetter.state).in_(LEFT),
        col(OutboxLetter.purpose).in_(TO_DESK),
    )
    return [number or 0 for number in work.session.execute(query.order_by(col(OutboxLetter.id))).scalars()]


Asked = list[tuple[RequestLine, RequestedRole]]


def _mine(
    work: Work, request: AccessRequest, lines: Sequence[RequestLine], wrong: Collection[RequestedRole]
) -> list[tuple[AccessRequest, Asked]]:
    """Linked drafts that go on with these refused roles, each with them."""
    moved = [pair for pair in wrong if pair.state is LineState.MOVED]
    people = {line.id: line.person_id for line in lines}
    keys = {(people[pair.line_id], pair.subsystem, pair.role) for pair in moved}
    found = []
    for draft in _children(work, request, "refused-lines") if moved else ():
        mine = [
            (line, pair)
            for line in lookup.lines_of(work, draft)
            for pair in line.asked
            if (line.person_id, pair.subsystem, pair.role) in keys
        ]
        if mine and draft.status in UNSETTLED:
            found.append((draft, mine))
    return found


def _whole(work: Work, draft: AccessRequest, mine: Asked) -> bool:
    gone = {pair.id for _, pair in mine}
    return all(pair.id in gone for pair in pairs.of(lookup.lines_of(work, draft)))


def _no_trouble(work: Work, request: AccessRequest, wrong: Sequence[RequestedRole]) -> None:
    if not any(pair.state is LineState.TROUBLE for pair in wrong):
        return
    report = next((each for each in _children(work, request, "trouble") if each.status not in CLOSED), None)
    if report is not None:
        how = "подтвердите её результат" if report.status is Status.GRANTED else "отзовите её"
        raise Conflict(
            f"Работник сообщил о неполадке, и об этом идёт заявка {report.number} («{lookup.state_label(work, report)}»). "
            f"Сначала {how}, затем исправляйте ответ."
        )


def _children(work: Work, request: AccessRequest, relation: str) -> Sequence[AccessRequest]:
    query = select(AccessRequest).where(
        col(AccessRequest.parent_id) == request.id, col(AccessRequest.relation) == relation
    )
    return work.session.execute(query.order_by(col(AccessRequest.id))).scalars().all()


def _take_out(work: Work, draft: AccessRequest, mine: Asked) -> None:
    gone = {pair.id for _, pair in mine}
    lines = lookup.lines_of(work, draft)
    if _whole(work, draft, mine):
        taking.take(work, draft, "withdraw")
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
    audit.record(work, "request.lines-changed", lookup.subject(draft), lines_left=len(lookup.lines_of(work, draft)))
