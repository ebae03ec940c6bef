"""What an arrow of a request is: who takes it, what must be true, what it owes, which kinds have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from catalog.kinds import RequestKind
from models.request import Status as S
from states import guards

Trait = Literal["signed", "unsigned", "desk", "elsewhere", "login", "result", "first-login"]


class Actor(StrEnum):
    """Who may take a step."""

    OFFICER = "officer"
    EMPLOYEE = "employee"
    DESK = "desk"
    POST = "post"
    CLOCK = "clock"
    CORRECTOR = "corrector"  # an officer who puts right what was recorded wrongly and says why (`actions.corrections`)


class Effect(StrEnum):
    """What a step owes; each is an order with one handler in `actions.steps.effects`."""

    ASK_FIRST_LOGIN = "ask_first_login"
    MAKE_DOCUMENTS = "make_documents"
    SEND_PACKAGE = "send_package"
    CANCEL_LETTERS = "cancel_letters"
    START_VERSION = "start_version"
    KEEP_VERSION = "keep_version"
    RECORD_SIGNATURE = "record_signature"
    RECORD_SENDING = "record_sending"
    RECORD_TICKET = "record_ticket"
    RECORD_TERM = "record_term"
    RECORD_BOUNCE = "record_bounce"
    RECORD_QUESTION = "record_question"
    SEND_REPLY = "send_reply"
    SEND_FOLLOW_UP = "send_follow_up"
    MAKE_GRANTS = "make_grants"
    SPLIT_REFUSED = "split_refused"
    ASK_LOGIN_CHECK = "ask_login_check"
    RECORD_REFUSAL = "record_refusal"
    RECORD_OUTCOME = "record_outcome"
    CLOSE_LINES = "close_lines"
    OPEN_CHECKLISTS = "open_checklists"
    UNDO_ANSWER = "undo_answer"
    UNDO_LOGINS = "undo_logins"
    UNDO_SENDING = "undo_sending"
    UNDO_BOUNCE = "undo_bounce"
    UNDO_QUESTION = "undo_question"
    CHANGE_TICKET = "change_ticket"
    PUT_VERSION_BACK = "put_version_back"
    GIVE_EARLIER = "give_earlier"


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow. `destination` None leaves the status; `confirm` is asked before something leaves the house.

    `only` names the traits that a request kind must have for this arrow.
    """

    trigger: str
    sources: tuple[S, ...]
    destination: S | None
    by: frozenset[Actor]
    label: str
    guards: tuple[guards.Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    confirm: str = ""
    only: frozenset[Trait] = frozenset()

    def suits(self, traits: frozenset[Trait]) -> bool:
        """Whether a request kind with these traits has this arrow."""
        return self.only <= traits


def traits_of(kind: RequestKind) -> frozenset[Trait]:
    """What of a request kind decides its way."""
    traits: set[Trait] = {"signed" if kind.signature else "unsigned", "desk" if kind.to_desk else "elsewhere"}
    traits.add("login" if kind.verified == "login" else "result")
    if kind.first_login:
        traits.add("first-login")
    return frozenset(traits)


def only(*traits: Trait) -> frozenset[Trait]:
    return frozenset(traits)


def by(*actors: Actor) -> frozenset[Actor]:
    return frozenset(actors)


OFFICER = by(Actor.OFFICER)
ANSWERING = by(Actor.DESK, Actor.OFFICER)
CORRECTING = by(Actor.CORRECTOR)
_READY: dict[Trait, S] = {"signed": S.SIGNED, "unsigned": S.VALIDATED}


def ready(arrow: Callable[[S], Step]) -> tuple[Step, Step]:
    """One arrow for kinds that are signed and for those that are not: papers that wait to leave are signed or validated."""
    signed, unsigned = ((arrow(status), trait) for trait, status in _READY.items())
    return _of(*signed), _of(*unsigned)


def _of(step: Step, trait: Trait) -> Step:
    return replace(step, only=step.only | {trait})
