"""What becomes of a letter that was handed to the relay, and what that means for its request."""

from __future__ import annotations

from actions.context import Work
from actions.post import outbox
from actions.requests import lookup
from actions.steps import taking
from actions.steps.answer import Answer
from models.letters import OutboxLetter
from models.request import AccessRequest
from states.lifecycle import Actor
from states.statuses import BEFORE_SENDING


def confirmed(work: Work, letter_id: int, response: str, *, owner: str | None = None) -> OutboxLetter:
    """250: the letter is sent, and with a package its request (and the add-application in it) is."""
    letter = outbox.mark_sent(work, letter_id=letter_id, response=response, owner=owner)
    if letter.purpose == "package" and letter.request_id is not None:
        request = lookup.get(work, letter.request_id)
        _confirm(work, request, letter)
        companion = lookup.companion_of(work, request)
        if companion is not None:
            _confirm(work, companion, letter)
    return letter


def _confirm(work: Work, request: AccessRequest, letter: OutboxLetter) -> None:
    """A request that has moved on meanwhile (answered, withdrawn) stays where it is."""
    if request.status in BEFORE_SENDING:
        taking.take(work, request, "confirm", Answer(letter=letter.id), actor=Actor.POST)


def failed(work: Work, letter_id: int, detail: str, *, permanent: bool, owner: str | None = None) -> None:
    outbox.mark_failed(work, letter_id=letter_id, detail=detail, permanent=permanent, owner=owner)


def uncertain(work: Work, letter_id: int, detail: str, *, owner: str | None = None) -> None:
    outbox.mark_uncertain(work, letter_id=letter_id, detail=detail, owner=owner)


def settled_as_sent(work: Work, letter_id: int, how: str) -> OutboxLetter:
    """An uncertain letter did arrive: the Sent folder, the desk's acknowledgement or a person says so."""
    return confirmed(work, letter_id, how)
