"""From a form to a step: what each step asks is read from its effects and guards in the table of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from actions.answers import answers
from actions.context import Conflict, NotFound, Work
from actions.post import destinations
from actions.requests import attachments, cases, lookup
from actions.steps import scans, taking
from catalog.kinds import RequestKind
from models.answers import Ground, PairAnswer, PairKey, Said
from models.findings import Finding
from models.request import AccessRequest
from models.row_numbers import row_number
from states import guards
from states.lifecycle import Actor, Effect, Refused, Step
from web.forms.choices import said_in
from web.forms.uploads import date_from, signature_from
from web.shell import text, ticked, uploads

_MAX_TICKET = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of a step has to ask for."""

    signature: bool = False
    ticket: bool = False
    ticket_required: bool = False
    question: bool = False
    reply: bool = False
    outcomes: bool = False
    reason: bool = False
    address: bool = False
    address_may: bool = False  # its letters wait without
    registered: bool = False
    outcome: bool = False
    ground: bool = False

    @property
    def nothing(self) -> bool:
        """Only a yes is needed, perhaps with the desk's address confirmed."""
        return not any(
            (
                self.signature,
                self.ticket,
                self.question,
                self.reply,
                self.outcomes,
                self.reason,
                self.outcome,
                self.ground,
            )
        )


def asked(work: Work, kind: RequestKind, step: Step) -> Asked:
    return Asked(
        signature=Effect.RECORD_SIGNATURE in step.effects,
        ticket=Effect.RECORD_TICKET in step.effects,
        ticket_required=guards.ticket_given in step.guards
        or (guards.number_given in step.guards and kind.number_required),
        registered=guards.number_given in step.guards,
        outcome=guards.outcome_named in step.guards and bool(kind.outcomes),
        question=Effect.RECORD_QUESTION in step.effects,
        reply=Effect.SEND_REPLY in step.effects,
        outcomes=Effect.MAKE_GRANTS in step.effects and kind.to_desk,
        reason=bool({Effect.RECORD_REFUSAL, Effect.RECORD_BOUNCE} & set(step.effects)),
        address=guards.address_confirmed in step.guards and not destinations.is_confirmed(work),
        address_may=Effect.ASK_FIRST_LOGIN in step.effects and not destinations.is_confirmed(work),
        ground=guards.ground_given in step.guards,
    )


def problem(message: str, field: str | None = None) -> Finding:
    return guards.process_finding(message, field=field)


def take(work: Work, request: AccessRequest, step: Step, form: FormData, said: Sequence[Said] = ()) -> None:
    """Raises Refused with all findings. A refused step writes nothing, but an uploaded scan is kept.

    `said` is an answer that did not come as the fields of a form.
    """
    if Effect.RECORD_SIGNATURE in step.effects:
        _sign(work, request, form)
        return
    told: dict[str, Any] = _told(request, step, form)
    if guards.outcome_named in step.guards:
        _keep_received(work, request, form)
    with work.session.begin_nested():
        if {Effect.MAKE_GRANTS, Effect.RECORD_REFUSAL} & set(step.effects):
            _answer(work, request, step, form, said, told)
        else:
            taking.take(work, request, step.trigger, revision=request.revision, **told)


def _keep_received(work: Work, request: AccessRequest, form: FormData) -> None:
    """What came with the answer is kept even when the step is refused."""
    for entry in work.catalog.kind(request.kind).attachments:
        for name, data in () if entry.sent else uploads(form, f"file-{entry.code}"):
            attachments.attach(work, request, entry.code, name, data)


def _told(request: AccessRequest, step: Step, form: FormData) -> dict[str, object]:
    """The step's data. Raises Refused when a field that it cannot do without is empty."""
    told: dict[str, object] = {"ticket": text(form, "ticket", _MAX_TICKET) or None}
    if guards.number_given in step.guards:
        told["registered_on"] = date_from(
            form, "registered_on", "дата регистрации", trigger=step.trigger, status=request.status
        )
    if guards.outcome_named in step.guards:
        told["outcome"] = text(form, "outcome", 60) or None
    if guards.ticket_given in step.guards:
        told["channel"] = "web"
    if ticked(form, "confirm_address"):
        told["confirm_address"] = True
    for effect, field, missing in _TEXTS:
        if effect in step.effects:
            told[field] = text(form, field)
            if not told[field]:
                raise Refused(step.trigger, request.status, [problem(missing)])
    return told


_TEXTS = (
    (Effect.RECORD_QUESTION, "question", "Впишите, о чём спрашивает СТП."),
    (Effect.SEND_REPLY, "text", "Впишите ответ, который уйдёт в СТП."),
    (Effect.RECORD_BOUNCE, "reason", "Впишите, почему письмо вернулось."),
)


def _answer(
    work: Work, request: AccessRequest, step: Step, form: FormData, said: Sequence[Said], told: dict[str, Any]
) -> None:
    """An answer by hand, for every role. Raises Refused with every gap, what it rests on included."""
    granted = Effect.MAKE_GRANTS in step.effects
    reason = text(form, "reason")
    ground = _ground(work, request, step, form)
    parts = [*said_in(form, lookup.lines_of(work, request)), *said]
    if not granted:
        parts.append(Said("rejected"))
    elif "desk" not in step.only:
        parts.append(Said("granted"))
    until = date_from(form, "until", "до какого дня дан доступ", trigger=step.trigger, status=request.status)
    gaps: list[Finding] = []
    found: dict[PairKey, PairAnswer] = {}
    try:
        found = answers.understood(work, request, parts, reason=reason, until=until)
    except answers.Unclear as unclear:
        gaps = [problem(gap, "answers") for gap in unclear.gaps]
    given = {answer.outcome for answer in found.values()}
    if not granted and not reason and not said:
        gaps = [problem("Впишите причину отказа, как её назвала СТП.", "reason")]
    elif granted and given == {"rejected"}:
        gaps = [problem("По всем ролям отмечен отказ. Для этого есть действие «СТП отказала».", "answers")]
    elif not granted and "granted" in given:
        gaps = [problem("Что-то отмечено предоставленным. Для этого есть действие «Доступ предоставлен».", "answers")]
    if gaps:
        raise Refused(step.trigger, request.status, [*gaps, *guards.ungrounded(ground)])
    if not found and reason:
        told["reason"] = reason  # of the request itself, where it has no lines
    answers.give_answer(work, request, found, granted=granted, actor=Actor.OFFICER, ground=ground, **told)


def _ground(work: Work, request: AccessRequest, step: Step, form: FormData) -> Ground:
    """Raises Refused for a letter that cannot be meant."""
    number, files = text(form, "ground_letter", 18), uploads(form, "ground_file")
    named = row_number(number)
    if number and named is None:
        raise Refused(step.trigger, request.status, [problem("Номер письма – число.", "ground_letter")])
    try:
        return answers.ground(work, request, words=text(form, "ground"), letter=named, file=files[0] if files else None)
    except (NotFound, Conflict) as wrong:
        raise Refused(step.trigger, request.status, [problem(str(wrong), "ground_letter")]) from None


def _sign(work: Work, request: AccessRequest, form: FormData) -> None:
    """A scan of this version that was kept before need not be uploaded again."""
    files, signature = uploads(form, "scan"), signature_from(form)
    attorney = uploads(form, "attorney")
    if not files and not attorney and cases.facts_of(work, request).scan_complete:
        with work.session.begin_nested():
            taking.take(work, request, "sign", signature=signature, revision=request.revision)
        return
    if not files:
        raise Refused("sign", request.status, [problem("Выберите файл скана: PDF или JPG.")])
    scans.sign(
        work,
        request,
        files,
        signature=signature,
        attorney=attorney[0] if attorney else None,
        by_hand=ticked(form, "by_hand"),
        revision=request.revision,
    )
