"""A copy of before an erasure was put back: what was erased since is erased again, before anybody sees it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import select, update
from sqlmodel import SQLModel, col

from actions.checklists import checklist_workers
from actions.context import Work
from actions.keeping.acts import ACTIONS, Act, ErasedLetter, merged, points
from actions.keeping.erased_cards import erase_card
from actions.keeping.erased_requests import erase_letter, erase_patients_of, erase_request
from actions.keeping.erasure import owe
from actions.log import audit
from models.audit import Event
from models.checklist import ChecklistItem, ChecklistWorker
from models.employee import Employee
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from models.request import AccessRequest, Status

_Row = TypeVar("_Row", bound=SQLModel)


def lost(work: Work, acts: Iterable[Act]) -> list[Act]:
    """Those that this log does not tell of, though they followed what it tells."""
    head, history = audit.anchor(work.session).seq, points(work.session)
    query = select(col(Event.hash), col(Event.data)).where(col(Event.action).in_(ACTIONS))
    known: set[str] = set()
    for digest, data in work.session.execute(query):
        known |= {digest, *json.loads(data).get("repeats", ())}
    return [act for act in acts if act.hash not in known and act.followed(history, head)]


def repeat(work: Work, acts: Sequence[Act]) -> None:
    """Erase what they erased, as far as it is here, and remember what is not: a letter may come from the mailbox again."""
    if not acts:
        return
    wanted, done = merged(acts), Act()
    for request in _rows(work, AccessRequest, wanted.requests):
        request.status, request.next_reminder_at = Status(wanted.requests[request.id or 0]), None
        _settle_letters(work, request)
        if request.erased_on is None:
            erase_request(work, request, done)
    for request in _rows(work, AccessRequest, wanted.patients):
        if request.patients_erased_on is None and request.erased_on is None:
            erase_patients_of(work, request, done)
    for card in _rows(work, Employee, wanted.cards):
        if card.erased_on is None:
            erase_card(work, card, done)
    workers = [each for each in _rows(work, ChecklistWorker, wanted.workers) if each.erased_on is None]
    items = _rows(work, ChecklistItem, wanted.items)
    checklist_workers.empty(work, workers, items)
    done.workers, done.items = [each.id or 0 for each in workers], [each.id or 0 for each in items]
    for letter in wanted.letters:
        _forget_letter(work, letter, done)
    event = audit.record(
        work,
        "erasure.repeated",
        "erasure",
        requests=[*done.requests, *done.patients],
        employees=done.cards,
        workers=done.workers,
        checklist_items=len(done.items),
        repeats=wanted.repeats,
    )
    owe(work, merged([wanted]), event)


def _rows(work: Work, table: type[_Row], numbers: Iterable[int]) -> Sequence[_Row]:
    """Those that are here; of two hundred at a time, for the database counts what it is asked with."""
    wanted, found = sorted(numbers), list[_Row]()
    for start in range(0, len(wanted), 200):
        query = select(table).where(col(table.id).in_(wanted[start : start + 200]))  # type: ignore[attr-defined]
        found += work.session.execute(query).scalars().all()
    return found


def _settle_letters(work: Work, request: AccessRequest) -> None:
    """What of it had not left by the time of the copy was settled before the erasure, one way or the other."""
    work.session.execute(
        update(OutboxLetter)
        .where(col(OutboxLetter.request_id) == request.id, col(OutboxLetter.state) != OutboxState.SENT)
        .values(state=OutboxState.CANCELLED, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session="fetch")
    )


def _forget_letter(work: Work, erased: ErasedLetter, done: Act) -> None:
    known = work.session.execute(select(InboxLetter).where(col(InboxLetter.sha256) == erased.sha256)).scalar()
    if known is not None:
        if known.erased_on is None:
            erase_letter(work, known, done)
        return
    work.session.add(
        InboxLetter(
            account=erased.account,
            folder=erased.folder,
            uid_validity=erased.uid_validity,
            uid=erased.uid,
            sha256=erased.sha256,
            essence=erased.essence,
            received_at=dt.datetime.fromisoformat(erased.received_at),
            state=InboxState.SETTLED,
            erased_on=work.now,
        )
    )
    work.session.flush()
