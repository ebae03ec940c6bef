"""The table of steps as a machine: where a trigger leads, told by `transitions`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from transitions import EventData, Machine

from models.request import Status as S
from states import guards
from states.lifecycle import STEPS, Refused
from states.steps import Step, Trait


@dataclass(slots=True)
class _StandIn:
    """Moves through the machine in place of the row (a row bound to a machine raises)."""

    status: S
    traits: frozenset[Trait]


def _condition(step: Step) -> Callable[[EventData], bool]:
    """The arrow is there only for kinds that it suits."""

    def suits(event: EventData) -> bool:
        stand_in = event.model
        assert isinstance(stand_in, _StandIn)
        return step.suits(stand_in.traits)

    return suits


def _compile() -> Machine:
    machine = Machine(
        model=None,
        states=S,
        initial=S.DRAFT,
        model_attribute="status",
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for step in STEPS:
        machine.add_transition(step.trigger, list(step.sources), step.destination or "=", conditions=[_condition(step)])
    return machine


MACHINE = _compile()


def move(trigger: str, status: S, traits: frozenset[Trait]) -> S:
    """Where the machine goes. Raises Refused where it does not."""
    stand_in = _StandIn(status, traits)
    event = MACHINE.events.get(trigger)
    if event is None or S(status).name not in event.transitions:
        raise Refused(trigger, status, [guards.impossible(status, by_login="login" in traits)])
    if not event.trigger(stand_in):
        raise Refused(trigger, status, [guards.impossible(status, by_login="login" in traits)])
    return stand_in.status
