"""Any order of workers, crashes, servers, clocks and people: a letter is accepted once for each time that somebody meant it to go."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from actions.answers import delivery
from actions.context import Conflict
from actions.post import copies, outbox
from models.grant import EndedFor
from models.letters import OutboxState
from tests.conftest import Clock
from tests.walking import confirm_desk
from wiring.settings import MailPart, Settings
from wiring.work import Installation

SEQUENCES = int(os.environ.get("EGISZ_SEQUENCES", "25"))
WORKERS = st.sampled_from(("a", "b"))
_OPEN = (OutboxState.UNCERTAIN, OutboxState.FAILED)  # what a person decides about
START = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)


@dataclass
class Hand:
    """What a worker has: letters claimed, the one whose bytes go out now, and what the server told him of it."""

    claimed: list[int] = field(default_factory=list)
    sending: int | None = None
    turn: int = 0  # the how-manieth time that it was meant to go
    heard: str = ""


class Outbox(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="egisz-machine-")
        self.clock = Clock(START)
        self.installation = confirm_desk(
            Installation(
                Settings(home=Path(self.folder.name), mail=MailPart(sender="clinic@clinic.example")), clock=self.clock
            )
        )
        self.letters: list[int] = []
        self.hands = {"a": Hand(), "b": Hand()}
        self.accepted: Counter[tuple[int, int]] = Counter()  # by letter and turn
        self.meant: Counter[int] = Counter()
        self.owners = 0
        self.names = {"a": "a0", "b": "b0"}

    def teardown(self) -> None:
        self.installation.engine.dispose()
        self.folder.cleanup()

    def _one(self, data: st.DataObject, fits: Callable[[Hand], bool]) -> tuple[str, Hand]:
        who = data.draw(st.sampled_from([who for who, hand in sorted(self.hands.items()) if fits(hand)]))
        return who, self.hands[who]

    def _state(self, letter: int) -> OutboxState:
        with self.installation.reading("тест") as work:
            return outbox.get(work, letter).state

    @precondition(lambda self: len(self.letters) < 4)
    @rule()
    def promise(self) -> None:
        with self.installation.work("тест") as work:
            made = outbox.promise(
                work, key=f"k{len(self.letters)}", purpose="digest", recipient="p@clinic.example", subject="Т", text="Т"
            )
            self.letters.append(made.id or 0)
            self.meant[made.id or 0] = 1

    @precondition(lambda self: self.letters and any(hand.sending is None for hand in self.hands.values()))
    @rule(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """The next of the letters that he has; none left, he claims two."""
        who, hand = self._one(data, lambda hand: hand.sending is None)
        if not hand.claimed:
            with self.installation.work("тест") as work:
                hand.claimed = outbox.claim(work, owner=self.names[who], limit=2)
        if hand.claimed:
            letter = hand.claimed.pop(0)
            try:
                with self.installation.work("тест") as work:
                    outbox.begin(work, letter_id=letter, owner=self.names[who])
            except Conflict:
                return
            hand.sending, hand.turn = letter, self.meant[letter]

    @precondition(lambda self: any(hand.sending and not hand.heard for hand in self.hands.values()))
    @rule(data=st.data(), server=st.sampled_from(("takes", "takes", "takes in silence", "refuses", "later", "cut")))
    def transmit(self, data: st.DataObject, server: str) -> None:
        """The worker looks once more whether the letter is his, then the dot goes out."""
        who, hand = self._one(data, lambda hand: hand.sending is not None and not hand.heard)
        assert hand.sending is not None
        with self.installation.reading("тест") as work:
            if not outbox.is_held(work, letter_id=hand.sending, owner=self.names[who]):
                hand.heard = "cut"
                return
        if server.startswith("takes"):
            self.accepted[hand.sending, hand.turn] += 1
            assert hand.turn == self.meant[hand.sending] and self._state(hand.sending) is OutboxState.SENDING
        hand.heard = server

    @precondition(lambda self: any(hand.heard for hand in self.hands.values()))
    @rule(data=st.data())
    def report(self, data: st.DataObject) -> None:
        who, hand = self._one(data, lambda hand: bool(hand.heard))
        letter, heard, owner = hand.sending, hand.heard, self.names[who]
        assert letter is not None
        try:
            with self.installation.work("тест") as work:
                if heard == "takes":
                    delivery.confirmed(work, letter, "250", owner=owner)
                elif heard == "takes in silence":
                    delivery.uncertain(work, letter, "?", owner=owner)
                else:
                    delivery.failed(work, letter, heard, permanent=heard == "refuses", owner=owner)
        except Conflict:
            pass
        hand.sending, hand.heard = None, ""

    @rule(who=WORKERS, lot=st.integers(0, 3))
    def crash(self, who: str, lot: int) -> None:
        """Another process takes its place, under another name."""
        if lot:
            return
        self.owners += 1
        self.hands[who], self.names[who] = Hand(), f"{who}{self.owners}"

    @rule(minutes=st.sampled_from((0, 0, 1, 1, 4, 6, 6, 60, 24 * 60, -60, 60 * 24 * 400, -60 * 24 * 400)))
    def time_passes(self, minutes: int) -> None:
        """Clocks jump, too. A worker that was still transmitting when a jump took its lease may not say the last word."""
        self.clock.forward(minutes=minutes)
        with self.installation.work("тест") as work:
            outbox.release_expired(work)

    @precondition(lambda self: any(self._state(letter) in _OPEN for letter in self.letters))
    @rule(data=st.data(), what=st.sampled_from(("resend", "resend", "it arrived", "not needed")))
    def person(self, data: st.DataObject, what: str) -> None:
        letter = data.draw(st.sampled_from([each for each in self.letters if self._state(each) in _OPEN]))
        try:
            with self.installation.work("тест") as work:
                if what == "resend":
                    outbox.resend(work, letter_id=letter)
                elif what == "it arrived":
                    if outbox.get(work, letter).state is not OutboxState.UNCERTAIN:
                        return
                    delivery.settled_as_sent(work, letter, "по словам человека")
                else:
                    outbox.give_up(work, letter_id=letter)
        except Conflict:
            return
        self.meant[letter] += what == "resend"

    @precondition(lambda self: self.accepted)
    @rule(data=st.data())
    def acknowledged(self, data: st.DataObject) -> None:
        """The desk answers a letter that it has."""
        letter, _ = data.draw(st.sampled_from(sorted(self.accepted)))
        try:
            with self.installation.work("тест") as work:
                delivery.settled_as_sent(work, letter, "СТП ответила")
        except Conflict:
            pass

    @rule(lot=st.integers(0, 7))
    def restored(self, lot: int) -> None:
        """What waited is uncertain from now on; it happens seldom."""
        if lot:
            return
        with self.installation.work("тест") as work:
            copies.fence(work, EndedFor.RESTORED)

    @invariant()
    def each_time_it_is_accepted_once(self) -> None:
        assert all(times == 1 for times in self.accepted.values())

    @invariant()
    def what_is_accepted_does_not_wait_to_go_by_itself(self) -> None:
        for letter, turn in self.accepted:
            if turn == self.meant[letter]:
                assert self._state(letter) not in (OutboxState.PROMISED, OutboxState.CLAIMED)


def test_no_order_of_events_sends_a_letter_twice() -> None:
    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=40,
            deadline=None,
            derandomize=SEQUENCES < 1000,
            suppress_health_check=list(HealthCheck),
        ),
    )
