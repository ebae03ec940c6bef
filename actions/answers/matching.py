"""Which request a letter is about: by references first, the desk's ticket second, our number third. No match is a proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from actions.context import Work
from models.letters import OutboxLetter
from models.request import AccessRequest
from notifications.reading import Reading
from states.statuses import CLOSED


@dataclass(frozen=True, slots=True)
class Matched:
    """`doubt` says in Russian why a machine should not act on the match; `letter` is ours that it refers to."""

    request: AccessRequest | None = None
    letter: OutboxLetter | None = None
    how: str | None = None
    doubt: str = ""


def match(work: Work, reading: Reading) -> Matched:
    """The first way that finds a request; ways that contradict each other make a doubt."""
    letter = _by_references(work, reading)
    by_reference = work.session.get(AccessRequest, letter.request_id) if letter and letter.request_id else None
    by_ticket = _one(work, col(AccessRequest.ticket), reading.ticket)
    by_number = _one(work, col(AccessRequest.number), reading.our_number)
    for request, how in ((by_reference, "references"), (by_ticket, "ticket"), (by_number, "number")):
        if request is not None:
            found = {other.id for other in (by_reference, by_ticket, by_number) if other is not None}
            return Matched(
                request, letter, how, _doubt(request, letter, len(found) > 1) or _tail_doubt(how, request, reading)
            )
    return Matched(letter=letter)


def _doubt(request: AccessRequest, letter: OutboxLetter | None, contradicted: bool) -> str:
    if contradicted:
        return "Ссылки, номер обращения и наш номер указывают на разные заявки."
    if letter is not None and letter.purpose == "package" and letter.version != request.version:
        return f"Ответ на версию {letter.version}, а сейчас у заявки версия {request.version}."
    return ""


def _tail_doubt(how: str, request: AccessRequest, reading: Reading) -> str:
    """Our numbers count on, so anybody knows them; only who has had our letter knows the end that they have there."""
    if how != "number" or (request.tail and reading.our_tail == request.tail):
        return ""
    lacking = "стоит не тот код, что" if reading.our_tail else "нет кода, который стоит"
    return f"После номера заявки {lacking} в наших письмах ({request.in_letters}): номер могли вписать наугад. Решает человек."


def _by_references(work: Work, reading: Reading) -> OutboxLetter | None:
    known = list(reading.references)
    if reading.bounce is not None and reading.bounce.original_message_id:
        known.append(reading.bounce.original_message_id)
    query = select(OutboxLetter).where(col(OutboxLetter.message_id).in_(known)).order_by(col(OutboxLetter.id).desc())
    return work.session.execute(query.limit(1)).scalar_one_or_none() if known else None


def _one(work: Work, column: Mapped[Any], value: str | None) -> AccessRequest | None:
    """The newest open request with this value; tickets are the desk's and may repeat on closed ones."""
    if not value:
        return None
    query = (
        select(AccessRequest)
        .where(column == value)
        .order_by(
            col(AccessRequest.status).in_(CLOSED),
            col(AccessRequest.relation) == "companion",
            col(AccessRequest.id).desc(),
        )
    )
    return work.session.execute(query.limit(1)).scalar_one_or_none()
