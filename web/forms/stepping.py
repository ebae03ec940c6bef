"""From a form to a step: what each step asks is read from its effects and guards in the table of steps."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from starlette.datastructures import FormData

from actions.answers.entering import problem
from actions.context import Work
from actions.post import destinations
from actions.requests import lookup
from actions.steps.answer import Answer
from catalog.kinds import RequestKind
from models.answers import Ground
from models.request import AccessRequest
from models.row_numbers import row_number
from states import guards
from states.lifecycle import Effect, Refused, Step
from web.forms.choices import said_in
from web.forms.uploads import brought_from, date_from, signature_from
from web.shell import text, ticked


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


def answer_from(work: Work, request: AccessRequest, step: Step, form: FormData) -> Answer:
    """What the form tells the step. Raises Refused for what is no date and no number."""
    kind = work.catalog.kind(request.kind)
    if Effect.RECORD_SIGNATURE in step.effects:
        return Answer(signature=signature_from(form), brought=brought_from(form, kind))
    number = text(form, "ground_letter", 18)
    letter = row_number(number)
    if number and letter is None:
        raise Refused(step.trigger, request.status, [problem("Номер письма – число.", "ground_letter")])
    return Answer(
        ticket=text(form, "ticket"),
        outcome=text(form, "outcome") or None,
        said=tuple(said_in(form, lookup.lines_of(work, request))) if Effect.MAKE_GRANTS in step.effects else (),
        reason=text(form, "reason"),
        until=_date(form, "until", "до какого дня дан доступ", request, step),
        question=text(form, "question"),
        reply=text(form, "text"),
        confirm_address=ticked(form, "confirm_address"),
        registered_on=_date(form, "registered_on", "дата регистрации", request, step),
        ground=Ground(letter, words=text(form, "ground")),
        brought=brought_from(form, kind),
    )


def _date(form: FormData, name: str, label: str, request: AccessRequest, step: Step) -> dt.date | None:
    return date_from(form, name, label, trigger=step.trigger, status=request.status)
