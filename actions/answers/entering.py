"""A step as a person takes it, by whichever door: what he brings is kept, what he says of roles is understood, and it is taken."""

from __future__ import annotations

from dataclasses import replace

from actions.answers import answers
from actions.context import Conflict, NotFound, Work
from actions.requests import attachments, lookup
from actions.steps import scan_drafts, scans, taking
from actions.steps.answer import Answer
from models.answers import Ground, PairAnswer, PairKey, Said
from models.facts import SignatureFacts
from models.findings import Finding
from models.request import AccessRequest
from states import guards
from states.lifecycle import Actor, Effect, Refused, Step, step_for

_MOST_TICKET = 120  # characters


def enter(work: Work, request: AccessRequest, trigger: str, answer: Answer) -> None:
    """Raises Refused with all findings. A refused step writes nothing, but what came with it is kept."""
    step = step_for(trigger, request.status, lookup.traits(work, request))
    if Effect.RECORD_SIGNATURE in step.effects:
        _sign(work, request, answer)
        return
    told = _told(request, step, answer)
    if guards.outcome_named in step.guards:  # what came with the answer is kept even when the step is refused
        for code, upload in answer.brought.received:
            attachments.attach(work, request, code, upload.name, upload.data)
    with work.session.begin_nested():
        if {Effect.MAKE_GRANTS, Effect.RECORD_REFUSAL} & set(step.effects):
            _answer(work, request, step, told)
        else:
            taking.take(work, request, trigger, told, revision=request.revision)


def problem(message: str, field: str | None = None) -> Finding:
    return guards.process_finding(message, field=field)


def _sign(work: Work, request: AccessRequest, answer: Answer) -> None:
    """A scan of this version that was kept before need not be uploaded again."""
    signature, brought = answer.signature or SignatureFacts(), answer.brought
    if not brought.scan and not brought.attorney and scan_drafts.is_whole(work, request):
        with work.session.begin_nested():
            taking.take(work, request, "sign", Answer(signature=signature), revision=request.revision)
        return
    if not brought.scan:
        raise Refused("sign", request.status, [problem("Выберите файл скана: PDF или JPG.")])
    scans.sign(
        work,
        request,
        brought.scan,
        signature=signature,
        attorney=brought.attorney,
        by_hand=brought.by_hand,
        revision=request.revision,
    )


def _told(request: AccessRequest, step: Step, answer: Answer) -> Answer:
    """What of it the step takes. Raises Refused when something is empty that it cannot do without."""
    for effect, given, missing in (
        (Effect.RECORD_QUESTION, answer.question, "Впишите, о чём спрашивает СТП."),
        (Effect.SEND_REPLY, answer.reply, "Впишите ответ, который уйдёт в СТП."),
        (Effect.RECORD_BOUNCE, answer.reason, "Впишите, почему письмо вернулось."),
    ):
        if effect in step.effects and not given:
            raise Refused(step.trigger, request.status, [problem(missing)])
    return replace(
        answer,
        ticket=(answer.ticket or "")[:_MOST_TICKET] or None,
        channel="web" if guards.ticket_given in step.guards else None,
        outcome=answer.outcome if guards.outcome_named in step.guards else None,
        registered_on=answer.registered_on if guards.number_given in step.guards else None,
    )


def _answer(work: Work, request: AccessRequest, step: Step, answer: Answer) -> None:
    """An answer by hand, for every role. Raises Refused with every gap, what it rests on included."""
    granted = Effect.MAKE_GRANTS in step.effects
    ground = _ground(work, request, step, answer)
    found, gaps = _understood(work, request, step, answer)
    given = {each.outcome for each in found.values()}
    if not granted and not answer.reason and not answer.said:
        gaps = [problem("Впишите причину отказа, как её назвала СТП.", "reason")]
    elif granted and given == {"rejected"}:
        gaps = [problem("По всем ролям отмечен отказ. Для этого есть действие «СТП отказала».", "answers")]
    elif not granted and "granted" in given:
        gaps = [problem("Что-то отмечено предоставленным. Для этого есть действие «Доступ предоставлен».", "answers")]
    if gaps:
        raise Refused(step.trigger, request.status, [*gaps, *guards.ungrounded(ground)])
    # a reason of its own has the request only where it has no lines
    told = replace(answer, pairs=found, ground=ground, reason="" if found else answer.reason)
    answers.give_answer(work, request, told, granted=granted, actor=Actor.OFFICER)


def _understood(
    work: Work, request: AccessRequest, step: Step, answer: Answer
) -> tuple[dict[PairKey, PairAnswer], list[Finding]]:
    """The answer to every role, or what is missing. What is not said of a role follows from the step."""
    parts = list(answer.said)
    if Effect.MAKE_GRANTS not in step.effects:
        parts.append(Said("rejected"))
    elif "desk" not in step.only:
        parts.append(Said("granted"))
    try:
        return answers.understood(work, request, parts, reason=answer.reason, until=answer.until), []
    except answers.Unclear as unclear:
        return {}, [problem(gap, "answers") for gap in unclear.gaps]


def _ground(work: Work, request: AccessRequest, step: Step, answer: Answer) -> Ground:
    """Raises Refused for a letter that cannot be meant."""
    told, file = answer.ground, answer.brought.ground
    try:
        return answers.ground(work, request, words=told.words, letter=told.letter, file=file)
    except (NotFound, Conflict) as wrong:
        raise Refused(step.trigger, request.status, [problem(str(wrong), "ground_letter")]) from None
