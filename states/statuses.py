"""Statuses and states that mean something together, each set by its name.

Only this module and the table of steps list members of `Status`: whoever adds one decides here what it belongs to. Python asks
`status in OPEN`, SQL `col(…).in_(OPEN)`.
"""

from __future__ import annotations

from typing import Literal

from models.letters import InboxState, OutboxState
from models.request import Status

Statuses = tuple[Status, ...]

# The way of a request that is granted; a kind leaves out what it does not need.
WAY: Statuses = (
    Status.DRAFT,
    Status.VALIDATED,
    Status.SIGNED,
    Status.SENT,
    Status.AWAITING,
    Status.GRANTED,
    Status.VERIFIED,
)
# The board from left to right.
ORDER: Statuses = (*WAY[:5], Status.REJECTED, *WAY[5:], Status.WITHDRAWN)
# What needs somebody comes first, what is over comes last.
URGENCY: Statuses = (
    Status.AWAITING,
    Status.SENT,
    Status.REJECTED,
    Status.GRANTED,
    Status.SIGNED,
    Status.VALIDATED,
    Status.DRAFT,
    Status.VERIFIED,
    Status.WITHDRAWN,
)


def _but(*left_out: Status) -> Statuses:
    return tuple(status for status in ORDER if status not in left_out)


# Before it leaves the house.
BEFORE_SENDING: Statuses = (Status.VALIDATED, Status.SIGNED)  # its papers are made
IN_HOUSE: Statuses = (Status.DRAFT, *BEFORE_SENDING)
UNRELIED: Statuses = (Status.DRAFT, Status.WITHDRAWN)  # nobody relies on the names that its lines spell
RETURNABLE: Statuses = (*BEFORE_SENDING, Status.REJECTED)  # an officer may take it back into a draft

# Somebody else has it: the desk, or the recipient whom its kind names.
AT_DESK: Statuses = (Status.SENT, Status.AWAITING)
UNDER_WAY: Statuses = (*BEFORE_SENDING, *AT_DESK)  # papers are made and nobody has answered
UNANSWERED: Statuses = (*IN_HOUSE, *AT_DESK)
TAKES_FILES: Statuses = (*UNANSWERED, Status.GRANTED)  # files that come with the answer may still be put with it

# Answered.
GIVEN: Statuses = (Status.GRANTED, Status.VERIFIED)
ANSWERED: Statuses = (*GIVEN, Status.REJECTED)
LEFT_HOUSE: Statuses = (*AT_DESK, *ANSWERED)

LOGIN_AWAITED: Statuses = (*IN_HOUSE, Status.GRANTED)  # the first one before sending, the proof after the answer

# Over: CLOSED for everybody; SETTLED for him who wants to know whether what was asked for is still to come.
CLOSED: Statuses = (Status.VERIFIED, Status.WITHDRAWN)
OPEN: Statuses = _but(*CLOSED)
SETTLED: Statuses = (*GIVEN, Status.WITHDRAWN)
UNSETTLED: Statuses = _but(*SETTLED)

Tone = Literal["idle", "work", "wait", "good", "bad"]
# The colour in which pages and charts show it.
TONES: dict[Status, Tone] = {
    Status.DRAFT: "idle",
    Status.VALIDATED: "work",
    Status.SIGNED: "work",
    Status.SENT: "wait",
    Status.AWAITING: "wait",
    Status.GRANTED: "good",
    Status.VERIFIED: "good",
    Status.REJECTED: "bad",
    Status.WITHDRAWN: "idle",
}
# An open one in a stack, from the bottom: what was handed over lies under what is still in the house. Of two neighbours of one
# colour one is hatched.
STACK: tuple[tuple[Status, bool], ...] = (
    (Status.GRANTED, False),
    (Status.AWAITING, False),
    (Status.SENT, True),
    (Status.SIGNED, False),
    (Status.VALIDATED, True),
    (Status.DRAFT, False),
    (Status.REJECTED, False),
)

# Letters of ours.
ON_THE_WAY = (OutboxState.PROMISED, OutboxState.CLAIMED, OutboxState.SENDING)  # it leaves by itself
OUT_OF_HAND = (OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.UNCERTAIN)  # it cannot be called back
STRANDED = (OutboxState.FAILED, OutboxState.UNCERTAIN)  # a person has to look
FINISHED = (OutboxState.SENT, OutboxState.CANCELLED)  # nothing more becomes of it
LEFT = (OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.SENDING)  # the desk has it, or may have it

# Letters that came.
TO_READ = (InboxState.TRIAGE, InboxState.FAILED)  # a person has to read it
DECIDED = (InboxState.SETTLED, InboxState.APPLIED, InboxState.NOTED)
