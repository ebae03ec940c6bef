"""The table of steps is whole: every pair is drawn or refused, every status reached, every effect handled."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from actions.steps.effects import HANDLERS
from catalog import load
from models.request import Status
from states import diagram
from states.lifecycle import STEPS, Actor, Effect, Refused, step_for, steps_from, traits_of
from states.machine import move
from states.words.requests import status_label

TRIGGERS = sorted({step.trigger for step in STEPS})
SORTS = [
    frozenset({paper, place, proof, *first})
    for paper, place, proof, first in product(
        ("signed", "unsigned"), ("desk", "elsewhere"), ("login", "result"), ((), ("first-login",))
    )
]
ACCESS = frozenset({"signed", "desk", "login", "first-login"})


@pytest.mark.parametrize("traits", SORTS, ids=lambda traits: "-".join(sorted(traits)))
@pytest.mark.parametrize(("trigger", "status"), list(product(TRIGGERS, Status)))
def test_every_pair_of_status_and_trigger_is_drawn_or_refused(trigger, status, traits):
    drawn = [s for s in STEPS if s.trigger == trigger and status in s.sources and s.only <= traits]
    assert len(drawn) <= 1
    if drawn:
        assert step_for(trigger, status, traits) is drawn[0]
        assert move(trigger, status, traits) is (drawn[0].destination or status)
        return
    for act in (step_for, move):
        with pytest.raises(Refused) as refusal:
            act(trigger, status, traits)
        label = status_label(status, by_login="login" in traits)
        assert f"«{label}»" in refusal.value.findings[0].message


@pytest.mark.parametrize("traits", SORTS, ids=lambda traits: "-".join(sorted(traits)))
def test_every_status_can_be_reached(traits):
    reached, frontier = {Status.DRAFT}, [Status.DRAFT]
    while frontier:
        for step in steps_from(frontier.pop(), traits):
            if step.destination and step.destination not in reached:
                reached.add(step.destination)
                frontier.append(step.destination)
    unused = {Status.SIGNED} if "unsigned" in traits else set()
    unused |= {Status.SENT} if "elsewhere" in traits else set()
    assert reached == set(Status) - unused


def test_nothing_is_sent_to_the_desk_by_a_kind_that_goes_elsewhere():
    elsewhere = [step for step in STEPS if "elsewhere" in step.only or "desk" not in step.only]
    sending = {Effect.SEND_PACKAGE, Effect.SEND_REPLY, Effect.SEND_FOLLOW_UP}
    assert not [step.trigger for step in elsewhere if sending & set(step.effects)]


def test_traits_are_read_from_the_kind():
    catalog = load()
    assert traits_of(catalog.kind("frmo-access")) == ACCESS
    assert traits_of(catalog.kind("trouble-report")) == {"unsigned", "desk", "result"}


def test_every_open_status_has_somebody_who_moves_it():
    for status in set(Status) - {Status.VERIFIED, Status.WITHDRAWN}:
        assert any(Actor.OFFICER in step.by for step in steps_from(status, ACCESS)), status


def test_a_granted_request_is_never_withdrawn_and_a_closed_one_moves_by_correction_only():
    assert "withdraw" not in {step.trigger for step in steps_from(Status.GRANTED, ACCESS)}
    assert {actor for step in steps_from(Status.VERIFIED, ACCESS) for actor in step.by} == {Actor.CORRECTOR}
    assert {actor for step in steps_from(Status.WITHDRAWN, ACCESS) for actor in step.by} == {Actor.CORRECTOR}


def test_withdrawal_is_possible_from_any_state_before_granted():
    before = {Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING}
    assert all(move("withdraw", status, ACCESS) is Status.WITHDRAWN for status in before)


def test_every_effect_has_a_handler_and_is_owed_by_a_step():
    assert set(HANDLERS) == set(Effect)
    assert {effect for step in STEPS for effect in step.effects} == set(Effect)


def test_what_leaves_the_house_asks_first():
    leaving = {Effect.SEND_PACKAGE, Effect.SEND_REPLY, Effect.SEND_FOLLOW_UP, Effect.ASK_FIRST_LOGIN}
    assert all(step.confirm for step in STEPS if leaving & set(step.effects))


def test_the_page_of_states_is_the_table():
    assert Path("docs/states.md").read_text("utf-8") == diagram.markdown()


def test_kinds_without_a_signature_have_every_arrow_but_that_of_the_signature():
    def place(status, unsigned):
        return Status.VALIDATED if unsigned and status is Status.SIGNED else status

    def told(step, unsigned):
        sources = tuple(place(status, unsigned) for status in step.sources)
        return step.trigger, sources, place(step.destination, unsigned), step.by, step.guards, step.effects

    signed = [told(step, True) for step in STEPS if "signed" in step.only and "signature" not in step.trigger]
    unsigned = [told(step, False) for step in STEPS if "unsigned" in step.only]
    assert signed[1:] == unsigned and signed[0][0] == "sign"
