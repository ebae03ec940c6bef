"""What a status means: every one has its place in each order and in one part of the way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.letters import InboxState, OutboxState
from models.request import Status
from states import statuses
from states.lifecycle import STEPS, Actor
from states.words.requests import MEANINGS, STATUS_LABELS

SHOWN = Path(__file__).parent.parent.parent / "web" / "static"


@pytest.mark.parametrize(
    "order", [statuses.ORDER, statuses.URGENCY, tuple(MEANINGS), tuple(STATUS_LABELS), tuple(statuses.TONES)]
)
def test_every_status_has_its_place_in_each_order(order):
    assert len(order) == len(set(order)) and set(order) == set(Status)


def test_every_status_is_in_one_part_of_the_way():
    parts = (*statuses.IN_HOUSE, *statuses.AT_DESK, *statuses.ANSWERED, Status.WITHDRAWN)
    assert len(parts) == len(set(parts)) and set(parts) == set(Status)
    assert {*statuses.OPEN} | {*statuses.CLOSED} == set(Status) and not {*statuses.OPEN} & {*statuses.CLOSED}


def test_every_open_status_is_drawn_in_the_stack():
    assert {status for status, _ in statuses.STACK} == {*statuses.OPEN}
    assert len({(statuses.TONES[status], hatched) for status, hatched in statuses.STACK}) == len(statuses.OPEN)


def test_every_status_has_a_shape_of_its_own():
    shapes = set(re.findall(r'<symbol id="([a-z-]+)"', (SHOWN / "shapes.svg").read_text("utf-8")))
    assert {status.value for status in Status} <= shapes
    tones = set(re.findall(r"\.is-([a-z]+)", (SHOWN / "page.css").read_text("utf-8")))
    assert {*statuses.TONES.values()} <= tones


def test_the_sets_say_what_the_table_of_steps_says():
    officers = [step for step in STEPS if Actor.OFFICER in step.by]
    assert {s for step in officers if step.destination is Status.DRAFT for s in step.sources} == {*statuses.RETURNABLE}
    assert {s for step in STEPS if step.trigger == "withdraw" for s in step.sources} == {*statuses.UNSETTLED}
    assert {s for step in STEPS if step.trigger in ("send", "hand_over") for s in step.sources} == {
        *statuses.BEFORE_SENDING
    }
    ends = set(Status) - {s for step in officers if step.destination for s in step.sources}
    assert ends == {*statuses.CLOSED}
    assert {s for step in STEPS if step.trigger in ("grant", "reject") for s in step.sources} == {*statuses.AT_DESK}


def test_a_letter_is_on_its_way_stranded_or_done_with():
    assert {*statuses.ON_THE_WAY, *statuses.STRANDED, *statuses.FINISHED} == set(OutboxState)
    assert {*statuses.TO_READ, *statuses.DECIDED, InboxState.STORED} == set(InboxState)
