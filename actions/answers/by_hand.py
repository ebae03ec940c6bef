"""Letters that a person brought: found again, told from those of the mailbox, and left to a person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.answers.matching import Matched
from actions.context import EVERYWHERE, Work
from actions.log import audit
from actions.requests import lookup
from models.letters import InboxLetter, InboxState
from notifications.reading import Reading
from states.statuses import TO_READ

BY_HAND = "by-hand"  # how such a letter found the request that the person named
_PROVES_NOTHING = "Принесено вручную: заголовки такого файла ничего не доказывают, решает человек."
_NOWHERE = "По письму не видно, к какой заявке оно относится."


def known(work: Work, sha256: str, message_id: str) -> InboxLetter | None:
    """The same letter taken in before: the same bytes, or the same Message-ID; whoever may see it."""
    same = col(InboxLetter.sha256) == sha256
    if message_id:
        same = same | (col(InboxLetter.message_id) == message_id)
    query = select(InboxLetter).where(same).order_by(col(InboxLetter.id)).limit(1).execution_options(**EVERYWHERE)
    return work.session.execute(query).scalar_one_or_none()


def why_it_waits(work: Work, letter: InboxLetter, found: Matched) -> str:
    """Nothing of it is applied by machine, whatever it says."""
    if letter.request_id is None:
        return f"{_PROVES_NOTHING} {_NOWHERE}"
    if found.request is not None and found.request.id != letter.request_id:
        chosen = lookup.get(work, letter.request_id).number
        return f"{_PROVES_NOTHING} Его принесли к заявке {chosen}, а ссылки и номера в нём – заявки {found.request.number}."
    return f"{_PROVES_NOTHING} {found.doubt}".strip()


def settled_before(work: Work, letter: InboxLetter, reading: Reading) -> InboxLetter | None:
    """The same letter, brought by hand and decided by a person, when the mailbox delivers it afterwards."""
    if letter.brought_by is not None or not reading.trusted:
        return None
    return next((each for each in _twins(work, letter, reading) if each.state is InboxState.SETTLED), None)


def close_twins(work: Work, letter: InboxLetter, reading: Reading) -> None:
    """The letter itself, proven the desk's, has come: what was brought in its place and not decided yet waits for nobody."""
    if letter.brought_by is not None:
        return
    for each in _twins(work, letter, reading):
        if each.state in TO_READ:
            each.state, each.problem = InboxState.NOTED, f"Это же письмо пришло по почте: № {letter.id}."
            audit.record(work, "letter.superseded", f"inbox:{each.id}", letter=letter.id)


def _twins(work: Work, letter: InboxLetter, reading: Reading) -> Sequence[InboxLetter]:
    if not reading.message_id:
        return ()
    query = select(InboxLetter).where(
        col(InboxLetter.message_id) == reading.message_id,
        col(InboxLetter.brought_by).is_not(None),
        col(InboxLetter.id) != letter.id,
    )
    return work.session.execute(query.order_by(col(InboxLetter.id))).scalars().all()
