"""A refusal that was none, after the next version was begun for it: the refused version stands again, or its roles begin earlier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlmodel import col

from actions.answers import answers
from actions.context import Conflict, Work
from actions.corrections import corrections
from actions.corrections.corrections import Kind
from actions.post import outbox
from actions.requests import lookup, pairs, versions
from actions.steps import taking
from actions.steps.answer import Answer
from models.answers import Ground, PairAnswer, Said
from models.correction import Correction
from models.letters import OutboxLetter
from models.request import AccessRequest, FormerVersion
from states.lifecycle import Actor


def back_to(work: Work, request: AccessRequest, *, why: str, version: int | None = None) -> Correction:
    """The request is refused as it was before the next version; what that refusal was is corrected next.

    `version` None: the last refused one. Raises Conflict where none was refused, Refused while a letter is on its way.
    """
    former = versions.get(work, request, version)
    letters = letters_since(work, request, former)

    def act() -> None:
        companion = lookup.companion_of(work, request)
        taking.take(work, request, "correct_version", Answer(back_to=former.version), actor=Actor.CORRECTOR)
        if companion is not None and versions.former(work, companion):
            last = versions.get(work, companion).version
            taking.take(work, companion, "correct_version", Answer(back_to=last), actor=Actor.CORRECTOR)

    return corrections.recorded(work, request, Kind.VERSION, why, act, letters)


def letters_since(work: Work, request: AccessRequest, former: FormerVersion) -> list[int]:
    """Letters to the desk of the versions after that one, which have left."""
    later = col(OutboxLetter.version) > former.version
    return corrections.left(work, request, None, col(OutboxLetter.purpose).in_(outbox.TO_DESK), later)


def since_then(
    work: Work, request: AccessRequest, said: Iterable[Said], *, why: str, ground: Ground, version: int | None = None
) -> Correction:
    """`said` names, as granted, the roles that the refused version was given; they are held since its answer.

    Raises Conflict where no role of that version is named, Refused without ground.
    """
    former = versions.get(work, request, version)
    lines = lookup.lines_of(work, request)
    unnamed = {pairs.key_of(pair): PairAnswer("rejected") for pair in pairs.of(lines)}
    meant = answers.understood(work, request, said, need_reason=False, otherwise=unnamed)
    named = {key for key, answer in meant.items() if answer.outcome == "granted"}
    then = _answered_then(former)
    earlier = {
        pair.id or 0: then[number, pair.subsystem, pair.role]
        for line in lines
        for number in (str(line.typed.get("snils") or ""),)
        for pair in line.asked
        if pairs.key_of(pair) in named
        and pairs.stands(pair) == "granted"
        and (number, pair.subsystem, pair.role) in then
    }
    if not earlier:
        raise Conflict(f"Отметьте роли, доступ к которым дали ещё по версии {former.version}.")
    return corrections.recorded(
        work,
        request,
        Kind.SINCE,
        why,
        lambda: taking.take(
            work, request, "correct_since", Answer(ground=ground, earlier=earlier), actor=Actor.CORRECTOR
        ),
    )


def _answered_then(former: FormerVersion) -> dict[tuple[str, str, str], dt.datetime]:
    """When each role of that version was answered."""
    return {
        (snils, pair.subsystem, pair.role): pair.decided_at or former.left_at
        for snils, pair in versions.answers_in(former)
    }
