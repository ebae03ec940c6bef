"""A correction as it is asked for by page, command or call: looked at first, then recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from actions.context import Conflict, Work
from actions.corrections import corrected_versions, corrections
from actions.corrections.corrections import Kind
from models.answers import Ground, Said
from models.correction import Correction
from models.request import AccessRequest
from states.words.corrections import CORRECTIONS


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be put right; a kind of correction reads only what it needs. `snils` empty: everybody."""

    kind: Kind
    why: str
    ticket: str = ""
    day: dt.date | None = None
    version: int | None = None
    snils: frozenset[str] = frozenset()
    said: tuple[Said, ...] = ()
    reason: str = ""
    until: dt.date | None = None
    outcome: str | None = None
    ground: Ground | None = None


def correct(work: Work, request: AccessRequest, wanted: Wanted) -> Correction:
    """Raises Conflict, Refused with all findings; then nothing is written."""
    why = wanted.why
    match wanted.kind:
        case Kind.ANSWER:
            return corrections.correct_answer(
                work,
                request,
                wanted.said,
                why=why,
                ground=wanted.ground or Ground(),
                reason=wanted.reason,
                until=wanted.until,
                outcome=wanted.outcome,
            )
        case Kind.NO_ANSWER:
            return corrections.no_answer(work, request, why=why)
        case Kind.TICKET:
            return corrections.change_ticket(work, request, wanted.ticket, why=why)
        case Kind.LOGIN:
            return corrections.no_login(work, request, why=why, snils=wanted.snils)
        case Kind.HAND_OVER:
            return corrections.not_handed_over(work, request, why=why)
        case Kind.SIGNATURE_DATE:
            if wanted.day is None:
                raise Conflict("Укажите правильную дату подписи.")
            return corrections.signed_on(work, request, wanted.day, why=why)
        case Kind.VERSION:
            return corrected_versions.back_to(work, request, why=why, version=wanted.version)
        case Kind.SINCE:
            return corrected_versions.since_then(
                work, request, wanted.said, why=why, ground=wanted.ground or Ground(), version=wanted.version
            )
    raise Conflict(f"«{CORRECTIONS[wanted.kind]}» исправляют не в заявке.")
