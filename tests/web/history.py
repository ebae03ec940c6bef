"""Requests with a past: events of steps at chosen moments, as `actions.steps.taking` would have written them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from actions.context import Work
from actions.log import audit
from actions.requests import creation, lookup, pairs
from models.organisation import Organisation
from models.request import AccessRequest, LineState, Status
from models.text import fold
from tests.web.world import KIND, clinic, line

MOSCOW = ZoneInfo("Europe/Moscow")
Move = tuple[dt.datetime, int, str, str | None, str | None]


def at(text: str) -> dt.datetime:
    """A moment by Moscow's clock: "2026-03-02 10:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


def other_clinic(work: Work) -> Organisation:
    name = "ООО «Семейный врач»"
    row = Organisation(inn="7810334452", short_name=name, full_name=name, fold=fold(name))
    work.session.add(row)
    work.session.flush()
    return row


def _count(work: Work) -> int:
    return work.session.execute(select(func.count()).select_from(AccessRequest)).scalar_one()


def put(work: Work, status: Status, *, organisation: int = 0, kind: str = KIND, people: int = 1) -> AccessRequest:
    """A request that stands in `status` and has no events yet."""
    row = AccessRequest(
        number=f"Т-{_count(work) + 1}",
        kind=kind,
        organisation_id=organisation or clinic(work).id or 0,
        status=status,
        created_at=work.now,
        status_since=work.now,
    )
    work.session.add(row)
    work.session.flush()
    creation.add_lines(work, row, [line(number) for number in range(people)])
    return row


def refuse(work: Work, request: AccessRequest, reason: str | None, state: LineState = LineState.REJECTED) -> None:
    for each in lookup.lines_of(work, request):
        pairs.put(each, state)
        for pair in each.asked:
            pair.reason = reason
    work.session.flush()


def tell(work: Work, moves: Iterable[Move]) -> None:
    """Write the events in order of time."""
    for moment, number, trigger, source, target in sorted(moves, key=lambda move: move[0]):
        told = {"source": source, "target": target, "version": 1} if target else {"kind": KIND}
        audit.record(dataclasses.replace(work, now=moment), f"request.{trigger}", f"request:{number}", **told)


def sent_and_answered(number: int, sent: str, answered: str, answer: str = "grant") -> list[Move]:
    target = "granted" if answer == "grant" else "rejected"
    return [(at(sent), number, "confirm", "signed", "sent"), (at(answered), number, answer, "sent", target)]
