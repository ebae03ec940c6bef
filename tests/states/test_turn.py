"""Whose turn it is: the table answers for every request that can be, and offers only steps that are drawn."""

from __future__ import annotations

import pytest

from models.letters import OutboxState
from models.request import Status
from states.lifecycle import Actor, steps_from
from states.reminders import Reason
from states.statuses import CLOSED
from states.turn import TABLE, Row, Standing, Turn, main_step, row_of, rows_of, step_ahead, turn_of
from tests.states.test_lifecycle import ACCESS, SORTS

ELSEWHERE = frozenset({"signed", "elsewhere", "result"})
UNSIGNED = frozenset({"unsigned", "desk", "result"})


@pytest.mark.parametrize("status", Status)
def test_somebody_has_to_move_unless_it_is_over(status):
    answers = {turn_of(Standing(status, traits)) for traits in SORTS}
    assert answers == {None} if status in CLOSED else None not in answers


@pytest.mark.parametrize("status", [status for status in Status if status not in CLOSED])
def test_the_last_row_of_a_status_holds_whatever_else_is_so(status):
    last = rows_of(status)[-1]
    assert last == Row(
        last.statuses, last.turn, last.what, last.steps, please=last.please, stood=last.stood, reason=last.reason
    )


def test_every_row_is_the_answer_for_some_request():
    found = set()
    for status in Status:
        for traits in SORTS:
            for letter in (None, *OutboxState):
                for bits in range(16):
                    asked, overdue, owed, invited = (bool(bits & bit) for bit in (1, 2, 4, 8))
                    standing = Standing(status, traits, {}, int(owed), letter, asked, overdue, invited)
                    found.add(row_of(standing))
    assert found == {*TABLE, None}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.what)
def test_a_step_that_a_row_offers_is_drawn_for_the_officer(row):
    drawn = {
        step.trigger
        for status in row.statuses
        for traits in SORTS
        if row.traits <= traits
        for step in steps_from(status, traits)
        if Actor.OFFICER in step.by
    }
    assert set(row.steps) <= drawn


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (Standing(Status.DRAFT, invited=False), "invite"),
        (Standing(Status.DRAFT), "validate"),
        (Standing(Status.VALIDATED), "sign"),
        (Standing(Status.VALIDATED, UNSIGNED), "send"),
        (Standing(Status.SIGNED), "send"),
        (Standing(Status.SIGNED, ELSEWHERE), "hand_over"),
        (Standing(Status.SIGNED, letter=OutboxState.FAILED), "send"),
        (Standing(Status.SIGNED, letter=OutboxState.PROMISED), ""),
        (Standing(Status.SIGNED, first_logins_owed=1), ""),
        (Standing(Status.SENT), ""),
        (Standing(Status.SENT, overdue=True), ""),  # its clock is started first
        (Standing(Status.AWAITING), ""),
        (Standing(Status.AWAITING, overdue=True), "follow_up"),
        (Standing(Status.AWAITING, question=True), "reply"),
        (Standing(Status.AWAITING, ELSEWHERE), "grant"),
        (Standing(Status.AWAITING, ELSEWHERE, overdue=True), "grant"),
        (Standing(Status.GRANTED), ""),
        (Standing(Status.GRANTED, UNSIGNED), "verify"),
        (Standing(Status.REJECTED), "revise"),
        (Standing(Status.VERIFIED), ""),
    ],
)
def test_the_officers_next_step_is_one_that_he_can_take(standing, step):
    assert main_step(standing) == step


@pytest.mark.parametrize("traits", SORTS, ids=lambda traits: "-".join(sorted(traits)))
def test_what_is_missing_is_asked_of_the_way_ahead(traits):
    ahead = {status: step_ahead(status, traits) for status in Status}
    assert ahead[Status.DRAFT] == "validate"
    assert ahead[Status.VALIDATED] == ("sign" if "signed" in traits else "send" if "desk" in traits else "hand_over")
    assert ahead[Status.AWAITING] == ("" if "desk" in traits else "grant")
    assert ahead[Status.GRANTED] == "verify"
    assert ahead[Status.VERIFIED] == ahead[Status.WITHDRAWN] == ""


def test_a_reason_to_remind_is_somebodys_turn():
    told = {row.reason: row.turn for row in TABLE if row.reason}
    assert told[Reason.UNSIGNED] is told[Reason.UNSENT] is told[Reason.QUESTION] is Turn.OFFICER
    assert told[Reason.FIRST_LOGIN] is told[Reason.LOGIN_UNPROVEN] is Turn.STAFF
    assert told[Reason.OVERDUE] is Turn.DESK and told[Reason.RECIPIENT_LATE] is Turn.RECIPIENT
    assert ACCESS in SORTS
