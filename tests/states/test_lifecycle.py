"""The table of steps is whole: every pair is drawn or refused, every status reached, every effect handled."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from actions.effects import HANDLERS
from models.request import Status
from states import diagram
from states.guards import STATUS_LABELS
from states.lifecycle import STEPS, Actor, Effect, Refused, move, step_for, steps_from

TRIGGERS = sorted({step.trigger for step in STEPS})
PAPERS = ("signed", "unsigned")


@pytest.mark.parametrize(("trigger", "status", "paper"), list(product(TRIGGERS, Status, PAPERS)))
def test_every_pair_of_status_and_trigger_is_drawn_or_refused(trigger, status, paper):
    drawn = [s for s in STEPS if s.trigger == trigger and status in s.sources and s.paper in ("any", paper)]
    assert len(drawn) <= 1
    if drawn:
        assert step_for(trigger, status, paper) is drawn[0]
        assert move(trigger, status, paper) is (drawn[0].destination or status)
        return
    for act in (step_for, move):
        with pytest.raises(Refused) as refusal:
            act(trigger, status, paper)
        assert STATUS_LABELS[status] in refusal.value.findings[0].message


@pytest.mark.parametrize("paper", PAPERS)
def test_every_status_can_be_reached(paper):
    reached, frontier = {Status.DRAFT}, [Status.DRAFT]
    while frontier:
        for step in steps_from(frontier.pop(), paper):
            if step.destination and step.destination not in reached:
                reached.add(step.destination)
                frontier.append(step.destination)
    expected = set(Status) if paper == "signed" else set(Status) - {Status.SIGNED}
    assert reached == expected


def test_every_open_status_has_somebody_who_moves_it():
    for status in set(Status) - {Status.VERIFIED, Status.WITHDRAWN}:
        assert any(Actor.OFFICER in step.by for step in steps_from(status, "signed")), status


def test_a_granted_request_is_never_withdrawn_and_a_closed_one_never_moves():
    assert "withdraw" not in {step.trigger for step in steps_from(Status.GRANTED, "signed")}
    assert not steps_from(Status.VERIFIED, "signed")
    assert not steps_from(Status.WITHDRAWN, "signed")


def test_withdrawal_is_possible_from_any_state_before_granted():
    before = {Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING}
    assert all(move("withdraw", status, "signed") is Status.WITHDRAWN for status in before)


def test_every_effect_has_a_handler_and_is_owed_by_a_step():
    assert set(HANDLERS) == set(Effect)
    assert {effect for step in STEPS for effect in step.effects} == set(Effect)


def test_what_leaves_the_house_asks_first():
    leaving = {Effect.SEND_PACKAGE, Effect.SEND_REPLY, Effect.SEND_FOLLOW_UP, Effect.ASK_FIRST_LOGIN}
    assert all(step.confirm for step in STEPS if leaving & set(step.effects))


def test_the_page_of_states_is_the_table():
    assert Path("docs/states.md").read_text("utf-8") == diagram.markdown()
