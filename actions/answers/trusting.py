"""Whether a letter that calls itself the desk's is the desk's. Anybody can write a From and count up to a number of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from actions.answers.matching import Matched
from actions.context import Work
from actions.post.outbox import TO_DESK
from notifications.message_ids import is_unguessable
from notifications.reading import Reading
from notifications.reading.authenticity import Place, Verdict, is_of


class Proof(StrEnum):
    """What shows that the desk wrote it: the mailbox's own server says so, or it answers a letter that only the desk got."""

    SERVER = "server"
    REFERENCE = "reference"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """`doubt` says in Russian why a machine must not act on the letter; "" where `proof` is given."""

    proof: Proof
    doubt: str = ""


STRANGER = "Отправитель не из доменов СТП: решает человек."
REFUTED = (
    "Похоже на подделку: письмо называет себя письмом СТП, а проверка почтовым сервером не пройдена. Решает человек."
)
UNPROVEN = (
    "Не доказано, что пишет СТП: почтовый сервер этого не подтвердил, и это не ответ на наше письмо. Имя отправителя, номер "
    "обращения и номер заявки может вписать кто угодно. Решает человек."
)


def trust_of(work: Work, reading: Reading, found: Matched) -> Trust:
    """Rule SND-5."""
    if not reading.from_desk:
        return Trust(Proof.NOTHING, STRANGER)
    return judged(own_verdict(work, reading), answers_us(found), told_false=not reading.trusted)


def judged(own: Verdict | None, reference: bool, *, told_false: bool) -> Trust:
    """`own`: of the mailbox's server, None where it says nothing; `told_false`: some server says that it failed."""
    if own is Verdict.FAIL or (own is not Verdict.PASS and told_false):
        return Trust(Proof.NOTHING, REFUTED)
    if own is Verdict.PASS:
        return Trust(Proof.SERVER)
    return Trust(Proof.REFERENCE) if reference else Trust(Proof.NOTHING, UNPROVEN)


def own_verdict(work: Work, reading: Reading) -> Verdict | None:
    """What the topmost result by the mailbox's own server says, where no sender could have put it."""
    places = (Place.ABOVE, Place.UNDER) if work.policy.results_below_received else (Place.ABOVE,)
    own = [
        each.verdict
        for each in reading.statements
        if each.place in places and is_of(each.server, work.policy.authserv_ids)
    ]
    return Verdict.FAIL if Verdict.FAIL in own else own[0] if own else None


def answers_us(found: Matched) -> bool:
    """It refers to a letter about this very request that went to the desk alone, under a Message-ID drawn by lot."""
    letter = found.letter
    return (
        letter is not None
        and found.request is not None
        and letter.request_id == found.request.id
        and letter.purpose in TO_DESK
        and is_unguessable(letter.message_id)
    )
