"""Letters with personal links: promised with what their template needs, a letter's links belong to it and to no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.context import Work
from actions.post import links, outbox
from models.letters import OutboxLetter
from models.request import AccessRequest, RequestLine
from notifications.writing import write


@dataclass(frozen=True, slots=True)
class Personal:
    """A letter to the line's person. `asked`: a link for each, as number of one of his lines and purpose; `values` go into the template."""

    key: str
    purpose: str
    recipient: str
    line: RequestLine
    asked: Sequence[tuple[int, str]]
    values: dict[str, object]


def promise(work: Work, request: AccessRequest, letters: Sequence[Personal]) -> list[OutboxLetter]:
    """The same key is promised once: a repetition gives the first row and makes no link."""
    there = outbox.promised(work, [letter.key for letter in letters])
    made = {letter.key: _written(work, request, letter) for letter in letters if letter.key not in there}
    outbox.put(work, list(made.values()))
    links.issue_each(
        work,
        [
            (line_id, purpose, made[letter.key].id)
            for letter in letters
            if letter.key in made
            for line_id, purpose in letter.asked
        ],
    )
    return [(there | made)[letter.key] for letter in letters]


def _written(work: Work, request: AccessRequest, letter: Personal) -> OutboxLetter:
    shown = write(letter.purpose, **letter.values, links=[links.SHOWN] * len(letter.asked))
    return OutboxLetter(
        key=letter.key,
        purpose=letter.purpose,
        request_id=request.id,
        person_id=letter.line.person_id,
        version=request.version,
        message_id=outbox.new_message_id(work),
        recipient=letter.recipient,
        subject=shown.subject,
        text=shown.text,
        made_from=letter.values,
        next_attempt_at=work.now,
        promised_at=work.now,
    )
